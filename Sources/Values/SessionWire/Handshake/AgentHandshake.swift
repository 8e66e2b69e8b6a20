import Crypto
import FoundationEssentials
import Sealing
import Vocabulary

/// The node's side of the handshake: what to ask of the client, and whether its answers will do.
///
/// Request, response, with a KMS key also decryption and challenge, complete. The two waits for the client last
/// 15 seconds each and run only while the client is present.
struct AgentHandshake: Sendable {
    enum Step: Equatable, Sendable {
        case send(PayloadType, [UInt8])
        case decryptDataKey(ciphertext: [UInt8], DataKeyRequest)
        case complete(SessionAgreement)
        case fail(HandshakeFailure)
    }

    private enum State {
        case new
        case awaitingResponse
        case awaitingDataKey
        case awaitingChallenge([UInt8])
        case over
    }

    private let configuration: AgentSessionMachine.Configuration
    private let entropy: any Entropy
    private var state = State.new
    private var agreement: SessionAgreement
    /// What the client's data key must be bound to, if it says so; nil when nothing is encrypted.
    private var randomChallenge: String?
    private var startedAt: Int64 = 0
    private var isPeerPresent = true
    private(set) var deadline: Int64?
    /// Set once the data key is known.
    private(set) var cipher: SessionCipher?

    init(_ configuration: AgentSessionMachine.Configuration, entropy: any Entropy) {
        self.configuration = configuration
        self.entropy = entropy
        agreement = SessionAgreement(
            sessionType: configuration.sessionType,
            properties: configuration.properties
        )
    }

    var isOver: Bool {
        if case .over = state { true } else { false }
    }

    /// A port session is never encrypted, whatever the preferences say.
    private var keyID: String? {
        guard configuration.sessionType != .port, let key = configuration.kmsKeyID, !key.isEmpty
        else { return nil }
        return key
    }

    mutating func begin(now: Int64) -> [Step] {
        guard case .new = state else { return [] }
        state = .awaitingResponse
        startedAt = now
        expectAnswer(now: now)
        var actions = [
            HandshakeRequest.RequestedAction(
                type: HandshakeAction.sessionType,
                parameters: .object([
                    "SessionType": .string(configuration.sessionType.rawValue),
                    "Properties": configuration.properties,
                ])
            )
        ]
        if let keyID {
            let challenge = Data(entropy.bytes(16)).base64EncodedString()
            randomChallenge = challenge
            actions.append(
                HandshakeRequest.RequestedAction(
                    type: HandshakeAction.kmsEncryption,
                    parameters: .object([
                        "KMSKeyId": .string(keyID), "Challenge": .string(challenge),
                    ])
                )
            )
        }
        actions.append(
            HandshakeRequest.RequestedAction(
                type: SekishoTransport.actionType,
                parameters: configuration.transport.jsonValue
            )
        )
        let request = HandshakeRequest(
            agentVersion: configuration.agentVersion,
            requestedActions: actions
        )
        return [.send(.handshakeRequest, request.json())]
    }

    /// A message of the handshake from the client; others it does not concern.
    mutating func received(_ type: PayloadType, _ payload: [UInt8], now: Int64) -> [Step] {
        switch (state, type) {
        case (.awaitingResponse, .handshakeResponse):
            guard let response = HandshakeResponse(json: payload) else {
                return fail(.malformedResponse)
            }
            return answered(response, now: now)
        case (.awaitingChallenge(let expected), .encryptionChallengeResponse):
            return challenged(EncryptionChallenge(json: payload), expected: expected, now: now)
        default:
            return []
        }
    }

    mutating func dataKeyDecrypted(_ key: Secret, now: Int64) -> [Step] {
        guard case .awaitingDataKey = state else { return [] }
        do {
            var cipher = try SessionCipher(dataKey: key, end: .agent, entropy: entropy)
            let challenge = entropy.bytes(Limits.encryptionChallengeBytes)
            let sealed = try cipher.seal(challenge)
            self.cipher = cipher
            state = .awaitingChallenge(challenge)
            expectAnswer(now: now)
            return [.send(.encryptionChallengeRequest, EncryptionChallenge(sealed).json())]
        } catch {
            return fail(.dataKey(reason: "the key is not one of 64 bytes"))
        }
    }

