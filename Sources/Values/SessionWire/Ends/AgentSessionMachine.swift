package import Sealing
package import Vocabulary

/// The node's end of one session: handshake, numbered streams, encryption, the orderly end.
///
/// It owns no socket, shell or clock. Whoever drives it tells it what happened, with the time, and carries out
/// the actions it answers with, in their order. `now` is in milliseconds since the epoch; a clock that jumps
/// back only makes a timer late by the jump. The life of a session:
///
/// 1. The data channel's websocket is open and its text frame sent: `connected(now:)`.
/// 2. `.decryptDataKey`: ask KMS, then `dataKeyDecrypted` or `dataKeyFailed`.
/// 3. `.start`: check the log, start the shell, then `setAcceptsInput(true)`. Input before that waits.
/// 4. Read the shell while `canAcceptOutput`; hand every read to `output`.
/// 5. The shell is over: `finish(exitCode:)`. After `.finished`, close the socket and report completion.
///
/// Call `tick` when `nextDeadline` has come. When the socket breaks, call `disconnected`, ask for a new token,
/// and call `connected` again: nothing is lost and nothing is delivered twice.
package struct AgentSessionMachine: Sendable {
    package enum Action: Equatable, Sendable {
        /// Send these bytes as one binary websocket message.
        case send([UInt8])
        /// Ask KMS to decrypt the client's data key, as the node.
        case decryptDataKey(ciphertext: [UInt8], DataKeyRequest)
        /// The handshake is over: start what the session is for.
        case start(SessionAgreement)
        /// Bytes that the person typed, or that came in from the port.
        case deliverInput([UInt8])
        case resize(TerminalSize)
        /// The client's side of a port connection closed.
        case disconnectFromPort
        /// The session must end now: somebody terminated it, or the client's flag says so. Then `finish`.
        case terminate
        /// Everything that can be delivered has been: close the socket.
        case finished
        /// The session cannot begin: close the socket; the text, without its heading, is the task's `Output`.
        case fail(String)
    }

    package struct Configuration: Sendable {
        package var sessionID: String
        package var instanceID: String
        package var agentVersion: String
        package var sessionType: SessionType
        package var properties: JSONValue
        /// `kmsKeyId` of the preferences; nil or empty for a session that is not encrypted.
        package var kmsKeyID: String?
        /// What this end offers to a client of ours.
        package var transport: SekishoTransport

        package init(
            sessionID: String,
            instanceID: String,
            agentVersion: String,
            sessionType: SessionType = .standardStream,
            properties: JSONValue = .null,
            kmsKeyID: String? = nil,
            transport: SekishoTransport = .ours
        ) {
            self.sessionID = sessionID
            self.instanceID = instanceID
            self.agentVersion = agentVersion
            self.sessionType = sessionType
            self.properties = properties
            self.kmsKeyID = kmsKeyID
            self.transport = transport
        }
    }

    private let configuration: Configuration
    private var stream: DataStream
    private var handshake: AgentHandshake
    private var state = State.handshaking
    private var cipher: SessionCipher?
    private var acceptsInput = false
    private var hasConnected = false
    private var isTerminated = false
    /// The completion tells why it ended; the goodbye, on which a gateway ends the client at once, is not said.
    private var isSilent = false

    private enum State {
        /// Nothing runs yet; the person's input is acknowledged and thrown away, as stock agents do.
        case handshaking
        case running(SessionAgreement)
        /// The shell is over; its last output is on its way, until the deadlines in steady milliseconds.
        case finishing(since: Int64, isPatient: Bool)
        /// `.finished` or `.fail` was said.
        case over
    }

    package init(_ configuration: Configuration, entropy: any Entropy) {
        self.configuration = configuration
        stream = DataStream(outgoing: .outputStreamData, entropy: entropy)
        handshake = AgentHandshake(configuration, entropy: entropy)
    }

    // MARK: The channel

    /// The data channel is open, for the first time or again.
    package mutating func connected(now: Int64) -> [Action] {
        stream.advance(to: now)
        guard !isOver else { return [] }
        var actions = stream.connected().map(Action.send)
        handshake.setPeerPresent(true, now: stream.now)
        if !hasConnected {
            hasConnected = true
            actions.append(.send(sessionState(AgentSessionState.connected)))
            actions += carryOut(handshake.begin(now: stream.now))
        }
        return actions
    }

    /// The data channel is gone; until `connected`, what is to be sent waits.
    package mutating func disconnected() {
        stream.disconnected()
        handshake.setPeerPresent(false, now: stream.now)
    }

    /// A binary websocket message came in.
    ///
    /// What is malformed is dropped, to be sent again.
    package mutating func received(_ bytes: [UInt8], now: Int64) -> [Action] {
        guard let message = try? AgentMessage(parsing: bytes) else { return [] }
        return received(message, now: now)
    }

    /// A message came in.
    package mutating func received(_ message: AgentMessage, now: Int64) -> [Action] {
        stream.advance(to: now)
        guard !isOver else { return [] }
        var actions: [Action] = []
        switch message.type {
        case .acknowledge:
            actions = stream.acknowledged(message).map(Action.send)
            handshake.setPeerPresent(true, now: stream.now)
        case .inputStreamData:
            actions = stream.arrived(message).map(Action.send)
            handshake.setPeerPresent(true, now: stream.now)
            actions += takeArrived()
        case .startPublication:
            actions = stream.peerArrived().map(Action.send)
            handshake.setPeerPresent(true, now: stream.now)
        case .pausePublication:
            stream.paused()
            handshake.setPeerPresent(false, now: stream.now)
        case .channelClosed:
            guard let closed = ChannelClosed(json: message.payload),
                closed.sessionID.isEmpty || closed.sessionID == configuration.sessionID
            else { break }
            actions = terminate()
        default:
            break
        }
        return actions + endIfDelivered()
    }

    // MARK: The key

    package mutating func dataKeyDecrypted(_ plaintext: Secret, now: Int64) -> [Action] {
        stream.advance(to: now)
        return carryOut(handshake.dataKeyDecrypted(plaintext, now: stream.now))
    }

    /// KMS refused; `reason` is its error.
    package mutating func dataKeyFailed(_ reason: String, now: Int64) -> [Action] {
        stream.advance(to: now)
        return carryOut(handshake.dataKeyFailed(reason))
    }

    // MARK: The shell

    /// Whether the shell can take input.
    ///
    /// False at first; while false, input is held back at the client.
    package mutating func setAcceptsInput(_ accepts: Bool, now: Int64) -> [Action] {
        stream.advance(to: now)
        acceptsInput = accepts
        return takeArrived()
    }

    /// Whether the driver should go on reading the shell.
    package var canAcceptOutput: Bool {
        guard case .running = state else { return false }
        return stream.hasRoom && stream.isConnected && !stream.isPaused
    }

    /// Sends what the shell wrote.
    ///
    /// Taken whole at any time once the session runs; who reads on regardless of `canAcceptOutput` grows memory.
    package mutating func output(_ bytes: [UInt8], now: Int64) -> [Action] {
        sendData(.output, bytes, now: now)
    }

    /// Sends what a command wrote to its standard error, where streams are separate.
    package mutating func errorOutput(_ bytes: [UInt8], now: Int64) -> [Action] {
        sendData(.standardError, bytes, now: now)
    }

    /// Sends a flag, for port sessions.
    package mutating func flag(_ flag: SessionFlag, now: Int64) -> [Action] {
        stream.advance(to: now)
        guard case .running = state else { return [] }
        return stream.send(.flag, flag.payload).map(Action.send)
    }

    /// The shell is over: delivers what is left, then `.finished`.
    ///
    /// The exit code goes to clients that can take it: 128 + n for a signal. Delivery is waited for as long as the
    /// client goes on acknowledging, `Limits.longestFlushMilliseconds` at most. Without an announcement, as after
    /// a refusal or a failure, the client waits for what the task's completion has to tell.
    package mutating func finish(
        exitCode: Int32?,
        announcing: Bool = true,
        now: Int64
    ) -> [Action] {
        stream.advance(to: now)
        isSilent = !announcing
        var actions: [Action] = []
        var isPatient = !isTerminated
        switch state {
        case .finishing, .over: return []
        case .handshaking: isPatient = false
        case .running(let agreement):
            if let exitCode, agreement.transport?.exitStatus == true {
                actions = sendData(.exitCode, ExitCode(exitCode).payload, now: now)
            }
        }
        guard !isOver else { return actions }
        state = .finishing(since: stream.now, isPatient: isPatient)
        return actions + endIfDelivered()
    }

    /// The session was ended from elsewhere, as by the control channel.
    ///
    /// Call before `finish`, which then waits only a moment for a client that does not acknowledge.
    package mutating func terminatedElsewhere() { isTerminated = true }

    // MARK: Time

    /// When `tick` should be called at the latest; nil for never.
    package var nextDeadline: Int64? {
        guard !isOver else { return nil }
        let deadlines = [stream.nextDeadline, handshake.deadline, flushDeadline].compactMap { $0 }
        return deadlines.min().map(stream.clock.wallTime)
    }

    package mutating func tick(now: Int64) -> [Action] {
        stream.advance(to: now)
        guard !isOver else { return [] }
        return stream.tick().map(Action.send) + carryOut(handshake.tick(now: stream.now))
            + endIfDelivered()
    }

    // MARK: Inside

    private var isOver: Bool {
        if case .over = state { true } else { false }
    }

    private func sessionState(_ state: String) -> [UInt8] {
        let payload = AgentSessionState(state: state, sessionID: configuration.sessionID)
        return stream.unnumbered(.agentSessionState, payload.json())
    }

    private mutating func terminate() -> [Action] {
        guard !isTerminated else { return [] }
        isTerminated = true
        return [.terminate]
    }

    private mutating func carryOut(_ steps: [AgentHandshake.Step]) -> [Action] {
        guard !isOver else { return [] }
        var actions: [Action] = []
        for step in steps {
            switch step {
            case .send(let type, let payload):
                actions += stream.send(type, payload).map(Action.send)
            case .decryptDataKey(let ciphertext, let request):
                actions.append(.decryptDataKey(ciphertext: ciphertext, request))
            case .complete(let agreement):
                cipher = handshake.takeCipher()
                stream.adopt(agreement.transport)
                state = .running(agreement)
                actions.append(.start(agreement))
            case .fail(let failure):
                actions += fail(failure.text)
            }
        }
        return actions
    }

    private mutating func fail(_ text: String) -> [Action] {
        state = .over
        return [.fail(text)]
    }

    private mutating func sendData(_ type: PayloadType, _ bytes: [UInt8], now: Int64) -> [Action] {
        stream.advance(to: now)
        guard case .running = state else { return [] }
        var actions: [Action] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var payload = Array(rest.prefix(stream.largestFrame))
            rest = rest.dropFirst(payload.count)
            if var cipher {
                guard let sealed = try? cipher.seal(payload) else {
                    return actions + fail("The session's output could not be encrypted.")
                }
                self.cipher = cipher
                payload = sealed
            }
            actions += stream.send(type, payload).map(Action.send)
        }
        return actions
    }

    /// Hands on every message whose turn it is and for which its reader is ready.
    private mutating func takeArrived() -> [Action] {
        var actions: [Action] = []
        while !isOver, let message = stream.next {
            switch (state, message.payloadType) {
            case (.running, .output), (.running, .size):
                guard acceptsInput else { return actions }
                actions += deliver(message)
            case (.running, .flag):
                actions += deliver(message)
            case (.handshaking, _):
                let steps = handshake.received(
                    message.payloadType,
                    message.payload,
                    now: stream.now
                )
                actions += carryOut(steps)
            default:
                break
            }
            actions += stream.consumeNext().map(Action.send)
        }
        return actions
    }

    private mutating func deliver(_ message: AgentMessage) -> [Action] {
        switch message.payloadType {
        case .size:
            return TerminalSize(json: message.payload).map { [.resize($0)] } ?? []
        case .flag:
            switch SessionFlag(payload: message.payload) {
            case .terminateSession: return terminate()
            case .disconnectToPort: return [.disconnectFromPort]
            case .connectToPortError, nil: return []
            }
        default:
            guard let cipher else { return [.deliverInput(message.payload)] }
            guard let input = try? cipher.open(message.payload) else {
                // Somebody on the way made or changed it: nothing typed after it can be trusted to be in place.
                return terminate()
            }
            return [.deliverInput(input)]
        }
    }

    private var flushDeadline: Int64? {
        guard case .finishing(let since, let isPatient) = state else { return nil }
        let silence = max(since, stream.lastProgress) + Limits.flushMilliseconds
        guard isPatient else { return since + Limits.flushMilliseconds }
        let longest = since + Limits.longestFlushMilliseconds
        // A client that is away may come back for the last lines.
        let isAway = !stream.isConnected || stream.isPaused
        return isAway ? longest : min(longest, silence)
    }

    private mutating func endIfDelivered() -> [Action] {
        guard let flushDeadline, stream.isEmpty || flushDeadline <= stream.now else { return [] }
        state = .over
        let goodbye = sessionState(AgentSessionState.terminating)
        let isSaid = stream.isConnected && !isTerminated && !isSilent
        return (isSaid ? [.send(goodbye)] : []) + [.finished]
    }
}
