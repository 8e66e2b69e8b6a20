import ArgumentParser
import ClientCore
import FoundationEssentials

struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Sessions that are open, and those that were.",
        discussion: """
            Examples:
              sekisho sessions
              sekisho sessions --history
              sekisho sessions terminate alice-0123456789abcdef0
            """,
        subcommands: [List.self, Active.self, History.self, Terminate.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List sessions.")

        @Flag(name: .long, help: "Those that have ended, the newest first.")
        var history = false

        @OptionGroup var page: SessionPage

        func run() async throws { try await page.print(history ? .history : .active) }
    }

    struct Active: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List open sessions.")

        @OptionGroup var page: SessionPage

        func run() async throws { try await page.print(.active) }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List sessions that have ended, the newest first."
        )

        @OptionGroup var page: SessionPage

        func run() async throws { try await page.print(.history) }
    }

    struct Terminate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a session, on the node and at the person's terminal."
        )

        @Argument(help: "The session's id.", transform: OptionValue.name)
        var session: String

        @OptionGroup var client: ClientOptions

        func run() async throws {
            let calls = try await client.calls()
            try await Sought.openSession(session).through {
                try await calls.terminate(session: session)
            }
            Terminal.print("\(session) is ended.")
        }
    }
}

/// How a list of sessions is asked for and printed.
struct SessionPage: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("How many at most.", valueName: "count"),
        transform: OptionValue.count
    )
    var limit: Int?

    @OptionGroup var client: ClientOptions
    @OptionGroup var output: OutputOptions

    func print(_ state: AWSCalls.SessionState) async throws {
        let sessions = try await client.calls().sessions(state, limit: limit)
        try output.print(sessions) {
            var table = Table("SESSION", "NODE", "STATUS", "STARTED", "ENDED", "OWNER", "REASON")
            for session in sessions {
                table.add(
                    session.sessionId,
                    session.target,
                    session.status,
                    session.startDate?.formatted(.iso8601),
                    session.endDate?.formatted(.iso8601),
                    session.owner?.split(separator: ":").last.map(String.init),
                    session.reason
                )
            }
            return table
        }
    }
}
