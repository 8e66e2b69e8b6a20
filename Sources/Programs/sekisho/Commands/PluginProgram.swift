import AWSClient
import ClientCore
import FoundationEssentials
import Glibc
import Logging

/// What this program is under the name `session-manager-plugin`: the terminal of `aws ssm start-session`.
///
/// The AWS CLI finds the plugin by that name on the path, so a link to `sekisho` takes the stock plugin's place:
/// with the KMS endpoint that the settings name, which the stock one cannot be told, and exit statuses.
enum PluginProgram {
    /// Whether the program was called by the plugin's name.
    static var isAskedFor: Bool {
        CommandLine.arguments.first?.split(separator: "/").last == "session-manager-plugin"
    }

    /// The version that makes the AWS CLI hand over tokens in a variable, out of sight of process lists.
    private static let version = "1.2.707.0"

    static func run() async -> Int32 {
        do {
            let environment = ProcessInfo.processInfo.environment
            let invocation = try PluginInvocation(
                arguments: Array(CommandLine.arguments.dropFirst()),
                variable: { environment[$0] }
            )
            switch invocation {
            case .introduction:
                Terminal.print("Sekisho is installed as the Session Manager plugin of the AWS CLI.")
                return 0
            case .version:
                Terminal.print(version)
                return 0
            case .session(let session):
                return try await carry(session, environment)
            }
        } catch {
            Terminal.printError("\(Terminal.errorMark) \(error)")
            return 1
        }
    }

    private static func carry(
        _ session: PluginInvocation.Session,
        _ environment: [String: String]
    ) async throws -> Int32 {
        var environment = environment
        environment["AWS_ENDPOINT_URL"] = session.endpoint
        environment["AWS_REGION"] = session.region
        let settings = try ClientSettings(environment: environment, profile: session.profile) {
            try? String(contentsOfFile: $0, encoding: .utf8)
        }
        var logger = Logger(label: "sekisho") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        var calls = SessionCalls(
            client: try settings.client(logger: logger),
            trust: settings.trust,
            logger: logger
        )
        // The AWS CLI has started it already.
        calls.start = { _ in session.ticket }
        let driver = SessionDriver(calls: calls, console: LocalConsole(), logger: logger)
        let outcome = await driver.run(
            SessionRequest(target: session.target),
            interruptions: ConnectCommand.interruptions()
        )
        if let reason = outcome.reason { Terminal.printError("\(Terminal.errorMark) \(reason)") }
        return outcome.status
    }
}
