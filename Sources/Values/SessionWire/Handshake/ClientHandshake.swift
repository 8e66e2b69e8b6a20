import FoundationEssentials
import Vocabulary

/// The person's side of the handshake, against our agent and the stock one.
///
/// It answers what the node asks. A stock agent with a plain shell asks nothing: its first output says so.
struct ClientHandshake: Sendable {
    enum Step: Equatable, Sendable {
        case send(PayloadType, [UInt8])
        case generateDataKey(DataKeyRequest)
        case complete(SessionAgreement)
        case fail(String)
    }

    private enum State {
        case awaitingRequest
        case awaitingDataKey(SessionAgreement, acknowledgesChallenge: Bool)
        case awaitingComplete(SessionAgreement)
        case over
    }

    private let configuration: ClientSessionMachine.Configuration
    private let entropy: any Entropy
    private var hasAnsweredChallenge = false
    private var state = State.awaitingRequest
    /// What is answered for each action asked, in their order.
    private var processed: [HandshakeResponse.ProcessedAction] = []
    /// Set as soon as the data key is known, which for this end is before the agent has it.
    private(set) var cipher: SessionCipher?

    init(_ configuration: ClientSessionMachine.Configuration, entropy: any Entropy) {
        self.configuration = configuration
        self.entropy = entropy
    }

    var isOver: Bool {
        if case .over = state { true } else { false }
    }

    /// Whether the node has asked for a handshake, so that output must wait for its end.
    var hasBegun: Bool {
        if case .awaitingRequest = state { false } else { true }
    }

    mutating func received(_ type: PayloadType, _ payload: [UInt8]) -> [Step] {
        switch (state, type) {
        case (.awaitingRequest, .handshakeRequest):
            guard let request = HandshakeRequest(json: payload) else {
                return fail("The node's handshake request cannot be read.")
            }
            return asked(request)
        case (.awaitingRequest, .output):
            // No handshake at all: a stock agent's plain shell.
            state = .over
            return [.complete(SessionAgreement(sessionType: .standardStream))]
        case (.awaitingComplete, .encryptionChallengeRequest):
            return challenged(EncryptionChallenge(json: payload))
        case (.awaitingComplete(var agreement), .handshakeComplete):
            guard let complete = HandshakeComplete(json: payload) else {
                return fail("The node's end of the handshake cannot be read.")
            }
            state = .over
            agreement.customerMessage = String(
                complete.customerMessage.prefix(Limits.peerTextLength)
            )
            return [.complete(agreement)]
        default:
            return []
        }
    }

    mutating func dataKeyGenerated(_ key: GeneratedDataKey) -> [Step] {
        guard case .awaitingDataKey(var agreement, let acknowledgesChallenge) = state else {
            return []
        }
        do {
            cipher = try SessionCipher(dataKey: key.plaintext, end: .client, entropy: entropy)
        } catch {
            return dataKeyFailed("the key is not one of 64 bytes")
        }
        agreement.isEncrypted = true
        var result: [String: JSONValue] = [
            "KMSCipherTextKey": .string(Data(key.ciphertext).base64EncodedString()),
            "KMSCipherTextHash": .null,
        ]
        if acknowledgesChallenge { result["ChallengeAcknowledgement"] = .bool(true) }
        return respond(
            agreement,
            kms: HandshakeResponse.ProcessedAction(
                type: HandshakeAction.kmsEncryption,
                status: HandshakeResponse.ProcessedAction.succeeded,
                result: .object(result)
            )
        )
    }

    mutating func dataKeyFailed(_ reason: String) -> [Step] {
        guard case .awaitingDataKey(let agreement, _) = state else { return [] }
        let cause = "Error calling KMS GenerateDataKey API: \(reason)"
        return respond(
            agreement,
            kms: failed(HandshakeAction.kmsEncryption, cause: cause)
        )
    }

    /// Takes the cipher over, for the session's own payloads.
    mutating func takeCipher() -> SessionCipher? {
        defer { cipher = nil }
        return cipher
    }

