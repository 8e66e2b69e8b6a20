import AWSClient
import Logging
import Sealing
import SessionWire
import Testing
import Vocabulary
import WebSocketTransport

@testable import ClientCore

@Suite("Connecting to a node")
struct ConnectTests {
    private func driver(_ node: ScriptedNode, _ console: ScriptedConsole) -> SessionDriver {
        SessionDriver(calls: node.calls, console: console, logger: Logger(label: "test"))
    }

    private let request = SessionRequest(target: "mi-0123456789abcdef0")

    @Test(arguments: [nil, "arn:aws:kms:us-east-1:000000000000:key/k"])
    func `what is typed reaches the node, what it shows the person, and its status is ours`(
        kmsKeyID: String?
    ) async {
        let node = ScriptedNode(kmsKeyID: kmsKeyID)
        let console = ScriptedConsole(typing: ["echo hi\r", "exit 7\r"])
        let outcome = await driver(node, console).run(request)
        #expect(outcome == ConnectOutcome(status: 7))
        #expect(console.shown == "welcome\necho hi\rexit 7\r")
        #expect(console.rawModes == [true, false])
        #expect(node.dataKeyCalls == (kmsKeyID == nil ? 0 : 1))
        #expect(node.sizes.first == TerminalSize(columns: 80, rows: 24))
        #expect(node.terminated.isEmpty)
    }

    @Test func `without a terminal the end of the input is the end of file there`() async {
        let node = ScriptedNode()
        let console = ScriptedConsole(typing: ["cat", "~.\n"], isInteractive: false)
        let outcome = await driver(node, console).run(request)
        #expect(outcome == ConnectOutcome(status: 0))
        #expect(console.shown == "welcome\ncat~.\n\u{04}")
        #expect(console.rawModes == [false])
        #expect(node.sizes == [TerminalSize(columns: 300, rows: 100)])
    }

    @Test func `a refused StartSession is told and is our failure`() async {
        let node = ScriptedNode()
        node.refusal = .service(
            code: "TargetNotConnected",
            message: "mi-0123456789abcdef0 is not connected.",
            status: 400,
            requestID: nil
        )
        let outcome = await driver(node, ScriptedConsole()).run(request)
        #expect(outcome == .failed("TargetNotConnected: mi-0123456789abcdef0 is not connected."))
        #expect(outcome.status == 255)
    }

    @Test func `a refused data key is told with KMS's own words`() async {
        let node = ScriptedNode(kmsKeyID: "alias/x")
        node.keyRefusal = .service(
            code: "AccessDeniedException",
            message: "not authorized to perform: kms:GenerateDataKey",
            status: 400,
            requestID: nil
        )
        let console = ScriptedConsole()
        let outcome = await driver(node, console).run(request)
        #expect(outcome.status == 255)
        #expect(console.notices.contains { $0.contains("kms:GenerateDataKey") })
    }

    @Test func `the reason of an end that the server tells is shown`() async {
        let node = ScriptedNode()
        node.closing = "The session was idle too long."
        let outcome = await driver(node, ScriptedConsole()).run(request)
        #expect(outcome == .failed("The session was idle too long."))
    }

    @Test func `a cut connection is taken up again, and nothing is lost or doubled`() async {
        let node = ScriptedNode()
        node.cutsAfterWelcome = true
        let console = ScriptedConsole(typing: ["one\r", "exit 0\r"])
        let outcome = await driver(node, console).run(request)
        #expect(outcome == ConnectOutcome(status: 0))
        #expect(console.shown == "welcome\none\rexit 0\r")
        #expect(node.tokens == ["token-0", "token-1"])
        #expect(console.notices.contains { $0.contains("connection is lost") })
    }

    @Test func `a session that is gone when it is looked for ends ours`() async {
        let node = ScriptedNode()
        node.cutsAfterWelcome = true
        node.isGone = true
        let outcome = await driver(node, ScriptedConsole()).run(request)
        #expect(outcome.status == 255)
        #expect(outcome.reason?.contains("exit status") == true)
    }

    /// A command against an agent that was just stopping printed nothing and returned 0.
    @Test(arguments: [nil, ["true"]])
    func `a session that ends without its exit status known has failed`(command: [String]?) async {
        let node = ScriptedNode()
        node.endsWithoutStatus = true
        var request = request
        request.command = command
        let outcome = await driver(node, ScriptedConsole(isInteractive: false)).run(request)
        #expect(outcome.status == 255)
        #expect(outcome.reason?.contains("exit status") == true)
    }

    @Test(arguments: [(nil, 0), (["true"], 255)] as [([String]?, Int32)])
    func `an agent that tells no exit status may end a shell without, and no command`(
        command: [String]?,
        status: Int32
    ) async {
        let node = ScriptedNode(
            transport: SekishoTransport(largestFrame: 1024, window: 65536, exitStatus: false)
        )
        node.endsWithoutStatus = true
        var request = request
        request.command = command
        let outcome = await driver(node, ScriptedConsole(isInteractive: false)).run(request)
        #expect(outcome.status == status)
    }

    @Test func `the tilde escape ends the session at the server and here`() async {
        let node = ScriptedNode()
        let console = ScriptedConsole(typing: ["sleep\r", "~."])
        let outcome = await driver(node, console).run(request)
        #expect(outcome.status == 255)
        #expect(node.terminated == ["person-0123456789abcdef0"])
        #expect(console.rawModes == [true, false])
    }

    @Test func `an interruption ends the session before it has begun`() async {
        let node = ScriptedNode()
        node.isSilent = true
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        continuation.yield()
        let outcome = await driver(node, ScriptedConsole()).run(request, interruptions: stream)
        #expect(outcome.status == 255)
        #expect(node.terminated == ["person-0123456789abcdef0"])
    }

    @Test func `more output than a terminal takes at once arrives whole`() async {
        let node = ScriptedNode()
        node.flood = 3 * Limits.clientOutputBytes
        let outcome = await driver(node, ScriptedConsole(typing: ["exit 0\r"])).run(request)
        #expect(outcome.status == 0)
        #expect(node.flood == 0)
    }
}
