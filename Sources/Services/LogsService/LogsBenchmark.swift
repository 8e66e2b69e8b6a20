import FoundationEssentials
import Logging
import Sealing
import ServiceKit
package import Storage
import Vocabulary

/// Measures PutLogEvents through the whole service: validation, chain, seal, append and record transaction.
///
/// For `sekisho-bench`, on whatever storage it is given; authorization is left out, since it has a
/// benchmark of its own.
package enum LogsBenchmark {
    /// What one size of batch came to.
    package struct Result: Sendable {
        /// Events in a batch, of 200 bytes each.
        package let eventsPerBatch: Int
        /// Writers at work at the same time, each on a stream of its own.
        package let writers: Int
        package let batches: Int
        package let seconds: Double

        package var eventsPerSecond: Double { Double(batches * eventsPerBatch) / seconds }
        package var millisecondsPerCall: Double {
            seconds * 1000 * Double(writers) / Double(batches)
        }
    }

    private struct EverybodyMay: Authorizer {
        func authorize(
            _ request: AuthorizationRequest,
            in context: OperationContext
        ) async throws {}
    }

    private struct NoKeys: KeyPort {
        private let refusal = ServiceFault("NotFoundException", "There are no keys here.")

        func generateDataKey(
            key: String,
            encryptionContext: [String: String],
            in context: OperationContext
        ) async throws -> DataKey { throw refusal }

        func decrypt(
            _ ciphertext: [UInt8],
            encryptionContext: [String: String],
            in context: OperationContext
        ) async throws -> Secret { throw refusal }

        func resolveUsableKey(_ key: String, in context: OperationContext) async throws -> ARN {
            throw refusal
        }
    }

    private struct Text: OperationInput {
        let json: String

        func decode<Input: Decodable>(_ type: Input.Type) throws -> Input {
            try JSONDecoder().decode(type, from: Data(json.utf8))
        }
    }

    /// Writes `batches` batches of each size with that many writers, and tells how long each size took.
    package static func putLogEvents(
        on engines: StorageEngines,
        eventsPerBatch sizes: [Int] = [1, 100, 1000],
        writers: Int = 8,
        batches: Int = 400
    ) async throws -> [Result] {
        let scope = Scope(
            account: try AccountID(parsing: "000000000000"),
            region: try Region(parsing: "us-east-1")
        )
        let service = makeService(on: engines)
        let operations = Dictionary(
            service.operations.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        @Sendable func call(_ name: String, _ json: String) async throws {
            let context = OperationContext(
                requestID: SystemEntropy().uuid(),
                scope: scope,
                principal: .anonymous,
                operation: "logs:\(name)",
                receivedAt: Date()
            )
            _ = try await operations[name]?.run(Text(json: json), context)
        }
        try await call("CreateLogGroup", #"{"logGroupName":"bench"}"#)
        var results: [Result] = []
        for size in sizes {
            for writer in 0..<writers {
                try await call(
                    "CreateLogStream",
                    #"{"logGroupName":"bench","logStreamName":"\#(size)-\#(writer)"}"#
                )
            }
            let clock = ContinuousClock()
            let duration = try await clock.measure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<writers {
                        group.addTask {
                            let input = batch(of: size, to: "\(size)-\(writer)")
                            for _ in 0..<batches / writers { try await call("PutLogEvents", input) }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            results.append(
                Result(
                    eventsPerBatch: size,
                    writers: writers,
                    batches: batches / writers * writers,
                    seconds: duration / .seconds(1)
                )
            )
        }
        return results
    }

    private static func makeService(on engines: StorageEngines) -> LogsService {
        let entropy = SystemEntropy()
        let clock = SystemClock()
        let key = SealingKey(Secret(entropy.bytes(SealingKey.length)))
        return LogsService(
            store: RecordStore(records: engines.records, key: key, entropy: entropy),
            log: engines.log,
            blobs: engines.blobs,
            serviceKey: key.derived(for: "logs"),
            keys: NoKeys(),
            authorizer: EverybodyMay(),
            pageTokens: PageTokens(
                key: key.derived(for: "page tokens"),
                clock: clock,
                entropy: entropy
            ),
            clock: clock,
            entropy: entropy,
            logger: Logger(label: "bench")
        )
    }

    private static func batch(of count: Int, to stream: String) -> String {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let message = String(repeating: "drwxr-xr-x 2 root root 4096 ", count: 8).prefix(200)
        let events = (0..<count).map { _ in #"{"timestamp":\#(now),"message":"\#(message)"}"# }
        return #"{"logGroupName":"bench","logStreamName":"\#(stream)","logEvents":["#
            + events.joined(separator: ",") + "]}"
    }
}
