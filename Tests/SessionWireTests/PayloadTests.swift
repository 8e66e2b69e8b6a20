import FoundationEssentials
import SessionWire
import Simulation
import Testing
import Vocabulary

@Suite("Payloads")
struct PayloadTests {
    @Test func `an acknowledgement names type, id and number`() {
        let message = AgentMessage(
            type: .outputStreamData,
            createdDate: 1,
            sequenceNumber: 7,
            id: MessageID(high: 1, low: 2),
            payload: []
        )
        #expect(
            String(decoding: Acknowledge(message).json(), as: UTF8.self)
                == #"{"AcknowledgedMessageId":"00000000-0000-0001-0000-000000000002","#
                + #""AcknowledgedMessageSequenceNumber":7,"#
                + #""AcknowledgedMessageType":"output_stream_data","IsSequentialMessage":true}"#
        )
    }

    /// As the stock agent and plugin were seen to write them.
    @Test func `stock texts are read`() throws {
        let complete = try #require(
            AgentTaskComplete(
                json: Array(
                    #"""
                    {"SchemaVersion":1,"TaskId":"s","Topic":"agent_task_complete","FinalTaskStatus":"Success",
                    "IsRoutingFailure":false,"AwsAccountId":"","InstanceId":"mi-1","Output":"","S3Bucket":"",
                    "S3UrlSuffix":"","CwlGroup":"g","CwlStream":"s","RetryNumber":2}
                    """#.utf8
                )
            )
        )
        #expect(complete.cloudWatchGroup == "g")
        #expect(complete.retryNumber == 2)

        let control = try #require(
            ChannelOpening(
                json: Array(
                    #"""
                    {"Cookie":null,"MessageSchemaVersion":"1.0","RequestId":"r","TokenValue":"t",
                    "AgentVersion":"3.3.0.0","PlatformType":"linux"}
                    """#.utf8
                )
            )
        )
        #expect(control.tokenValue == "t")
        #expect(control.agentVersion == "3.3.0.0")
        #expect(control.clientID == nil)
    }

    @Test func `a stock agent's end of a session opens with an empty client id`() {
        let opening = ChannelOpening.agentData(
            token: "t",
            instanceID: "mi-1",
            entropy: SeededEntropy()
        )
        #expect(opening.text.contains(#""ClientId":"""#))
    }

    @Test(arguments: ["", "{", "null", "[]", String(repeating: "[", count: 1_000_000)])
    func `what is not JSON of the right shape is nil, and no harm`(text: String) {
        let bytes = Array(text.utf8)
        #expect(Acknowledge(json: bytes) == nil)
        #expect(HandshakeRequest(json: bytes) == nil)
        #expect(AgentTaskComplete(json: bytes) == nil)
        #expect(InteractiveShell(json: bytes) == nil)
    }

    @Test(
        arguments: [(.disconnectToPort, 1), (.terminateSession, 2), (.connectToPortError, 3)]
            as [(SessionFlag, UInt8)]
    )
    func `flags are four bytes`(flag: SessionFlag, number: UInt8) {
        #expect(flag.payload == [0, 0, 0, number])
        #expect(SessionFlag(payload: flag.payload) == flag)
        #expect(SessionFlag(payload: [number]) == nil)
        #expect(SessionFlag(payload: [1, 0, 0, number]) == nil)
    }

    @Test(
        arguments: [
            ("EXIT_CODE: 0", 0), ("EXIT_CODE: -1", -1), ("EXIT_CODE: 137", 137),
            ("EXIT_CODE: ", nil),
            ("EXIT_CODE: 99999999999", nil), ("exit 1", nil),
        ] as [(String, Int32?)]
    )
    func `an exit code is a text`(text: String, code: Int32?) {
        #expect(ExitCode(payload: Array(text.utf8))?.code == code)
        if let code { #expect(ExitCode(code).payload == Array(text.utf8)) }
    }

    @Test func `the size of a terminal is columns and rows`() {
        let size = TerminalSize(columns: 300, rows: 100)
        #expect(String(decoding: size.json(), as: UTF8.self) == #"{"cols":300,"rows":100}"#)
        #expect(TerminalSize(json: Array(#"{"cols":-1,"rows":1}"#.utf8)) == nil)
    }

    @Test func `a task is JSON text inside JSON`() throws {
        let task = AgentTask(
            documentName: "SSM-SessionManagerRunShell",
            documentContent: .object(["sessionType": .string("Standard_Stream")]),
            sessionID: "alice-0123456789abcdef0"
        )
        let shell = InteractiveShell(
            content: String(decoding: task.json(), as: UTF8.self),
            taskID: task.sessionID
        )
        let read = try #require(InteractiveShell(json: shell.json()))
        #expect(read.task == task)
    }

    @Test func `a token survives XML, whatever it holds`() {
        let token = #"a<b>&amp;"c'"#
        let xml = CreateChannelResponse(tokenValue: token).xml(operation: "CreateDataChannel")
        #expect(CreateChannelResponse(xml: xml)?.tokenValue == token)
        #expect(CreateChannelResponse(xml: "<a/>") == nil)
        #expect(CreateChannelResponse(xml: "<TokenValue></TokenValue>") == nil)
        #expect(CreateChannelResponse(xml: "<TokenValue>cut off") == nil)
    }

    @Test func `addresses are paths, and StreamUrl names its scope`() throws {
        let session = try SessionID(parsing: "a+b@c-0123456789abcdef0")
        let scope = Scope(
            account: try AccountID(parsing: "111122223333"),
            region: try Region(parsing: "us-east-1")
        )
        let target = ChannelAddress.clientTarget(session, in: scope)
        #expect(
            target == "/v1/data-channel/a+b@c-0123456789abcdef0"
                + "?account=111122223333&region=us-east-1&role=publish_subscribe"
        )
        #expect(ChannelAddress.scope(inQuery: "account=111122223333&region=us-east-1") == scope)
        #expect(ChannelAddress.scope(inQuery: "role=publish_subscribe") == nil)
        #expect(
            ChannelAddress(path: "/v1/data-channel/a%2Bb%40c-0123456789abcdef0") == .data(session)
        )
        for path in [
            "", "/", "/v1/data-channel/", "/v1/data-channel/a/b", "/v2/data-channel/x",
            "/v1/data-channel/%F",
        ] {
            #expect(ChannelAddress(path: path) == nil)
        }
    }
}
