import Sealing
import SessionWire
import Simulation
import Vocabulary

/// Both ends of a session on a simulated network, driven until nothing happens any more.
struct SessionPair {
    struct Setup: Sendable, CustomStringConvertible {
        var name: String
        var kmsKeyID: String?
        var clientTransport = SekishoTransport.ours
        var faults = NetworkFaults.none
        /// One in so many events breaks the connection of both ends; 0 for never.
        var cutsOneIn = 0
        /// The client keeps silent on what it has acknowledged before, as the stock plugin.
        var clientIsSilentOnDuplicates = false

        var description: String { name }
    }

    let setup: Setup
    var agent: AgentSessionMachine
    var client: ClientSessionMachine
    var toClient: LossyNetwork<[UInt8]>
    var toAgent: LossyNetwork<[UInt8]>
    var generator: SplitMix64
    var now: Int64 = 1_767_323_045_000
    let dataKey = Secret((0..<64).map { UInt8($0) })

    var agentActions: [AgentSessionMachine.Action] = []
    var clientActions: [ClientSessionMachine.Action] = []
    var delivered: (input: [UInt8], output: [UInt8]) = ([], [])
    var acknowledgedByClient: Set<Int64> = []
    var agreement: SessionAgreement?
    var exitCode: Int32?
    var isFinished = false
    var failures: [String] = []
    var sizes: [TerminalSize] = []
    var cuts = 0

    init(_ setup: Setup, seed: UInt64) {
        self.setup = setup
        generator = SplitMix64(seed: seed)
        let entropy = SeededEntropy(seed: seed &+ 1)
        agent = AgentSessionMachine(
            .init(
                sessionID: "alice-0123456789abcdef0",
                instanceID: "mi-0123456789abcdef0",
                agentVersion: "3.3.0.0",
                kmsKeyID: setup.kmsKeyID
            ),
            entropy: entropy
        )
        client = ClientSessionMachine(
            .init(
                sessionID: "alice-0123456789abcdef0",
                targetID: "mi-0123456789abcdef0",
                clientVersion: "1.2.707.0",
                transport: setup.clientTransport
            ),
            entropy: entropy
        )
        toClient = LossyNetwork(faults: setup.faults, seed: seed &+ 2)
        toAgent = LossyNetwork(faults: setup.faults, seed: seed &+ 3)
    }

    mutating func connect() {
        act(agent.connected(now: now))
        act(client.connected(now: now))
    }

    mutating func reconnect() {
        cuts += 1
        toClient.cut()
        toAgent.cut()
        agent.disconnected()
        client.disconnected()
        now += 50
        connect()
    }

    mutating func act(_ actions: [AgentSessionMachine.Action]) {
        agentActions += actions
        for action in actions {
            switch action {
            case .send(let bytes): toClient.send(bytes, now: now)
            case .decryptDataKey: act(agent.dataKeyDecrypted(dataKey, now: now))
            case .start(let agreement):
                self.agreement = agreement
                act(agent.setAcceptsInput(true, now: now))
            case .deliverInput(let bytes): delivered.input += bytes
            case .resize(let size): sizes.append(size)
            case .finished: isFinished = true
            case .fail(let text): failures.append(text)
            case .terminate: act(agent.finish(exitCode: nil, now: now))
            case .disconnectFromPort: break
            }
        }
    }

    mutating func act(_ actions: [ClientSessionMachine.Action]) {
        clientActions += actions
        for action in actions {
            switch action {
            case .send(let bytes):
                if setup.clientIsSilentOnDuplicates, isRepeatedAcknowledgement(bytes) { continue }
                toAgent.send(bytes, now: now)
            case .generateDataKey:
                let key = GeneratedDataKey(plaintext: dataKey, ciphertext: [1, 2, 3])
                act(client.dataKeyGenerated(key, now: now))
            case .deliverOutput(let bytes): delivered.output += bytes
            case .exit(let code): exitCode = code
            case .fail(let text): failures.append(text)
            case .ready, .closed, .deliverErrorOutput, .portConnectionFailed: break
            }
        }
    }

    private mutating func isRepeatedAcknowledgement(_ bytes: [UInt8]) -> Bool {
        guard let message = try? AgentMessage(parsing: bytes), message.type == .acknowledge,
            let acknowledge = Acknowledge(json: message.payload)
        else { return false }
        return !acknowledgedByClient.insert(acknowledge.sequenceNumber).inserted
    }

    /// Moves time to the next thing that happens; false when nothing more will.
    mutating func step() -> Bool {
        let next = [
            toClient.nextArrival, toAgent.nextArrival, agent.nextDeadline, client.nextDeadline,
        ].compactMap { $0 }.min()
        guard let next else { return false }
        now = max(now, next)
        if setup.cutsOneIn > 0, Int.random(in: 0..<setup.cutsOneIn, using: &generator) == 0 {
            reconnect()
            return true
        }
        for bytes in toClient.arrivals(at: now) { act(client.received(bytes, now: now)) }
        for bytes in toAgent.arrivals(at: now) { act(agent.received(bytes, now: now)) }
        act(agent.tick(now: now))
        act(client.tick(now: now))
        return true
    }

    /// Steps until the condition holds; false when it does not within so many steps.
    mutating func run(steps: Int = 20_000, until isDone: (Self) -> Bool) -> Bool {
        for _ in 0..<steps {
            if isDone(self) { return true }
            guard step() else { return isDone(self) }
        }
        return false
    }

    mutating func randomBytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
