import FoundationEssentials
import SessionWire
import Synchronization
import Vocabulary

@testable import AgentCore

/// Runs one session against a scripted server, with `body` as the person; returns how it was reported.
func runSession(
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

func sessionData(_ server: ScriptedServer) throws -> [String] {
    struct Event: Decodable { let sessionData: [String] }
    return try server.script.withLock { $0.lines }.flatMap {
        try JSONDecoder().decode(Event.self, from: Data($0.message.utf8)).sessionData
    }
}

let streamed: [String: JSONValue] = [
    "cloudWatchLogGroupName": .string("g"), "cloudWatchStreamingEnabled": .bool(true),
]