    mutating func dataKeyFailed(_ reason: String) -> [Step] {
        guard case .awaitingDataKey = state else { return [] }
        return fail(.dataKey(reason: reason))
    }

    /// The client came or went: an absent one is not held to the time limits.
    mutating func setPeerPresent(_ isPresent: Bool, now: Int64) {
        guard isPresent != isPeerPresent else { return }
        isPeerPresent = isPresent
        switch state {
        case .awaitingResponse, .awaitingChallenge: expectAnswer(now: now)
        case .new, .awaitingDataKey, .over: break
        }
    }

    mutating func tick(now: Int64) -> [Step] {
        guard let deadline, deadline <= now else { return [] }
        if case .awaitingChallenge = state { return fail(.challengeTimedOut) }
        return fail(.timedOut)
    }

    /// Takes the cipher over, for the session's own payloads.
    mutating func takeCipher() -> SessionCipher? {
        defer { cipher = nil }
        return cipher
    }

    private mutating func expectAnswer(now: Int64) {
        deadline = isPeerPresent ? now + Limits.handshakeMilliseconds : nil
    }

    private mutating func answered(_ response: HandshakeResponse, now: Int64) -> [Step] {
        deadline = nil
        agreement.peerVersion = String(response.clientVersion.prefix(Limits.peerTextLength))
        for required in [HandshakeAction.sessionType, HandshakeAction.kmsEncryption] {
            guard required != HandshakeAction.kmsEncryption || keyID != nil else { continue }
            let action = response.action(required)
            guard let action, action.meaning == HandshakeResponse.ProcessedAction.succeeded else {
                return fail(
                    .actionFailed(
                        type: required,
                        status: action?.meaning ?? 0,
                        error: action?.error ?? "the client did not answer"
                    )
                )
            }
        }
        // A stock client does not know this action, says so in one of two ways, and gets stock limits.
        if let action = response.action(SekishoTransport.actionType),
            action.meaning == HandshakeResponse.ProcessedAction.succeeded
        {
            agreement.transport = configuration.transport.agreed(with: action.result)
        }
        guard let keyID else { return complete(now: now) }
        let result = response.action(HandshakeAction.kmsEncryption)?.result
        guard let text = result?["KMSCipherTextKey"]?.string,
            let ciphertext = Data(base64Encoded: text)
        else {
            return fail(.malformedResponse)
        }
        let acknowledges = result?["ChallengeAcknowledgement"]?.bool == true
        state = .awaitingDataKey
        return [
            .decryptDataKey(
                ciphertext: Array(ciphertext),
                DataKeyRequest(
                    keyID: keyID,
                    sessionID: configuration.sessionID,
                    targetID: configuration.instanceID,
                    randomChallenge: acknowledges ? randomChallenge : nil
                )
            )
        ]
    }

    private mutating func challenged(
        _ response: EncryptionChallenge?,
        expected: [UInt8],
        now: Int64
    ) -> [Step] {
        guard let response, let opened = try? cipher?.open(Array(response.challenge)),
            Secret(opened).isEqual(to: Secret(expected))
        else {
            // The stock agent stores this text and then runs into its timeout; we say it at once.
            return fail(.challengeDoesNotMatch)
        }
        return complete(now: now)
    }

    private mutating func complete(now: Int64) -> [Step] {
        state = .over
        deadline = nil
        agreement.isEncrypted = cipher != nil
        agreement.customerMessage =
            agreement.isEncrypted ? "This session is encrypted using AWS KMS." : ""
        let message = HandshakeComplete(
            timeToComplete: max(0, now - startedAt) * 1_000_000,
            customerMessage: agreement.customerMessage
        )
        return [.send(.handshakeComplete, message.json()), .complete(agreement)]
    }

    private mutating func fail(_ failure: HandshakeFailure) -> [Step] {
        state = .over
        deadline = nil
        cipher = nil
        return [.fail(failure)]
    }
}
