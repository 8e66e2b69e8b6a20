import AWSClient
import Logging
import ServiceLifecycle
package import Vocabulary

/// The running node: credentials, health, the control channel, and the sessions it brings.
///
/// A graceful shutdown ends the sessions, uploads their logs, reports them and returns.
package struct Agent: Service {
    private let credentials: NodeCredentials?
    private let around: SessionSurroundings
    private let logger: Logger

    /// The node that is registered in `directory`.
    package init(
        directory: StateDirectory,
        environment: [String: String],
        log: AgentLog,
        clock: any WallClock = SystemClock(),
        entropy: any Entropy = SystemEntropy()
    ) throws {
        guard let state = try directory.nodeState() else {
            throw AgentFailure.notRegistered(directory)
        }
        let identity = try state.identity()
        let keys = try NodeKeyRing(in: directory, clock: clock)
        let fingerprint = try Fingerprint.current(in: directory, entropy: entropy)
        let trust = state.trust(in: directory)
        let logger = log.logger("sekisho-agent")
        let keyed = try AWSClient(
            endpoint: try Endpoint(parsing: state.endpoint),
            region: identity.region,
            signing: .nodeKey(identity.id) { try keys.signature(of: $0) },
            trust: trust,
            trustRemedy: state.trustRemedy(in: directory),
            clock: clock,
            entropy: entropy,
            logger: logger
        )
        let credentials = NodeCredentials(
            client: keyed,
            keys: keys,
            fingerprint: fingerprint.fingerprint,
            clock: clock,
            entropy: entropy,
            logger: log.logger("sekisho-agent", "CredentialRefresher")
        )
        let server = SignedNodeServer(
            identity: identity,
            connections: keyed,
            credentials: credentials,
            trust: trust,
            entropy: entropy,
            logger: logger
        )
        self.init(
            identity: identity,
            server: server,
            credentials: credentials,
            environment: environment,
            log: log,
            clock: clock,
            entropy: entropy
        )
    }

    /// A node with a server of the caller's choice, for tests.
    init(
        identity: NodeIdentity,
        server: any NodeServer,
        credentials: NodeCredentials?,
        environment: [String: String],
        log: AgentLog,
        clock: any WallClock,
        entropy: any Entropy,
        logTick: Duration = Limits.sessionLogTick,
        grace: Duration = Limits.shellGrace
    ) {
        self.credentials = credentials
        logger = log.logger("sekisho-agent")
        around = SessionSurroundings(
            node: identity,
            server: server,
            clock: clock,
            entropy: entropy,
            log: log,
            environment: environment,
            logTick: logTick,
            grace: grace
        )
    }

    package func run() async throws {
        logger.info("sekisho-agent \(Release.version) starts as \(around.node.id)")
        let completions = Completions(clock: around.clock, entropy: around.entropy)
        let supervisor = SessionSupervisor(around: around, completions: completions)
        await withGracefulShutdownHandler {
            await serve(supervisor, completions)
        } onGracefulShutdown: {
            logger.info("\(Self.farewell(to: supervisor.runningCount))")
            supervisor.stop("The agent on the node was stopped.")
        }
        logger.info("sekisho-agent stopped")
    }

    private static func farewell(to sessions: Int) -> String {
        switch sessions {
        case 0: "Stopping"
        case 1: "Stopping; 1 session is ended"
        default: "Stopping; \(sessions) sessions are ended"
        }
    }

    private func serve(_ supervisor: SessionSupervisor, _ completions: Completions) async {
        let control = ControlChannel(
            server: around.server,
            supervisor: supervisor,
            completions: completions,
            entropy: around.entropy,
            logger: around.log.logger("sekisho-agent", "MessageService", "MGSInteractor")
        )
        let health = HealthPing(
            node: around.node.id,
            server: around.server,
            logger: around.log.logger("sekisho-agent", "HealthCheck")
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await IdleMemory(supervisor: supervisor).run() }
            group.addTask { [credentials] in
                // Without credentials no other call makes sense. Each throws only when cancelled.
                if let credentials {
                    guard (try? await credentials.fetchFirst()) != nil else { return }
                }
                await withTaskGroup(of: Void.self) { group in
                    if let credentials { group.addTask { try? await credentials.keepFresh() } }
                    group.addTask { await health.run() }
                    group.addTask { await control.run() }
                }
            }
            await supervisor.run()
            // All sessions are over: let the server hear of the last ones.
            await completions.waitUntilAcknowledged(upTo: Limits.completionFarewell)
            group.cancelAll()
        }
    }
}

extension Agent: CustomStringConvertible {
    /// A name: whoever runs services writes them out as text, and this one holds keys.
    package var description: String { "sekisho-agent" }
}
