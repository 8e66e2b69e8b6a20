import ArgumentParser
import ClientCore
import FoundationEssentials

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Log groups, and what sessions left in them.",
        discussion: """
            Examples:
              sekisho logs
              sekisho logs streams ssm-secure-consolelog-group
              sekisho logs get alice-0123456789abcdef0
              sekisho logs get ssm-secure-consolelog-group alice-0123456789abcdef0 --follow
            """,
        subcommands: [Groups.self, Streams.self, Get.self],
        defaultSubcommand: Groups.self
    )

    struct Groups: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List log groups.")

        @Option(name: .long, help: "Only those whose names begin so.")
        var prefix: String?

        @OptionGroup var client: ClientOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let groups = try await client.calls().logGroups(prefix: prefix)
            try output.print(groups) {
                var table = Table("GROUP", "RETENTION", "KEY", "CREATED")
                for group in groups {
                    table.add(
                        group.logGroupName,
                        group.retentionInDays.map { "\($0) days" } ?? "for ever",
                        group.kmsKeyId?.split(separator: "/").last.map(String.init),
                        Self.time(group.creationTime)
                    )
                }
                return table
            }
        }

        static func time(_ milliseconds: Int64?) -> String? {
            milliseconds.map {
                Date(timeIntervalSince1970: Double($0) / 1000).formatted(.iso8601)
            }
        }
    }

    struct Streams: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the streams of a group.")

        @Argument(help: "The log group.", transform: OptionValue.name)
        var group: String

        @Option(name: .long, help: "Only those whose names begin so.")
        var prefix: String?

        @OptionGroup var client: ClientOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let calls = try await client.calls()
            let streams = try await Sought.logGroup(group).through {
                try await calls.logStreams(in: group, prefix: prefix)
            }
            try output.print(streams) {
                var table = Table("STREAM", "FIRST EVENT", "LAST EVENT")
                for stream in streams {
                    table.add(
                        stream.logStreamName,
                        Groups.time(stream.firstEventTimestamp),
                        Groups.time(stream.lastEventTimestamp)
                    )
                }
                return table
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what a session showed and what was typed into it.",
            discussion: """
                With one name, it is the session's, and the group is the one of the session preferences. Control \
                characters are shown as ^X, so that reading a log does nothing to your terminal.
                """
        )

        @Argument(
            help: ArgumentHelp(
                "[GROUP] STREAM; the stream of a session has the session's id.",
                valueName: "name"
            ),
            transform: OptionValue.name
        )
        var names: [String]

        @Flag(name: .long, help: "Print each event's message as it is stored.")
        var raw = false

        @Flag(name: .long, help: "Put the time before each line.")
        var timestamps = false

        @Flag(name: .long, help: "Go on as events arrive, until Ctrl-C.")
        var follow = false

        @OptionGroup var client: ClientOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...2).contains(names.count) else {
                throw ValidationError("Give a session, or a log group and a stream.")
            }
            guard !follow || output.output == .text else {
                throw ValidationError("--follow never ends, so it goes with --output text.")
            }
        }

        func run() async throws {
            let calls = try await client.calls()
            let (group, stream) = try await place(calls)
            var token: String?
            var all: [LogEvent] = []
            while true {
                let page = try await Sought.logStream(stream, group: group).through {
                    try await calls.logEvents(group, stream, after: token)
                }
                if output.output == .json { all += page.events } else { page.events.forEach(show) }
                let isAtEnd = page.events.isEmpty || page.token == token
                token = page.token ?? token
                guard isAtEnd else { continue }
                guard follow else { break }
                try await Task.sleep(for: .seconds(1))
            }
            if output.output == .json { try Terminal.print(json: all) }
        }

        private func place(_ calls: AWSCalls) async throws -> (group: String, stream: String) {
            if names.count == 2 { return (names[0], names[1]) }
            guard let group = try await calls.sessionLogGroup() else {
                throw Failure(
                    "The session preferences name no log group: say 'sekisho logs get GROUP STREAM'."
                )
            }
            return (group, names[0])
        }

        private func show(_ event: LogEvent) {
            guard let message = event.message else { return }
            guard !raw else { return Terminal.print(message) }
            for line in SessionEventText.lines(of: message, withTime: timestamps) {
                Terminal.print(line)
            }
        }
    }
}
