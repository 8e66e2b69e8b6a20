import LogsService
import ServiceTestKit
import Simulation
import Testing

/// Every event exactly once, in order, whatever the batches, the page size and the direction.
@Suite("Pages of random batches")
struct PaginationTests {
    private struct Written: Comparable {
        let time: Int64
        let message: String

        static func < (left: Written, right: Written) -> Bool { left.time < right.time }
    }

    /// Writes random batches, some late, some overlapping, and moves some of them into blobs.
    private func fill(
        _ logs: LogsBench,
        _ streams: [String],
        _ random: inout SplitMix64
    ) async throws -> [String: [Written]] {
        var written: [String: [Written]] = [:]
        for batch in 0..<Int.random(in: 5...25, using: &random) {
            guard let stream = streams.randomElement(using: &random) else { continue }
            logs.clock.advance(by: Double(Int.random(in: 0...3, using: &random)))
            let start = logs.now - Int64.random(in: 0...20_000, using: &random)
            let span = Int64.random(in: 0...8_000, using: &random)
            let times = (0..<Int.random(in: 1...12, using: &random))
                .map { _ in start + Int64.random(in: 0...span, using: &random) }.sorted()
            let events = times.enumerated().map { (time: $1, message: "\(stream)-\(batch)-\($0)") }
            try await logs.put(events, stream)
            written[stream, default: []] += events.map {
                Written(time: $0.time, message: $0.message)
            }
            if Int.random(in: 0..<8, using: &random) == 0 { try await logs.maintenance.compact() }
        }
        return written
    }

    private func backwards(_ logs: LogsBench, _ stream: String, _ limit: Int) async throws
        -> [String]
    {
        var pages: [[String]] = []
        var token: String?
        while true {
            let next = token.map { #","nextToken":"\#($0)""# } ?? ""
            let page = try await logs.call(
                "GetLogEvents",
                #"{"logGroupName":"/ssm/console","logStreamName":"\#(stream)","#
                    + #""limit":\#(limit)\#(next)}"#
            )
            pages.append(page["events"].items.compactMap { $0["message"].text })
            let following = try #require(page["nextBackwardToken"].text)
            if following == token { return pages.reversed().flatMap { $0 } }
            token = following
        }
    }

    @Test(arguments: 1...40)
    func `hold every event exactly once`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let logs = try LogsBench()
        try await logs.makeGroup()
        let streams = ["a", "b", "c"]
        for stream in streams { try await logs.makeStream(stream) }
        let written = try await fill(logs, streams, &random)
        let limit = Int.random(in: 1...9, using: &random)
        for stream in streams {
            // Sorting is stable, and arrival breaks ties, as it does in the stream.
            let expected = (written[stream] ?? []).enumerated()
                .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                .map(\.element.message)
            #expect(try await logs.messages(stream, limit: limit) == expected, "seed \(seed)")
            #expect(try await backwards(logs, stream, limit) == expected, "seed \(seed)")
        }
        let all = written.values.flatMap { $0 }
        for members in [
            #""limit":\#(limit)"#, #""limit":\#(limit),"logStreamNames":["a","b","c"]"#,
        ] {
            let found = try await logs.filter(members)
            #expect(
                found.compactMap { $0["message"].text }.sorted() == all.map(\.message).sorted(),
                "seed \(seed)"
            )
            #expect(found.compactMap { $0["timestamp"].number } == all.map(\.time).sorted())
            let ids = found.compactMap { $0["eventId"].text }
            #expect(ids == ids.sorted(), "seed \(seed)")
        }
    }
}