    private mutating func asked(_ request: HandshakeRequest) -> [Step] {
        var agreement = SessionAgreement(sessionType: .standardStream)
        agreement.peerVersion = String(request.agentVersion.prefix(Limits.peerTextLength))
        var keyRequest: DataKeyRequest?
        var randomChallenge: String?
        for action in request.requestedActions {
            switch action.type {
            case HandshakeAction.sessionType:
                let name = action.parameters?["SessionType"]?.string ?? ""
                guard let type = SessionType(rawValue: name) else {
                    let shown = name.prefix(Limits.peerTextLength)
                    processed.append(failed(action.type, cause: "Unknown session type \(shown)"))
                    continue
                }
                agreement.sessionType = type
                agreement.properties = action.parameters?["Properties"] ?? .null
                processed.append(succeeded(action.type))
            case HandshakeAction.kmsEncryption:
                guard let keyID = action.parameters?["KMSKeyId"]?.string else {
                    processed.append(failed(action.type, cause: "no KMSKeyId"))
                    continue
                }
                randomChallenge = action.parameters?["Challenge"]?.string
                keyRequest = DataKeyRequest(
                    keyID: keyID,
                    sessionID: configuration.sessionID,
                    targetID: configuration.targetID,
                    randomChallenge: randomChallenge
                )
            case SekishoTransport.actionType:
                agreement.transport = configuration.transport.agreed(
                    with: action.parameters ?? .null
                )
                let isAgreed = agreement.transport != nil
                processed.append(
                    isAgreed
                        ? succeeded(action.type, result: configuration.transport.jsonValue)
                        : unsupported(action.type)
                )
            default:
                processed.append(unsupported(action.type))
            }
        }
        guard let keyRequest else { return respond(agreement, kms: nil) }
        state = .awaitingDataKey(agreement, acknowledgesChallenge: randomChallenge != nil)
        return [.generateDataKey(keyRequest)]
    }

    private mutating func challenged(_ request: EncryptionChallenge?) -> [Step] {
        // One challenge of the right length and no more: otherwise a gateway could have us seal what the node
        // once showed, and hand it to the node as input.
        guard !hasAnsweredChallenge, let request, var cipher,
            let opened = try? cipher.open(Array(request.challenge)),
            opened.count == Limits.encryptionChallengeBytes,
            let sealed = try? cipher.seal(opened)
        else {
            return fail("The node and this program do not hold the same data key.")
        }
        self.cipher = cipher
        hasAnsweredChallenge = true
        return [.send(.encryptionChallengeResponse, EncryptionChallenge(sealed).json())]
    }

    private mutating func respond(
        _ agreement: SessionAgreement,
        kms: HandshakeResponse.ProcessedAction?
    ) -> [Step] {
        state = .awaitingComplete(agreement)
        let actions = processed + (kms.map { [$0] } ?? [])
        let errors = actions.map(\.error).filter { !$0.isEmpty }
        let response = HandshakeResponse(
            clientVersion: configuration.clientVersion,
            processedActions: actions,
            errors: errors.isEmpty ? nil : errors
        )
        return [.send(.handshakeResponse, response.json())]
    }

    private mutating func fail(_ sentence: String) -> [Step] {
        state = .over
        return [.fail(sentence)]
    }

    private func succeeded(
        _ type: String,
        result: JSONValue = .null
    ) -> HandshakeResponse.ProcessedAction {
        .init(type: type, status: HandshakeResponse.ProcessedAction.succeeded, result: result)
    }

    private func failed(_ type: String, cause: String) -> HandshakeResponse.ProcessedAction {
        .init(
            type: type,
            status: HandshakeResponse.ProcessedAction.failed,
            error: "Failed to process action \(type): \(cause)"
        )
    }

    private func unsupported(_ type: String) -> HandshakeResponse.ProcessedAction {
        .init(
            type: type,
            status: HandshakeResponse.ProcessedAction.unsupported,
            error: "Unsupported action \(type)"
        )
    }
}
