import AWSClient
import FoundationEssentials
import PseudoTerminal
import SessionWire
import Synchronization
import Testing
import Vocabulary
import Waiting

@testable import AgentCore

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
