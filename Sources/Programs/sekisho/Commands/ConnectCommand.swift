import AWSClient
import ArgumentParser
import ClientCore
@preconcurrency import Dispatch
import Glibc

struct ConnectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Open a shell on a node, or run one command there.",
        usage: "sekisho connect [<options>] <node> [-- <command> ...]",
        discussion: """
            What runs on the node decides the exit status: its own, 128 + n when signal n ended it. 255 means \
            that Sekisho itself failed, and says why. At a terminal, '~.' at the start of a line leaves a \
            session that hangs; '~?' lists the escapes.

            Examples:
              sekisho connect mi-0123456789abcdef0
              sekisho connect mi-0123456789abcdef0 -- uname -a
              sekisho connect mi-0123456789abcdef0 -- sh -c 'df -h | tail -n 1'
              sekisho connect --data ~/sekisho --reason 'ticket 4711' mi-0123456789abcdef0
              echo uptime | sekisho connect mi-0123456789abcdef0
            """
    )

    @Argument(help: "The node's id.", transform: OptionValue.name)
    var node: String

    @Argument(
        parsing: .postTerminator,
        help: "A command and its words, after --; they arrive as they are given."
    )
    var command: [String] = []

    @Option(name: .long, help: "Why, for the record of the session.")
    var reason: String?

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let outcome = await connect()
        if let reason = outcome.reason { Terminal.printError("\(Terminal.errorMark) \(reason)") }
        throw ExitCode(outcome.status)
    }

    private func connect() async -> ConnectOutcome {
        let settings: ClientSettings
        let api: AWSClient
        do {
            settings = try await client.settings()
            api = try settings.client(logger: client.logger)
        } catch {
            return .failed("\(error)")
        }
        let calls = SessionCalls(client: api, trust: settings.trust, logger: client.logger)
        let driver = SessionDriver(calls: calls, console: LocalConsole(), logger: client.logger)
        return await driver.run(
            SessionRequest(
                target: node,
                command: command.isEmpty ? nil : command,
                reason: reason
            ),
            interruptions: Self.interruptions()
        )
    }

    /// One element for each signal that asks us to end; in raw mode Ctrl-C is none, but a key like others.
    static func interruptions() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        continuation.onTermination = { _ in for source in sources { source.cancel() } }
        return stream
    }
}
