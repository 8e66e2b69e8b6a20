import FoundationEssentials
import Sealing
import SessionWire
import Simulation
import Testing
import Vocabulary

@Suite("The handshake")
struct HandshakeTests {
    let entropy = SeededEntropy()
    let now: Int64 = 1_767_323_045_000
    let key = Secret((0..<64).map { UInt8($0) })

    func agent(kmsKeyID: String? = nil, type: SessionType = .standardStream) -> AgentSessionMachine
    {
        AgentSessionMachine(
            .init(
                sessionID: "alice-0123456789abcdef0",
                instanceID: "mi-0123456789abcdef0",
                agentVersion: "3.3.0.0",
                sessionType: type,
                kmsKeyID: kmsKeyID
            ),
            entropy: entropy
        )
    }

    func client() -> ClientSessionMachine {
        ClientSessionMachine(
            .init(
                sessionID: "alice-0123456789abcdef0",
                targetID: "mi-0123456789abcdef0",
                clientVersion: "1.2.707.0"
            ),
            entropy: entropy
        )
    }

    func stream(
        _ type: MessageType,
        _ number: Int64,
        _ payloadType: PayloadType,
        _ payload: [UInt8]
    ) -> AgentMessage {
        AgentMessage(
            type: type,
            createdDate: 1,
            sequenceNumber: number,
            id: MessageID(entropy: entropy),
            payloadType: payloadType,
            payload: payload
        )
    }

    func response(_ actions: String) -> AgentMessage {
        let text =
            #"{"ClientVersion":"1.2.0.0","ProcessedClientActions":[\#(actions)],"Errors":null}"#
        return stream(.inputStreamData, 0, .handshakeResponse, Array(text.utf8))
    }

    /// The payloads of that type among what a machine sends.
    func sent(_ actions: [AgentSessionMachine.Action], _ type: PayloadType) -> [[UInt8]] {
        payloads(actions.compactMap { if case .send(let bytes) = $0 { bytes } else { nil } }, type)
    }

    func sent(_ actions: [ClientSessionMachine.Action], _ type: PayloadType) -> [[UInt8]] {
        payloads(actions.compactMap { if case .send(let bytes) = $0 { bytes } else { nil } }, type)
    }

    private func payloads(_ sent: [[UInt8]], _ type: PayloadType) -> [[UInt8]] {
        sent.compactMap { try? AgentMessage(parsing: $0) }.filter { $0.payloadType == type }
            .map(\.payload)
    }

