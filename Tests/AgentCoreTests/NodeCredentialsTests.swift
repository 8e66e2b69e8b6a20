import AWSClient
import FoundationEssentials
import Logging
import SigV4
import Simulation
import Synchronization
import Testing
import Vocabulary

@testable import AgentCore

@Suite("A node's credentials", .timeLimit(.minutes(1)))
struct NodeCredentialsTests {
    private static let node = "mi-0123456789abcdef0"

    private func credentials(
        _ api: StubAPI,
        _ keys: NodeKeyRing,
        log: AgentLog = AgentLog(file: nil, standardError: false),
        clock: any WallClock = SystemClock()
    ) throws -> NodeCredentials {
        let client = try AWSClient(
            endpoint: try Endpoint(parsing: api.endpoint),
            region: try Region(parsing: "us-east-1"),
            signing: .nodeKey(try NodeID(parsing: Self.node)) { try keys.signature(of: $0) },
            retries: RetryPolicy(attempts: 2, basePause: .milliseconds(1)),
            logger: log.logger("test")
        )
        return NodeCredentials(
            client: client,
            keys: keys,
            fingerprint: "f",
            clock: clock,
            entropy: SystemEntropy(),
            logger: log.logger("test")
        )
    }

    private static func token(_ key: String, rotating: Bool = false) -> StubAPI.Answer {
        .success(
            """
            {"AccessKeyId":"\(key)","SecretAccessKey":"s","SessionToken":"t",\
            "TokenExpirationDate":4000000000,"UpdateKeyPair":\(rotating)}
            """
        )
    }

    /// A state directory with a key in it.
    private func withKeys(
        clock: any WallClock = SystemClock(),
        _ body: (StateDirectory, NodeKeyRing) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { path in
            let directory = StateDirectory(path: path)
            try TestKeys.first.get().store(in: directory)
            try await body(
                directory,
                try NodeKeyRing(in: directory, clock: clock, newKey: TestKeys.second.get)
            )
        }
    }

