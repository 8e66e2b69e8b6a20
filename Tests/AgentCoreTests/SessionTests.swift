import AWSClient
import FoundationEssentials
import PseudoTerminal
import SessionWire
import Synchronization
import Testing
import Vocabulary
import Waiting

@testable import AgentCore

@Suite("A session on the node", .timeLimit(.minutes(1)))
struct SessionTests {
    @Test func `is a shell that is typed at, resized, and whose exit status is told`() async throws
    {
        let server = ScriptedServer()
        let (report, client) = try await runSession(server, document: document()) { client, _ in
            await client.waitUntilReady()
            await client.resize(101, 31)
            await client.type("stty size; echo $TERM $HOME; exit 7\n")
        }
        #expect(report.finalTaskStatus == "Success")
        #expect(report.output == "")
        #expect(report.cloudWatchGroup == "")
        #expect(await client.output.contains("31 101"))
        #expect(await client.output.contains("xterm-256color"))
        #expect(await client.exitCode == 7)
        #expect(server.script.withLock { $0.calls } == ["CreateDataChannel"])
    }

    @Test func `is encrypted under a key that only KMS and the two ends know`() async throws {
        let key = SystemEntropy().bytes(64)
        let server = ScriptedServer(.init(dataKey: key))
        let (report, client) = try await runSession(
            server,
            document: document(inputs: ["kmsKeyId": .string("alias/k")]),
            dataKey: key
        ) { client, _ in
            await client.waitUntilReady()
            await client.type("echo sec''ret; exit\n")
        }
        #expect(report.finalTaskStatus == "Success")
        #expect(await client.output.contains("secret"))
        #expect(await client.agreement?.isEncrypted == true)
        let asked = server.script.withLock { $0.decrypted }
        #expect(asked.map(\.keyID) == ["alias/k"])
        #expect(asked.first?.encryptionContext["aws:ssm:TargetId"] == "mi-0123456789abcdef0")
    }

    @Test func `that KMS refuses never gets a shell`() async throws {
        let server = ScriptedServer(.init(failures: ["Decrypt": .denied("kms:Decrypt")]))
        let (report, client) = try await runSession(
            server,
            document: document(inputs: ["kmsKeyId": .string("alias/k")]),
            dataKey: SystemEntropy().bytes(64)
        ) { _, _ in }
        #expect(report.finalTaskStatus == "Failed")
        #expect(report.output.hasPrefix("\n----------ERROR-------\n"))
        #expect(report.output.contains("kms:Decrypt"))
        #expect(await client.output == "")
    }

    @Test(arguments: ["ExpiredTokenException", "InvalidClientTokenId"])
    func `begins although the node's credentials had to be fetched anew`(code: String) async throws
    {
        let server = ScriptedServer()
        server.script.withLock { script in
            script.failures["CreateDataChannel"] = .service(
                code: code,
                message: "The security token included in the request is invalid",
                status: 403,
                requestID: nil
            )
        }
        async let renewed: Void = {
            await server.untilCalled("awaitCredentials")
            server.script.withLock { $0.failures = [:] }
            server.credentials.ring()
        }()
        let (report, _) = try await runSession(server, document: document()) {
            client,
            _ in
            await client.waitUntilReady()
            await client.type("exit\n")
        }
        await renewed
        #expect(report.finalTaskStatus == "Success")
    }

    @Test func `types the shell profile at its start`() async throws {
        let (_, client) = try await runSession(
            ScriptedServer(),
            document: document(inputs: [
                "shellProfile": .object(["linux": .string("echo pro''file")])
            ])
        ) { client, _ in
            await client.waitFor("profile\r\n")
            await client.type("exit\n")
        }
        #expect(await client.output.contains("profile"))
    }

    @Test func `runs a command on a terminal`() async throws {
        let (report, client) = try await runSession(
            ScriptedServer(),
            document: document(
                type: "InteractiveCommands",
                properties: .object(["linux": .object(["commands": .string("tty; kill -9 $$")])])
            )
        ) { _, _ in }
        #expect(report.finalTaskStatus == "Success")
        #expect(await client.output.hasPrefix("/dev/pts/"))
        #expect(await client.exitCode == 137)
    }

    @Test func `keeps its shell and loses nothing when the line is cut`() async throws {
        let (report, client) = try await runSession(ScriptedServer(), document: document()) {
            client,
            _ in
            await client.waitUntilReady()
            await client.type("stty -echo; PS1=; echo rea''dy\n")
            await client.waitFor("ready")
            await client.type("X=kept; seq 1 5000; echo first''-done\n")
            await client.cut()
            await client.waitFor("first-done")
            await client.cut()
            await client.type("echo $X; exit\n")
        }
        #expect(report.finalTaskStatus == "Success")
        let lines = await client.output.split(whereSeparator: \.isNewline).map(String.init)
        let numbers = lines.compactMap { Int($0) }
        #expect(numbers == Array(1...5000))
        #expect(lines.last == "kept" || lines.contains("kept"))
    }

    @Test func `that is terminated hangs up on everything, and kills what stays`() async throws {
        let server = ScriptedServer()
        let pids = Mutex<[Int32]>([])
        let (report, _) = try await runSession(server, document: document()) { client, handle in
            await client.waitUntilReady()
            await client.type(
                "set +m; trap '' HUP; sh -c 'trap \"\" HUP; sleep 600' & echo pid=$!=$$=\n"
            )
            await client.wait { $0.output.contains(/pid=\d+=\d+=/) }
            let found = await client.output.firstMatch(of: /pid=(\d+)=(\d+)=/)
            pids.withLock { $0 = [found?.1, found?.2].compactMap { $0.flatMap { Int32($0) } } }
            handle.terminate("")
        }
        #expect(report.finalTaskStatus == "Success")
        let found = pids.withLock { $0 }
        #expect(found.count == 2)
        // The kill is sent before the report; the kernel may take a moment to take them away.
        for pid in found { #expect(await isGone(pid)) }
    }

    private func isGone(_ pid: Int32) async -> Bool {
        for _ in 0..<500 {
            let status = FileManager.default.contents(atPath: "/proc/\(pid)/status")
            guard let status else { return true }
            if String(decoding: status, as: UTF8.self).contains("State:\tZ") { return true }
            await Task.pause(.milliseconds(10))
        }
        return false
    }
}