    @Test func `our agent always offers it, with its own action last`() throws {
        var agent = agent()
        let actions = agent.connected(now: now)
        let request = try #require(
            sent(actions, .handshakeRequest).first.flatMap(HandshakeRequest.init(json:))
        )
        #expect(request.requestedActions.map(\.type) == ["SessionType", "SekishoTransport"])
        #expect(
            request.parameters(of: "SekishoTransport")
                == .object([
                    "Version": .integer(1), "LargestFrame": .integer(16384),
                    "Window": .integer(1_048_576), "ExitStatus": .bool(true),
                ])
        )
    }

    /// A stock plugin's ways to say that it does not know the action, its slip among them.
    @Test(arguments: [
        #""ActionStatus":0,"ActionResult":3,"Error":"""#,
        #""ActionStatus":3,"ActionResult":null,"Error":"Unsupported action SekishoTransport""#,
        #""ActionStatus":2,"ActionResult":null,"Error":"no""#,
        #""ActionStatus":1,"ActionResult":{"Version":0,"LargestFrame":9,"Window":9,"ExitStatus":true}"#,
    ])
    func `a client that does not know our action gets stock limits`(answer: String) throws {
        var agent = agent()
        _ = agent.connected(now: now)
        let actions = agent.received(
            response(
                #"{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""},"#
                    + #"{"ActionType":"SekishoTransport",\#(answer)}"#
            ),
            now: now
        )
        #expect(
            actions.contains(
                .start(SessionAgreement(sessionType: .standardStream, peerVersion: "1.2.0.0"))
            )
        )
        let output = agent.output([UInt8](repeating: 1, count: 2500), now: now)
        #expect(sent(output, .output).map(\.count) == [1024, 1024, 452])
        let end = agent.finish(exitCode: 3, now: now)
        #expect(sent(end, .exitCode).isEmpty)
    }

    @Test func `a client that answers nothing fails the session after 15 seconds`() {
        var agent = agent()
        _ = agent.connected(now: now)
        #expect(!agent.tick(now: now + 14_999).contains { $0.isFailure })
        #expect(
            agent.tick(now: now + 15_000).last
                == .fail(
                    "Encountered error while initiating handshake. Handshake timed out. Please ensure "
                        + "that you have the latest version of the session manager plugin."
                )
        )
    }

    @Test func `a client that is not there is not held to the time`() {
        var agent = agent()
        _ = agent.connected(now: now)
        _ = agent.received(
            AgentMessage(
                type: .pausePublication,
                createdDate: 1,
                id: MessageID(high: 1, low: 1),
                payload: Array("{}".utf8)
            ),
            now: now
        )
        #expect(agent.tick(now: now + 600_000).isEmpty)
        _ = agent.received(
            AgentMessage(
                type: .startPublication,
                createdDate: 1,
                id: MessageID(high: 1, low: 2),
                payload: Array("{}".utf8)
            ),
            now: now + 600_000
        )
        #expect(!agent.tick(now: now + 614_999).contains { $0.isFailure })
        #expect(agent.tick(now: now + 615_000).contains { $0.isFailure })
    }

    @Test func `a client's refusal is what the person reads`() {
        var agent = agent(kmsKeyID: "alias/key")
        _ = agent.connected(now: now)
        let actions = agent.received(
            response(
                #"{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""},"#
                    + #"{"ActionType":"KMSEncryption","ActionStatus":2,"ActionResult":null,"#
                    + #""Error":"Failed to process action KMSEncryption: no"}"#
            ),
            now: now
        )
        #expect(
            actions.contains(
                .fail(
                    "Encountered error while initiating handshake. KMSEncryption failed on client "
                        + "with status 2 error: Failed to process action KMSEncryption: no"
                )
            )
        )
    }

    @Test(arguments: [true, false])
    func `the key is bound to session, node and, where known, the challenge`(
        acknowledges: Bool
    ) throws {
        var agent = agent(kmsKeyID: "alias/key")
        let opening = agent.connected(now: now)
        let request = try #require(
            sent(opening, .handshakeRequest).first.flatMap(HandshakeRequest.init(json:))
        )
        let challenge = try #require(
            request.parameters(of: "KMSEncryption")?["Challenge"]?.string
        )
        #expect(Data(base64Encoded: challenge)?.count == 16)
        let extra = acknowledges ? #","ChallengeAcknowledgement":true"# : ""
        let actions = agent.received(
            response(
                #"{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""},"#
                    + #"{"ActionType":"KMSEncryption","ActionStatus":1,"ActionResult":"#
                    + #"{"KMSCipherTextKey":"AQID","KMSCipherTextHash":null\#(extra)},"Error":""}"#
            ),
            now: now
        )
        guard
            case .decryptDataKey(let ciphertext, let keyRequest) = actions.last(where: { $0.isKey })
        else {
            Issue.record("no decryption asked for: \(actions.count) actions")
            return
        }
        #expect(ciphertext == [1, 2, 3])
        #expect(keyRequest.keyID == "alias/key")
        var context = [
            "aws:ssm:SessionId": "alice-0123456789abcdef0",
            "aws:ssm:TargetId": "mi-0123456789abcdef0",
        ]
        if acknowledges { context["aws:ssm:RandomChallenge"] = challenge }
        #expect(keyRequest.encryptionContext == context)
    }

    @Test func `both ends with different keys find out, and say so`() {
        var agent = agent(kmsKeyID: "alias/key")
        var client = client()
        _ = client.connected(now: now)
        var toClient = agent.connected(now: now)
        var failures: [String] = []
        for _ in 0..<10 {
            var toAgent: [ClientSessionMachine.Action] = []
            for case .send(let bytes) in toClient { toAgent += client.received(bytes, now: now) }
            toClient = []
            var index = 0
            while index < toAgent.count {
                switch toAgent[index] {
                case .send(let bytes): toClient += agent.received(bytes, now: now)
                case .generateDataKey:
                    let other = Secret([UInt8](repeating: 1, count: 64))
                    toAgent += client.dataKeyGenerated(
                        GeneratedDataKey(plaintext: other, ciphertext: [1]),
                        now: now
                    )
                case .fail(let text): failures.append(text)
                default: break
                }
                index += 1
            }
            if toClient.contains(where: { $0.isKey }) {
                toClient += agent.dataKeyDecrypted(key, now: now)
            }
        }
        #expect(failures == ["The node and this program do not hold the same data key."])
    }

    @Test(arguments: [nil, "alias/key"])
    func `a port session is never encrypted`(kmsKeyID: String?) throws {
        var agent = agent(kmsKeyID: kmsKeyID, type: .port)
        let request = try #require(
            sent(agent.connected(now: now), .handshakeRequest).first
                .flatMap(HandshakeRequest.init(json:))
        )
        #expect(request.parameters(of: "KMSEncryption") == nil)
    }

    @Test func `a stock agent without a handshake: its first output is the beginning`() {
        var client = client()
        _ = client.connected(now: now)
        let actions = client.received(
            stream(.outputStreamData, 0, .output, Array("$ ".utf8)),
            now: now
        )
        #expect(actions.contains(.ready(SessionAgreement(sessionType: .standardStream))))
        #expect(actions.contains(.deliverOutput(Array("$ ".utf8))))
        #expect(client.canAcceptInput)
    }

    @Test func `output before its end is held back without acknowledgement`() {
        var client = client()
        _ = client.connected(now: now)
        let request =
            #"{"AgentVersion":"3.3.0.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Standard_Stream","Properties":null}}]}"#
        _ = client.received(
            stream(.outputStreamData, 0, .handshakeRequest, Array(request.utf8)),
            now: now
        )
        let early = client.received(stream(.outputStreamData, 2, .output, [65]), now: now)
        #expect(!early.contains(.deliverOutput([65])))
        let complete = #"{"HandshakeTimeToComplete":1000000,"CustomerMessage":"hello"}"#
        let actions = client.received(
            stream(.outputStreamData, 1, .handshakeComplete, Array(complete.utf8)),
            now: now
        )
        let agreement = SessionAgreement(
            sessionType: .standardStream,
            peerVersion: "3.3.0.0",
            customerMessage: "hello"
        )
        #expect(actions.contains(.ready(agreement)))
        #expect(actions.contains(.deliverOutput([65])))
    }

    @Test func `a client answers what it does not know as the protocol means it`() throws {
        var client = client()
        _ = client.connected(now: now)
        let request =
            #"{"AgentVersion":"9","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Hologram"}},{"ActionType":"Levitate","ActionParameters":7}]}"#
        let actions = client.received(
            stream(.outputStreamData, 0, .handshakeRequest, Array(request.utf8)),
            now: now
        )
        let answer = try #require(
            sent(actions, .handshakeResponse).first.flatMap(HandshakeResponse.init(json:))
        )
        #expect(answer.processedActions.map(\.status) == [2, 3])
        #expect(
            answer.processedActions.first?.error
                == "Failed to process action SessionType: Unknown session type Hologram"
        )
    }
}

extension AgentSessionMachine.Action {
    var isFailure: Bool { if case .fail = self { true } else { false } }
    var isKey: Bool { if case .decryptDataKey = self { true } else { false } }
}
