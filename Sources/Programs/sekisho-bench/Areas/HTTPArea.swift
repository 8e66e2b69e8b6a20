import AWSClient
import FoundationEssentials
import Glibc
import Logging
import Vocabulary

/// Operations over HTTP against a server of its own, on disk: signed, decided, audited, durable.
enum HTTPArea {
    private static let secondsOfLoad = 3.0

    private struct KeyInput: Encodable, Sendable {}
    private struct Key: Decodable, Sendable { let KeyId: String }
    private struct KeyOutput: Decodable, Sendable { let KeyMetadata: Key }
    private struct EncryptInput: Encodable, Sendable {
        let KeyId: String
        let Plaintext: Data
    }
    private struct DataKeyInput: Encodable, Sendable {
        let KeyId: String
        let KeySpec = "AES_256"
    }

    static func measureKMS(_ programs: Programs) async throws -> [Measurement] {
        let server = try await RunningServer(programs)
        defer { server.stop() }
        let client = try server.client()
        let key: KeyOutput = try await client.call(.kms, "CreateKey", KeyInput())
        let id = key.KeyMetadata.KeyId
        var found: [Measurement] = []
        for connections in [1, 16] {
            found += try await load(.kms, "Encrypt 1 KB", server, connections) { _ in
                try await client.call(
                    .kms,
                    "Encrypt",
                    EncryptInput(KeyId: id, Plaintext: Data(repeating: 0x61, count: 1024))
                )
            }
            found += try await load(.kms, "GenerateDataKey", server, connections) { _ in
                try await client.call(.kms, "GenerateDataKey", DataKeyInput(KeyId: id))
            }
        }
        return found
    }

    private struct GroupInput: Encodable, Sendable { let logGroupName = "bench" }
    private struct StreamInput: Encodable, Sendable {
        let logGroupName = "bench"
        let logStreamName: String
    }
    private struct Event: Encodable, Sendable {
        let timestamp: Int64
        let message: String
    }
    private struct PutInput: Encodable, Sendable {
        let logGroupName = "bench"
        let logStreamName: String
        let logEvents: [Event]
    }

    static func measureLogs(_ programs: Programs) async throws -> [Measurement] {
        let server = try await RunningServer(programs)
        defer { server.stop() }
        let client = try server.client()
        try await client.call(.logs, "CreateLogGroup", GroupInput())
        let writers = 16
        for writer in 0..<writers {
            let input = StreamInput(logStreamName: "\(writer)")
            try await client.call(.logs, "CreateLogStream", input)
        }
        let text = String(repeating: "drwxr-xr-x 2 root root 4096 ", count: 8).prefix(200)
        var found: [Measurement] = []
        for size in [1, 100, 1000] {
            let calls = try await load(.logs, "PutLogEvents of \(size)", server, writers) {
                writer in
                let now = Int64(Date().timeIntervalSince1970 * 1000)
                let events = (0..<size).map { _ in Event(timestamp: now, message: String(text)) }
                try await client.call(
                    .logs,
                    "PutLogEvents",
                    PutInput(logStreamName: "\(writer)", logEvents: events)
                )
            }
            found += calls
            if let rate = calls.first(where: { $0.unit == "requests/s" }) {
                found.append(
                    Measurement(
                        .logs,
                        "PutLogEvents of \(size), durable",
                        rate.value * Double(size),
                        "events/s"
                    )
                )
            }
        }
        return found
    }

    /// Calls from that many tasks for some seconds: rate, percentiles, and the server's CPU for each call.
    private static func load(
        _ area: Area,
        _ name: String,
        _ server: RunningServer,
        _ connections: Int,
        _ call: @escaping @Sendable (_ connection: Int) async throws -> Void
    ) async throws -> [Measurement] {
        try await call(0)
        let cpu = server.cpuSeconds
        let start = ContinuousClock.now
        let end = start + .seconds(secondsOfLoad)
        let latencies = try await withThrowingTaskGroup(of: Latencies.self) { group in
            for connection in 0..<connections {
                group.addTask {
                    var own = Latencies()
                    while ContinuousClock.now < end {
                        let begun = ContinuousClock.now
                        try await call(connection)
                        own.add(ContinuousClock.now - begun)
                    }
                    return own
                }
            }
            return try await group.reduce(into: Latencies()) { $0.add($1) }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let label = "\(name), \(connections) at once"
        return [
            Measurement(area, label, Double(latencies.count) / seconds, "requests/s"),
            Measurement(area, label + ", p50", latencies.percentile(50), "ms"),
            Measurement(area, label + ", p99", latencies.percentile(99), "ms"),
            Measurement(
                area,
                label + ", server",
                (server.cpuSeconds - cpu) / Double(latencies.count) * 1e6,
                "CPU µs/request"
            ),
        ]
    }
}
