import AgentCore
import ArgumentParser
import Logging
import PseudoTerminal
import ServiceLifecycle
import UnixSignals

/// `sekisho-agent run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Stays connected and opens sessions, until SIGTERM or SIGINT.",
        discussion: "Ends its sessions, uploads their logs, and exits 0."
    )

    @Option(help: "How much to log.")
    var logLevel = LogLevel.info

    @OptionGroup var options: StateOptions

    func run() async throws {
        AgentProcess.economize()
        let directory = options.directory
        guard directory.holdsRegistration else { throw AgentFailure.notRegistered(directory) }
        try directory.take()
        let log = AgentLog(file: directory.logPath, level: logLevel.level)
        let agent = try Agent(
            directory: directory,
            environment: ProcessEnvironment.current(),
            log: log
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: agent,
                        successTerminationBehavior: .gracefullyShutdownGroup
                    )
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: log.logger("sekisho-agent", atLeast: .warning)
            )
        )
        try await group.run()
    }
}

enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
