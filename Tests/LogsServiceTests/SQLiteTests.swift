import Files
import Logging
import LogsService
import SQLiteStorage
import ServiceTestKit
import Simulation
import Storage
import StorageConformance
import Testing

@Suite("Logs on SQLite and files")
struct SQLiteTests {
    private func open(_ directory: Directory) async throws -> StorageEngines {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try await StorageEngines.sqlite(in: directory.path, logger: logger)
    }

    @Test func `are there after the storage was closed and opened again`() async throws {
        try await withTemporaryDirectory { directory in
            let bench = try TestBench()
            var engines = try await open(directory)
            var logs = try LogsBench(bench, engines: engines)
            try await logs.makeGroup(kmsKeyID: logs.key)
            try await logs.makeStream("s")
            var expected: [String] = []
            for round in 0..<4 {
                logs.clock.advance(by: 1)
                for index in 0..<5 {
                    expected.append("\(round)-\(index)")
                    try await logs.put("\(round)-\(index)", "s")
                }
                if round == 2 { try await logs.maintenance.compact() }
                await logs.maintenance.step()
                await engines.close()
                engines = try await open(directory)
                logs = try logs.restarted(on: engines)
                #expect(try await logs.messages("s", limit: 3) == expected)
                #expect(
                    try await logs.filter(#""limit":4"#).compactMap { $0["message"].text }
                        == expected
                )
            }
            await engines.close()
        }
    }

    @Test func `takes batches from many writers`() async throws {
        try await withTemporaryDirectory { directory in
            let engines = try await open(directory)
            let results = try await LogsBenchmark.putLogEvents(
                on: engines,
                eventsPerBatch: [1, 100],
                writers: 4,
                batches: 40
            )
            #expect(results.map(\.batches) == [40, 40])
            for result in results {
                print(
                    "\(result.eventsPerBatch) events a batch: \(result.eventsPerSecond) a second, "
                        + "\(result.millisecondsPerCall) ms a call"
                )
            }
            await engines.close()
        }
    }
}
