import AWSWire
import FoundationEssentials
import Logging
import LogsService
import PolicyEngine
import SQLiteStorage
import Sealing
import SessionWire
import SigV4
import Storage
import Vocabulary

/// Policy decisions: a principal with ten attached policies.
enum PolicyArea {
    static func measure() throws -> [Measurement] {
        let benchmark = try PolicyBenchmark()
        let cost = Repeat.measure { _ = benchmark.decide(times: $0) }
        return [Measurement(.policy, "decision, ten policies", cost.wall * 1e6, "µs")]
    }
}

/// Signing a request of 1 KB, with the day's key at hand and without.
enum SignatureArea {
    static func measure() throws -> [Measurement] {
        let credentials = SigningCredentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: Secret(utf8: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        )
        let signer = RequestSigner(credentials: credentials, region: "us-east-1", service: "kms")
        let request = SignableRequest(
            method: "POST",
            path: "/",
            headers: [
                HeaderField("host", "127.0.0.1:8443"),
                HeaderField("content-type", AWSJSON.contentType),
                HeaderField("x-amz-target", "TrentService.Encrypt"),
            ]
        )
        let body = [UInt8](repeating: 0x61, count: 1024)
        let now = Date()
        let signing = try Repeat.measure { times in
            for _ in 0..<times { _ = try signer.signedHeaders(for: request, body: body, at: now) }
        }
        let scope = CredentialScope(day: "20260102", region: "us-east-1", service: "kms")
        let deriving = Repeat.measure { times in
            for _ in 0..<times { _ = SigningKey(secret: credentials.secretAccessKey, scope: scope) }
        }
        return [
            Measurement(.sigv4, "sign 1 KB", signing.wall * 1e6, "µs"),
            Measurement(.sigv4, "derive the key of a day", deriving.wall * 1e6, "µs"),
        ]
    }
}

/// Session messages of the largest frame: written and read, digest included.
enum WireArea {
    static func measure() throws -> [Measurement] {
        try [1024, Limits.sekishoFrameBytes].flatMap { size -> [Measurement] in
            let message = AgentMessage(
                type: .outputStreamData,
                createdDate: 1_790_000_000_000,
                id: MessageID(high: 1, low: 2),
                payloadType: .output,
                payload: [UInt8](repeating: 0x61, count: size)
            )
            let bytes = message.encoded()
            let writing = Repeat.measure { times in for _ in 0..<times { _ = message.encoded() } }
            let reading = try Repeat.measure { times in
                for _ in 0..<times { _ = try AgentMessage(parsing: bytes) }
            }
            return [
                Measurement(
                    .wire,
                    "write frames of \(size) bytes",
                    Double(size) / writing.wall / 1e6,
                    "MB/s"
                ),
                Measurement(
                    .wire,
                    "read frames of \(size) bytes",
                    Double(size) / reading.wall / 1e6,
                    "MB/s"
                ),
            ]
        }
    }
}

/// PutLogEvents through the whole service, durable on SQLite and files, without HTTP.
enum IngestArea {
    static func measure() async throws -> [Measurement] {
        let folder = try Scratch()
        defer { folder.remove() }
        let engines = try await StorageEngines.sqlite(
            in: folder.path,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        )
        let results = try await LogsBenchmark.putLogEvents(on: engines, writers: 16)
        await engines.close()
        return results.flatMap { result in
            [
                Measurement(
                    .ingest,
                    "batches of \(result.eventsPerBatch), \(result.writers) writers",
                    result.eventsPerSecond,
                    "events/s"
                ),
                Measurement(
                    .ingest,
                    "one call of \(result.eventsPerBatch)",
                    result.millisecondsPerCall,
                    "ms"
                ),
            ]
        }
    }
}
