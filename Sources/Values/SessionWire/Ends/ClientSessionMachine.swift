package import Vocabulary

/// The person's end of one session.
///
/// Driven like `AgentSessionMachine`: events in with the time in milliseconds since the epoch, actions out. It
/// works against our agent and against a stock one, which for a plain shell offers no handshake at all: then
/// its first output means that the session has begun.
///
/// 1. The websocket is open and its text frame sent: `connected(now:)`.
/// 2. `.generateDataKey`: ask KMS, then `dataKeyGenerated` or `dataKeyFailed`.
/// 3. `.ready`: raw mode, then `resize`, and `input` while `canAcceptInput`.
/// 4. `.deliverOutput` until `.closed`.
///
/// When the socket breaks: `disconnected`, ResumeSession, then `connected` again.
package struct ClientSessionMachine: Sendable {
    package enum Action: Equatable, Sendable {
        /// Send these bytes as one binary websocket message.
        case send([UInt8])
        /// Ask KMS for a data key of `DataKeyRequest.numberOfBytes`, as the person.
        case generateDataKey(DataKeyRequest)
        /// The session has begun: show the message if there is one, then resize and input.
        case ready(SessionAgreement)
        case deliverOutput([UInt8])
        /// What a command wrote to its standard error.
        case deliverErrorOutput([UInt8])
        /// The exit status of what ran; `.closed` follows. Our agent sends it, and the stock one for commands
        /// with separate streams.
        case exit(code: Int32)
        /// The node could not connect to its port.
        case portConnectionFailed
        /// The session is over; `output` is for the person, empty for an ordinary end.
        case closed(output: String)
        /// The session cannot go on: terminate it, close the socket, show the sentence.
        case fail(String)
    }

    package struct Configuration: Sendable {
        package var sessionID: String
        /// The target exactly as StartSession was given it: it is part of the encryption context.
        package var targetID: String
        package var clientVersion: String
        /// What this end offers to an agent of ours.
        package var transport: SekishoTransport

        package init(
            sessionID: String,
            targetID: String,
            clientVersion: String,
            transport: SekishoTransport = .ours
        ) {
            self.sessionID = sessionID
            self.targetID = targetID
            self.clientVersion = clientVersion
            self.transport = transport
        }
    }

    private let configuration: Configuration
    private var stream: DataStream
    private var handshake: ClientHandshake
    private var cipher: SessionCipher?
    private var state = State.waiting
    private var acceptsOutput = true
    /// Typed before the session was ready.
    private var pendingInput: [UInt8] = []
    private var pendingSize: TerminalSize?
    private var sentSize: TerminalSize?

    private enum State { case waiting, ready, over }

    package init(_ configuration: Configuration, entropy: any Entropy) {
        self.configuration = configuration
        stream = DataStream(outgoing: .inputStreamData, entropy: entropy)
        handshake = ClientHandshake(configuration, entropy: entropy)
    }

    // MARK: The channel

    /// The data channel is open, for the first time or again.
    package mutating func connected(now: Int64) -> [Action] {
        stream.advance(to: now)
        guard state != .over else { return [] }
        return stream.connected().map(Action.send)
    }

    /// The data channel is gone; until `connected`, what is to be sent waits.
    package mutating func disconnected() {
        stream.disconnected()
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
        guard state != .over else { return [] }
        switch message.type {
        case .acknowledge:
            return stream.acknowledged(message).map(Action.send)
        case .outputStreamData:
            return stream.arrived(message).map(Action.send) + takeArrived()
        case .startPublication:
            return stream.peerArrived().map(Action.send)
        case .pausePublication:
            stream.paused()
            return []
        case .channelClosed:
            guard let closed = ChannelClosed(json: message.payload),
                closed.sessionID.isEmpty || closed.sessionID == configuration.sessionID
            else { return [] }
            state = .over
            return [.closed(output: String(closed.output.prefix(Limits.peerTextLength)))]
        default:
            return []
        }
    }

    // MARK: The key

    package mutating func dataKeyGenerated(_ key: GeneratedDataKey, now: Int64) -> [Action] {
        stream.advance(to: now)
        return carryOut(handshake.dataKeyGenerated(key))
    }

    /// KMS refused; `reason` is its error, which the agent reports as the session's.
    package mutating func dataKeyFailed(_ reason: String, now: Int64) -> [Action] {
        stream.advance(to: now)
        return carryOut(handshake.dataKeyFailed(reason))
    }

    // MARK: The terminal

    /// Whether the terminal can take output; true at first.
    ///
    /// While false, output is held back at the node.
    package mutating func setAcceptsOutput(_ accepts: Bool, now: Int64) -> [Action] {
        stream.advance(to: now)
        acceptsOutput = accepts
        return takeArrived()
    }

    /// Whether the driver should go on reading the person's input.
    package var canAcceptInput: Bool { state == .ready && stream.hasRoom }

    /// Sends what was typed.
    ///
    /// Taken whole; kept while the channel is away or the session not ready.
    package mutating func input(_ bytes: [UInt8], now: Int64) -> [Action] {
        stream.advance(to: now)
        switch state {
        case .over: return []
        case .waiting:
            pendingInput += bytes
            return []
        case .ready: return sendInput(bytes)
        }
    }

    /// Sends the terminal's size; the same size again is not sent.
    package mutating func resize(_ size: TerminalSize, now: Int64) -> [Action] {
        stream.advance(to: now)
        pendingSize = size
        return sendSize()
    }

    /// Sends a flag, for port sessions: `.terminateSession` ends them.
    package mutating func flag(_ flag: SessionFlag, now: Int64) -> [Action] {
        stream.advance(to: now)
        guard state == .ready else { return [] }
        return stream.send(.flag, flag.payload).map(Action.send)
    }

    // MARK: Time

    /// When `tick` should be called at the latest; nil for never.
    package var nextDeadline: Int64? {
        guard state != .over else { return nil }
        return stream.nextDeadline.map(stream.clock.wallTime)
    }

    package mutating func tick(now: Int64) -> [Action] {
        stream.advance(to: now)
        guard state != .over else { return [] }
        return stream.tick().map(Action.send)
    }

    // MARK: Inside

    private mutating func carryOut(_ steps: [ClientHandshake.Step]) -> [Action] {
        guard state != .over else { return [] }
        var actions: [Action] = []
        for step in steps {
            switch step {
            case .send(let type, let payload):
                actions += stream.send(type, payload).map(Action.send)
            case .generateDataKey(let request):
                actions.append(.generateDataKey(request))
            case .complete(let agreement):
                cipher = handshake.takeCipher()
                stream.adopt(agreement.transport)
                state = .ready
                actions.append(.ready(agreement))
                actions += sendSize() + sendInput(pendingInput)
                pendingInput = []
            case .fail(let sentence):
                actions += fail(sentence)
            }
        }
        return actions
    }

    private mutating func fail(_ sentence: String) -> [Action] {
        state = .over
        return [.fail(sentence)]
    }

    private mutating func sendSize() -> [Action] {
        guard state == .ready, let size = pendingSize, size != sentSize else { return [] }
        sentSize = size
        return stream.send(.size, size.json()).map(Action.send)
    }

    private mutating func sendInput(_ bytes: [UInt8]) -> [Action] {
        var actions: [Action] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var payload = Array(rest.prefix(stream.largestFrame))
            rest = rest.dropFirst(payload.count)
            if var cipher {
                guard let sealed = try? cipher.seal(payload) else {
                    return actions + fail("What was typed could not be encrypted.")
                }
                self.cipher = cipher
                payload = sealed
            }
            actions += stream.send(.output, payload).map(Action.send)
        }
        return actions
    }

    /// Hands on every message whose turn it is and for which its reader is ready.
    private mutating func takeArrived() -> [Action] {
        var actions: [Action] = []
        while state != .over, let message = stream.next {
            if state == .waiting {
                let type = message.payloadType
                // Between request and completion output waits, unacknowledged, as it does for the stock plugin.
                if handshake.hasBegun, isData(type) { return actions }
                actions += carryOut(handshake.received(type, message.payload))
            }
            if state == .ready, isData(message.payloadType) {
                guard acceptsOutput else { return actions }
                actions += deliver(message)
            }
            actions += stream.consumeNext().map(Action.send)
        }
        return actions
    }

    private func isData(_ type: PayloadType) -> Bool {
        switch type {
        case .output, .standardError, .exitCode, .flag: true
        default: false
        }
    }

    private mutating func deliver(_ message: AgentMessage) -> [Action] {
        if message.payloadType == .flag {
            let flag = SessionFlag(payload: message.payload)
            return flag == .connectToPortError ? [.portConnectionFailed] : []
        }
        var payload = message.payload
        if let cipher {
            guard let opened = try? cipher.open(payload) else {
                return fail("The node's output is not encrypted under this session's key.")
            }
            payload = opened
        }
        switch message.payloadType {
        case .standardError: return [.deliverErrorOutput(payload)]
        case .exitCode: return ExitCode(payload: payload).map { [.exit(code: $0.code)] } ?? []
        default: return [.deliverOutput(payload)]
        }
    }
}
