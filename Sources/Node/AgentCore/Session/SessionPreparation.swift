import Logging
import PseudoTerminal
import SessionDocument
import SessionWire
import Vocabulary

/// Between the handshake and the shell: who it runs as, whether it can be logged, and then the start.
///
/// Nothing runs before its log is known to be writable.
struct SessionPreparation: Sendable {
    let plan: SessionPlan
    let around: SessionSurroundings

    func run() async -> Result<(TerminalSession, SessionLog?), SessionRefusal> {
        let logger = around.log.logger(
            "sekisho-session-worker",
            plan.session.description,
            "DataBackend",
            "pluginName=\(plan.type.rawValue)"
        )
        do {
            let user = try decideUser()
            let destination = try await LogCheck(server: around.server, logger: logger)
                .destination(for: plan)
            let log = destination.map { makeLog($0, user, logger) }
            let terminal = try start(as: user)
            logger.info("Started as \(user.account.name), process \(terminal.pid)")
            return .success((terminal, log))
        } catch let refusal as SessionRefusal {
            logger.error("\(refusal.output)")
            return .failure(refusal)
        } catch {
            logger.error("Unable to start command: \(error)")
            return .failure(SessionRefusal("Unable to start command: \(error)"))
        }
    }

    private func decideUser() throws -> RunAs.Decision {
        guard let own = try Account.current() else {
            throw SessionRefusal(
                "Unable to start command: the user that the agent runs as is not in the user database"
            )
        }
        return try RunAs.decide(
            for: plan,
            on: RunAs.Machine(own: own, isRoot: own.uid == 0, find: { try Account.named($0) })
        )
    }

    /// Starts in the user's home, or at the root of the file system when there is no such place.
    private func start(as user: RunAs.Decision) throws -> TerminalSession {
        var program = SessionProgram.make(plan, as: user, agentEnvironment: around.environment)
        do {
            return try TerminalSession(program)
        } catch {
            guard case .system(let failure) = error, failure.isAboutDirectory else { throw error }
            program.directory = "/"
            return try TerminalSession(program)
        }
    }

    private func makeLog(
        _ destination: LogDestination,
        _ user: RunAs.Decision,
        _ logger: Logger
    ) -> SessionLog {
        // Commands are never streamed, as on AWS.
        let isStreamed = plan.preferences.streamsLog && plan.type == .standardStream
        let event = StreamedEvent(
            region: around.node.region,
            node: around.node.id,
            owner: plan.owner,
            user: plan.runsElevated ? "" : user.account.name,
            session: plan.session
        )
        return SessionLog(
            destination: destination,
            event: isStreamed ? event : nil,
            isRequired: plan.preferences.logging == .required,
            server: around.server,
            clock: around.clock,
            tick: around.logTick,
            logger: logger
        )
    }
}
