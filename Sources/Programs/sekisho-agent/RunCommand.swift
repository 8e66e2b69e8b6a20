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

    @OptionGroup var options: StateOptions

    func run() async throws {
        let directory = options.directory
        guard try directory.nodeState() != nil else {
            throw AgentFailure(
                "This machine is not registered (no registration in \(directory.path)): run "
                    + "sekisho-agent register first."
            )
        }
        try directory.lock()
        let log = AgentLog(file: directory.logPath)
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
                logger: log.logger("sekisho-agent", level: .warning)
            )
        )
        try await group.run()
    }
}
