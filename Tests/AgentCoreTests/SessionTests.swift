import AWSClient
import FoundationEssentials
import PseudoTerminal
import SessionWire
import Synchronization
import Testing
import Vocabulary

@testable import AgentCore

/// Runs one session against a scripted server, with `body` as the person; returns how it was reported.
private func runSession(
    _ server: ScriptedServer,
    document: JSONValue,
    dataKey: [UInt8] = [],
    log: AgentLog = AgentLog(file: nil, standardError: false),
    body: @escaping @Sendable (TestClient, SessionHandle) async -> Void
) async throws -> (AgentTaskComplete, TestClient) {
    let handle = SessionHandle()
    let client = TestClient(dataKey: dataKey)
    let run = SessionRun(
        plan: try plan(document),
        around: SessionSurroundings(
            node: NodeIdentity(
                id: try NodeID(parsing: "mi-0123456789abcdef0"),
                region: try Region(parsing: "us-east-1")
            ),
            server: server,
            clock: SystemClock(),
            entropy: SystemEntropy(),
            log: log,
            environment: ["PATH": "/usr/bin:/bin", "PS1": "$ "],
            logTick: .milliseconds(20),
            grace: .milliseconds(200)
        ),
        handle: handle
    )
    let completion = await withTaskGroup(of: Void.self) { group in
        group.addTask { await client.run(server.dataChannels) }
        group.addTask { await body(client, handle) }
        let completion = await run.run()
        group.cancelAll()
        return completion
    }
    return (completion, client)
}

private func sessionData(_ server: ScriptedServer) throws -> [String] {
    struct Event: Decodable { let sessionData: [String] }
    return try server.script.withLock { $0.lines }.flatMap {
        try JSONDecoder().decode(Event.self, from: Data($0.message.utf8)).sessionData
    }
}

private let streamed: [String: JSONValue] = [
    "cloudWatchLogGroupName": .string("g"), "cloudWatchStreamingEnabled": .bool(true),
]

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

