import FoundationEssentials
import LogEngine
import Logging
import LogsService
import Sealing
import ServiceKit
import ServiceTestKit
import Simulation
import Storage
import Synchronization
import Testing
import Vocabulary

/// KMS as a test scripts it: every data key is random and wrapped under its key's name and context.
final class ScriptedKeys: KeyPort {
    private struct State {
        var refusals: [String: ServiceFault] = [:]
        var asked: [(operation: String, principal: Principal, context: [String: String])] = []
        var wrapped: [[UInt8]: (key: String, context: [String: String], plain: Secret)] = [:]
    }

    private let state = Mutex(State())
    private let entropy = SeededEntropy(seed: 99)

    /// From now on every use of the key ends in that fault; nil lets it work again.
    func refuse(_ key: String, _ fault: ServiceFault?) {
        state.withLock { $0.refusals[key] = fault }
    }

    var asked: [(operation: String, principal: Principal, context: [String: String])] {
        state.withLock { $0.asked }
    }

    func generateDataKey(
        key: String,
        encryptionContext: [String: String],
        in context: OperationContext
    ) async throws -> DataKey {
        let plain = Secret(entropy.bytes(32))
        let ciphertext = entropy.bytes(60)
        try state.withLock { state in
            state.asked.append((context.operation, context.principal, encryptionContext))
            if let fault = state.refusals[key] { throw fault }
            state.wrapped[ciphertext] = (key, encryptionContext, plain)
        }
        return DataKey(plaintext: plain, ciphertext: ciphertext, keyARN: try ARN(parsing: key))
    }

    func decrypt(
        _ ciphertext: [UInt8],
        encryptionContext: [String: String],
        in context: OperationContext
    ) async throws -> Secret {
        try state.withLock { state in
            state.asked.append((context.operation, context.principal, encryptionContext))
            guard let found = state.wrapped[ciphertext], found.context == encryptionContext else {
                throw ServiceFault("InvalidCiphertextException", "")
            }
            if let fault = state.refusals[found.key] { throw fault }
            return found.plain
        }
    }

    func resolveUsableKey(_ key: String, in context: OperationContext) async throws -> ARN {
        try ARN(parsing: key)
    }
}

/// Logs under test: service, KMS, clock and storage, and calls as a client makes them.
final class LogsBench: Sendable {
    let bench: TestBench
    let engines: StorageEngines
    let keys: ScriptedKeys
    let service: LogsService
    let key = "arn:aws:kms:us-east-1:111122223333:key/0d5f3c0e-5f6c-4c0a-9d0c-5f0e3c0d5f6c"

    var clock: ManualClock { bench.clock }
    var maintenance: LogsMaintenance { service.maintenance }
    var now: Int64 { Int64(clock.now().timeIntervalSince1970 * 1000) }

    init(
        _ bench: TestBench? = nil,
        keys: ScriptedKeys = ScriptedKeys(),
        engines: StorageEngines? = nil
    ) throws {
        let bench = try bench ?? TestBench()
        let engines = engines ?? bench.engines
        self.bench = bench
        self.keys = keys
        self.engines = engines
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        service = LogsService(
            store: RecordStore(
                records: engines.records,
                key: bench.sealingKey,
                entropy: bench.entropy
            ),
            log: engines.log,
            blobs: engines.blobs,
            serviceKey: bench.sealingKey.derived(for: "logs"),
            keys: keys,
            authorizer: bench.authorizer,
            pageTokens: bench.pageTokens,
            clock: bench.clock,
            entropy: bench.entropy,
            logger: logger
        )
    }

    /// The same storage, keys and clock after the process was started again.
    func restarted(on engines: StorageEngines? = nil) throws -> LogsBench {
        try LogsBench(bench, keys: keys, engines: engines ?? self.engines)
    }

    @discardableResult
    func call(_ name: String, _ json: String, user: String = "alice") async throws -> JSON {
        try await service.run(
            name,
            body: Array(json.utf8),
            in: bench.context("logs:\(name)", user: user)
        )
    }

    /// The fault that a call ends in.
    func fault(_ name: String, _ json: String) async throws -> ServiceFault? {
        do {
            let answer = try await call(name, json)
            Issue.record("\(name) \(json) answered \(answer)")
            return nil
        } catch let fault as ServiceFault {
            return fault
        }
    }

    // MARK: Shortcuts

    func makeGroup(_ group: String = "/ssm/console", kmsKeyID: String? = nil) async throws {
        let member = kmsKeyID.map { #","kmsKeyId":"\#($0)""# } ?? ""
        try await call("CreateLogGroup", #"{"logGroupName":"\#(group)"\#(member)}"#)
    }

    func makeStream(_ stream: String, _ group: String = "/ssm/console") async throws {
        try await call(
            "CreateLogStream",
            #"{"logGroupName":"\#(group)","logStreamName":"\#(stream)"}"#
        )
    }

    @discardableResult
    func put(
        _ events: [(time: Int64, message: String)],
        _ stream: String,
        _ group: String = "/ssm/console"
    ) async throws -> JSON {
        let list = events.map { #"{"timestamp":\#($0.time),"message":"\#($0.message)"}"# }
        return try await call(
            "PutLogEvents",
            #"{"logGroupName":"\#(group)","logStreamName":"\#(stream)","logEvents":["#
                + list.joined(separator: ",") + "]}"
        )
    }

    /// One event now.
    @discardableResult
    func put(
        _ message: String,
        _ stream: String,
        _ group: String = "/ssm/console"
    ) async throws -> JSON {
        try await put([(now, message)], stream, group)
    }

    /// All messages of a stream, read from its head page by page.
    func messages(
        _ stream: String,
        _ group: String = "/ssm/console",
        limit: Int = 10_000
    ) async throws -> [String] {
        var messages: [String] = []
        var token: String?
        while true {
            let member = token.map { #","nextToken":"\#($0)""# } ?? ""
            let page = try await call(
                "GetLogEvents",
                #"{"logGroupName":"\#(group)","logStreamName":"\#(stream)","#
                    + #""startFromHead":true,"limit":\#(limit)\#(member)}"#
            )
            messages += page["events"].items.compactMap { $0["message"].text }
            let next = try #require(page["nextForwardToken"].text)
            if next == token { return messages }
            token = next
        }
    }

    /// All events of a search, page by page.
    func filter(
        _ members: String = "",
        _ group: String = "/ssm/console"
    ) async throws -> [JSON] {
        var events: [JSON] = []
        var token: String?
        repeat {
            let next = token.map { #","nextToken":"\#($0)""# } ?? ""
            let comma = members.isEmpty ? "" : ","
            let page = try await call(
                "FilterLogEvents",
                #"{"logGroupName":"\#(group)"\#(comma)\#(members)\#(next)}"#
            )
            events += page["events"].items
            token = page["nextToken"].text
        } while token != nil
        return events
    }
}