    @Test func `that the server refuses are fetched anew at once`() async throws {
        try await withKeys { _, keys in
            let count = Mutex(0)
            let api = try await StubAPI { _ in
                Self.token("AKIA\(count.withLock { count in count += 1; return count })")
            }
            let credentials = try credentials(api, keys)
            try await credentials.fetchFirst()
            #expect(try await credentials.current().accessKeyID == "AKIA1")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await credentials.keepFresh() }
                await credentials.replace(refusedInCallBegun: .now)
                let replaced = try await credentials.current()
                #expect(replaced.accessKeyID == "AKIA2")
                group.cancelAll()
            }
        }
    }

    @Test func `that came since a refused call began are not thrown away`() async throws {
        try await withKeys { _, keys in
            let api = try await StubAPI { _ in Self.token("AKIA1") }
            let credentials = try credentials(api, keys)
            let begun = ContinuousClock.now
            try await credentials.fetchFirst()
            // Nobody fetches: this would wait for ever.
            await credentials.replace(refusedInCallBegun: begun)
            #expect(try await credentials.current().accessKeyID == "AKIA1")
            #expect(api.operations.count == 1)
        }
    }

    @Test func `that have run out are replaced, however new they are`() async throws {
        let clock = ManualClock()
        try await withKeys { _, keys in
            let api = try await StubAPI { _ in Self.token("AKIA1") }
            let credentials = try credentials(api, keys, clock: clock)
            let begun = ContinuousClock.now
            try await credentials.fetchFirst()
            clock.advance(by: 4_000_000_000)
            try await whileWaiting(for: credentials, begun: begun) {}
        }
    }

    @Test func `that nobody waits for any more ring no bell`() async throws {
        try await withKeys { _, keys in
            let api = try await StubAPI { _ in Self.token("AKIA1") }
            let credentials = try credentials(api, keys)
            try await credentials.fetchFirst()
            try await whileWaiting(for: credentials, begun: .now) {
                await #expect(throws: AWSClientError.self) { try await credentials.current() }
            }
            let waiting = await credentials.waiting.count
            #expect(waiting == 0)
        }
    }

    /// Does `body` while a call waits for other credentials, then cancels it.
    private func whileWaiting(
        for credentials: NodeCredentials,
        begun: ContinuousClock.Instant,
        _ body: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await credentials.replace(refusedInCallBegun: begun) }
            while await credentials.waiting.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            try await body()
            group.cancelAll()
        }
    }

    @Test func `of a node that was deregistered are asked for rarely, with one clear line`()
        async throws
    {
        try await withKeys { directory, keys in
            let isKnown = Mutex(true)
            let api = try await StubAPI { _ in
                isKnown.withLock { $0 }
                    ? Self.token("AKIA1")
                    : .fault(
                        "UnrecognizedClientException",
                        "The security token included in the request is invalid."
                    )
            }
            let log = AgentLog(file: directory.logPath, standardError: false)
            let credentials = try credentials(api, keys, log: log)
            try await credentials.fetchFirst()
            isKnown.withLock { $0 = false }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await credentials.keepFresh() }
                group.addTask { await credentials.replace(refusedInCallBegun: .now) }
                while try directory.read("agent.log") == nil { await Task.yield() }
                await #expect(throws: AWSClientError.self) { try await credentials.current() }
                group.cancelAll()
            }
            let text = String(decoding: try directory.read("agent.log") ?? [], as: UTF8.self)
            #expect(text.split(separator: "\n").count == 1, "\(text)")
            #expect(text.contains("Retrieve credentials produced error: UnrecognizedClientExc"))
            #expect(text.contains("deregistered") && text.contains("sekisho-agent register"))
            #expect(text.contains(" minutes."))
        }
    }

    /// What becomes of the call that changes the key: whether the server takes it, and whether it can say so.
    @Test(
        arguments: [(true, true), (true, false), (false, true), (false, false)],
        [false, true]
    )
    func `come with one key pair, whatever becomes of its change`(
        outcome: (isTaken: Bool, isAnswered: Bool),
        dies: Bool
    ) async throws {
        let clock = ManualClock()
        try await withKeys(clock: clock) { directory, keys in
            let first = try NodeKey.load(from: directory).publicKeyText
            let valid = Mutex(first)
            let wantsRotation = Mutex(true)
            let api = try await StubAPI { call in
                guard try call.isSigned(by: valid.withLock { $0 }) else {
                    return .fault("InvalidSignatureException", "It does not match.")
                }
                guard call.operation == "UpdateManagedInstancePublicKey" else {
                    return Self.token("AKIA", rotating: wantsRotation.withLock { $0 })
                }
                wantsRotation.withLock { $0 = false }
                if outcome.isTaken, let new = try call.text("NewPublicKey") {
                    valid.withLock { $0 = new }
                }
                guard outcome.isAnswered else { return .hangUp }
                return outcome.isTaken ? .success("{}") : .fault("ValidationException", "No.")
            }
            try await credentials(api, keys, clock: clock).fetchFirst()
            #expect(api.operations.contains("UpdateManagedInstancePublicKey"))
            let later = dies ? try NodeKeyRing(in: directory, clock: clock) : keys
            let credentials = try credentials(api, later, clock: clock)
            clock.advance(by: 2 * TimeInterval(Limits.signatureSkew))
            try await credentials.fetchFirst()
            #expect(directory.holds(NodeKeyRing.candidateFile) == !outcome.isTaken)
            clock.advance(by: 1)
            try await credentials.fetchFirst()

            let kept = try NodeKey.load(from: directory).publicKeyText
            #expect(kept == valid.withLock { $0 })
            #expect((kept != first) == outcome.isTaken)
            #expect(!directory.holds(NodeKeyRing.candidateFile))
        }
    }

    @Test func `follow a change of key that reaches the server late`() async throws {
        let clock = ManualClock()
        try await withKeys(clock: clock) { directory, keys in
            let valid = Mutex(try NodeKey.load(from: directory).publicKeyText)
            let underway = Mutex<String?>(nil)
            let api = try await StubAPI { call in
                guard try call.isSigned(by: valid.withLock { $0 }) else {
                    return .fault("InvalidSignatureException", "It does not match.")
                }
                guard call.operation == "UpdateManagedInstancePublicKey" else {
                    return Self.token("AKIA", rotating: underway.withLock { $0 == nil })
                }
                let new = try call.text("NewPublicKey")
                underway.withLock { $0 = new }
                return .hangUp
            }
            let credentials = try credentials(api, keys, clock: clock)
            try await credentials.fetchFirst()
            let new = try #require(underway.withLock { $0 })
            clock.advance(by: 60)
            try await credentials.fetchFirst()
            valid.withLock { $0 = new }
            clock.advance(by: 60)
            try await credentials.fetchFirst()
            #expect(try NodeKey.load(from: directory).publicKeyText == new)
            #expect(!directory.holds(NodeKeyRing.candidateFile))
        }
    }
}