@Suite("The log of a session", .timeLimit(.minutes(1)))
struct SessionLogTests {
    @Test func `is streamed as AWS's events, whole, and flushed before the report`() async throws {
        let server = ScriptedServer(.init(logGroups: ["g": LogGroupFacts(kmsKeyID: nil)]))
        let (report, _) = try await runSession(server, document: document(inputs: streamed)) {
            client,
            _ in
            await client.waitUntilReady()
            await client.type("stty -echo; PS1=; echo rea''dy\n")
            await client.waitFor("ready")
            await client.type("seq 1 3000; printf end; exit\n")
        }
        #expect(report.cloudWatchGroup == "g")
        #expect(report.cloudWatchStream == "alice-6217a8df86ba49059")
        let lines = try sessionData(server)
        #expect(lines.compactMap { Int($0) } == Array(1...3000))
        #expect(lines.last == "end")
        #expect(
            server.script.withLock { $0.streams }
                == [LogDestination(group: "g", stream: "alice-6217a8df86ba49059")]
        )
        #expect(
            server.script.withLock { $0.calls }.prefix(3) == [
                "CreateDataChannel", "DescribeLogGroups", "CreateLogStream",
            ]
        )
    }

    @Test func `is one plain text when it is not streamed`() async throws {
        let server = ScriptedServer(.init(logGroups: ["g": LogGroupFacts(kmsKeyID: "k")]))
        _ = try await runSession(
            server,
            document: document(
                type: "InteractiveCommands",
                inputs: [
                    "cloudWatchLogGroupName": .string("g"),
                    "cloudWatchEncryptionEnabled": .bool(true),
                ],
                properties: .object(["linux": .object(["commands": .string("echo a; echo b")])])
            )
        ) { _, _ in }
        #expect(server.script.withLock { $0.lines.map(\.message) } == ["a\nb"])
    }

    @Test func `never holds a password that was typed without echo`() async throws {
        let server = ScriptedServer(.init(logGroups: ["g": LogGroupFacts(kmsKeyID: nil)]))
        let (_, client) = try await runSession(server, document: document(inputs: streamed)) {
            client,
            _ in
            await client.waitUntilReady()
            await client.type(
                "stty -echo; printf 'Pass''word: '; read x; stty echo; echo len=${#x}\n"
            )
            await client.waitFor("Password: ")
            await client.type("correct-horse\n")
            await client.waitFor("len=13")
            await client.type("exit\n")
        }
        #expect(await !client.output.contains("correct-horse"))
        #expect(try !sessionData(server).joined().contains("correct-horse"))
    }

    @Test(arguments: [
        ("DescribeLogGroups", "logs:DescribeLogGroups"),
        ("CreateLogStream", "logs:CreateLogStream"),
    ])
    func `that the role may not write keeps the shell from starting, and both are told`(
        operation: String,
        action: String
    ) async throws {
        try await withTemporaryDirectory { path in
            let server = ScriptedServer(
                .init(
                    logGroups: ["g": LogGroupFacts(kmsKeyID: nil)],
                    failures: [operation: .denied(action)]
                )
            )
            let (report, client) = try await runSession(
                server,
                document: document(inputs: streamed),
                log: AgentLog(file: path + "/agent.log", standardError: false)
            ) { _, _ in }
            #expect(report.finalTaskStatus == "Failed")
            #expect(report.output.contains("not authorized to perform: \(action)"))
            #expect(report.output.contains("Allow"))
            #expect(await client.output == "")
            let text = String(
                decoding: FileManager.default.contents(atPath: path + "/agent.log") ?? Data(),
                as: UTF8.self
            )
            #expect(
                text.contains(
                    "[DataBackend] [pluginName=Standard_Stream] Unable to"
                )
            )
            #expect(text.contains("AccessDeniedException: User: arn:aws:sts::"))
            #expect(text.contains("is not authorized to perform: \(action) on resource: "))
        }
    }

    @Test(arguments: [
        (ScriptedServer.Script(), "the log group g does not exist"),
        (.init(logGroups: ["g": LogGroupFacts(kmsKeyID: nil)]), "has no KMS key"),
        (
            .init(failures: ["DescribeLogGroups": .denied("logs:DescribeLogGroups")]),
            "not authorized"
        ),
    ])
    func `that must be encrypted and is not is refused with AWS's sentence, even at best effort`(
        script: ScriptedServer.Script,
        detail: String
    ) async throws {
        for logging in ["required", "bestEffort"] {
            let server = ScriptedServer(script)
            let inputs: [String: JSONValue] = [
                "cloudWatchLogGroupName": .string("g"), "cloudWatchEncryptionEnabled": .bool(true),
                "sekishoLogging": .string(logging),
            ]
            let (report, client) = try await runSession(server, document: document(inputs: inputs))
            { _, _ in }
            #expect(report.finalTaskStatus == "Failed")
            #expect(
                report.output.hasPrefix(
                    "We couldn't start the session because encryption is not set up on the selected "
                        + "CloudWatch Logs log group. Either encrypt the log group or choose an option to "
                        + "enable logging without encryption."
                )
            )
            #expect(report.output.contains(detail))
            #expect(await client.output == "")
        }
    }

    @Test func `of a missing group is waived only by best effort`() async throws {
        var inputs = streamed
        let (refused, _) = try await runSession(
            ScriptedServer(),
            document: document(inputs: inputs)
        ) { _, _ in }
        #expect(refused.finalTaskStatus == "Failed")
        #expect(refused.output.contains("the log group g does not exist"))
        inputs["sekishoLogging"] = .string("bestEffort")
        let (report, client) = try await runSession(
            ScriptedServer(),
            document: document(inputs: inputs)
        ) { client, _ in
            await client.waitUntilReady()
            await client.type("echo on''ward; exit\n")
        }
        #expect(report.finalTaskStatus == "Success")
        #expect(await client.output.contains("onward"))
    }

    @Test func `in S3 is refused by name, since we could not keep it`() async throws {
        let (report, _) = try await runSession(
            ScriptedServer(),
            document: document(inputs: ["s3BucketName": .string("bucket")])
        ) { _, _ in }
        #expect(report.finalTaskStatus == "Failed")
        #expect(report.output.contains("bucket"))
    }

    @Test
    func `that can no longer be written ends the session, and what it could not keep is not shown`()
        async throws
    {
        let server = ScriptedServer(.init(logGroups: ["g": LogGroupFacts(kmsKeyID: nil)]))
        let (report, _) = try await runSession(server, document: document(inputs: streamed)) {
            client,
            _ in
            await client.waitUntilReady()
            await client.type("echo be''fore\n")
            await client.waitFor("before")
            server.script.withLock { $0.failures["PutLogEvents"] = .denied("logs:PutLogEvents") }
            await client.type("while :; do echo tick; sleep 0.05; done\n")
        }
        #expect(report.finalTaskStatus == "Failed")
        #expect(
            report.output.hasPrefix("The session was ended because it could no longer be logged")
        )
        #expect(report.output.contains("logs:PutLogEvents"))
    }

    @Test(arguments: [AWSClientError.passing, .expired])
    func `that fails for a moment is tried again, and nothing is missing`(
        failure: AWSClientError
    ) async throws {
        let server = ScriptedServer(
            .init(
                logGroups: ["g": LogGroupFacts(kmsKeyID: nil)],
                failures: ["PutLogEvents": failure]
            )
        )
        let (report, _) = try await runSession(server, document: document(inputs: streamed)) {
            client,
            _ in
            await client.waitUntilReady()
            await client.type("stty -echo; PS1=; seq 1 500; echo do''ne\n")
            await client.waitFor("done")
            server.script.withLock { $0.failures = [:] }
            server.credentials.ring()
            await client.type("exit\n")
        }
        #expect(report.finalTaskStatus == "Success")
        #expect(try sessionData(server).compactMap { Int($0) } == Array(1...500))
    }
}
