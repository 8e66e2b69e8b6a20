import FoundationEssentials
import Simulation
import Testing
import Vocabulary

@testable import APIFrontend

@Suite("Refused calls of unknown callers")
struct RefusedCallsTests {
    let start = Date(timeIntervalSince1970: 1_700_000_000)
    let missing = RefusedCalls.Kind(
        eventSource: "kms.amazonaws.com",
        errorCode: "MissingAuthenticationTokenException"
    )
    let unknown = RefusedCalls.Kind(
        eventSource: "logs.amazonaws.com",
        errorCode: "UnrecognizedClientException"
    )

    func source(_ number: Int) -> CallSource {
        CallSource(address: "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)")
    }

    func after(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    /// Calls of one source at one time: how many of them are recorded.
    func recorded(
        _ count: Int,
        _ kind: RefusedCalls.Kind? = nil,
        from source: CallSource,
        at now: Date,
        by calls: inout RefusedCalls
    ) -> Int {
        (0..<count).count { _ in calls.isRecorded(kind ?? missing, from: source, at: now) }
    }

    @Test func `are recorded one by one, up to the share of their source`() {
        var calls = RefusedCalls(now: start)
        #expect(recorded(20, from: source(1), at: start, by: &calls) == 20)
        #expect(calls.takeSummaries(9, at: start).isEmpty)
        #expect(recorded(1, from: source(1), at: start, by: &calls) == 0)
        #expect(recorded(1, from: source(2), at: start, by: &calls) == 1, "another one's share")
        #expect(recorded(5, from: source(1), at: after(6), by: &calls) == 1, "ten a minute")
        #expect(recorded(50, from: source(1), at: after(1000), by: &calls) == 20, "and no more")
    }

    @Test func `that have no record of their own are counted by kind, from the first to the last`()
        throws
    {
        var calls = RefusedCalls(now: start)
        _ = recorded(25, missing, from: source(1), at: start, by: &calls)
        _ = recorded(3, unknown, from: source(1), at: after(2), by: &calls)
        let summary = try #require(calls.takeSummaries(9, at: after(3)).first)
        #expect(summary.source == source(1))
        #expect(summary.calls == 8)
        #expect(summary.counts == [missing: 5, unknown: 3])
        #expect(summary.first == start)
        #expect(summary.last == after(2))
        #expect(calls.takeSummaries(9, at: after(3)).isEmpty, "each is handed out once")
    }

    @Test func `of many sources together have a share too`() {
        var calls = RefusedCalls(now: start)
        let first = (0..<300).count { calls.isRecorded(missing, from: source($0), at: start) }
        #expect(first == Limits.refusedCallRecords)
        let later = (300..<400).count { calls.isRecorded(missing, from: source($0), at: after(10)) }
        #expect(later == 10)
    }

    @Test func `of sources beyond what is told apart are counted together`() throws {
        var calls = RefusedCalls(now: start)
        let sources = Limits.refusedCallSources + 50
        let admitted = (0..<sources).count {
            calls.isRecorded(missing, from: source($0), at: start)
        }
        let summaries = calls.takeSummaries(.max, at: start)
        let together = try #require(summaries.first { $0.source == nil })
        #expect(together.calls == 50)
        #expect(Int(summaries.map(\.calls).reduce(0, +)) + admitted == sources)
    }

    @Test func `leave nothing behind when their sources are quiet for long enough`() {
        var calls = RefusedCalls(now: start)
        for number in 0..<Limits.refusedCallSources {
            _ = calls.isRecorded(missing, from: source(number), at: start)
        }
        _ = calls.takeSummaries(.max, at: start)
        // Two minutes fill a source's share, and make room for another one.
        let newcomer = source(1 << 20)
        _ = recorded(30, from: newcomer, at: after(121), by: &calls)
        #expect(calls.takeSummaries(.max, at: after(121)).map(\.source) == [newcomer])
    }

    @Test func `wait for their summary in the order in which they came, and go on being counted`()
        throws
    {
        var calls = RefusedCalls(now: start)
        for number in 0..<5 {
            _ = recorded(21, from: source(number), at: after(Double(number)), by: &calls)
        }
        #expect(calls.takeSummaries(2, at: after(9)).map(\.source) == [source(0), source(1)])
        _ = recorded(4, from: source(2), at: after(9), by: &calls)
        let next = try #require(calls.takeSummaries(1, at: after(9)).first)
        #expect(next.source == source(2))
        #expect(next.last == after(9))
    }

    @Test func `are not lost when their summary cannot be written`() throws {
        var calls = RefusedCalls(now: start)
        _ = recorded(30, from: source(1), at: start, by: &calls)
        let summary = try #require(calls.takeSummaries(1, at: start).first)
        _ = recorded(2, from: source(1), at: after(1), by: &calls)
        calls.putBack(summary, at: after(1))
        let whole = try #require(calls.takeSummaries(1, at: after(1)).first)
        #expect(whole.calls == 12)
        #expect(whole.first == start)
        #expect(whole.last == after(1))
    }

    @Test func `whose summary finds its place taken are counted with the further ones, once`()
        throws
    {
        var calls = RefusedCalls(now: start)
        _ = recorded(30, from: source(0), at: start, by: &calls)
        let summary = try #require(calls.takeSummaries(1, at: start).first)
        // Two minutes later its place is free, and all places are taken by others.
        let later = after(121)
        for number in 1...Limits.refusedCallSources {
            _ = calls.isRecorded(missing, from: source(number), at: later)
        }
        _ = calls.takeSummaries(.max, at: later)
        for number in 1...Limits.refusedCallSources {
            _ = recorded(1, from: source(number), at: later, by: &calls)
        }
        calls.putBack(summary, at: later)
        let taken = calls.takeSummaries(.max, at: later).filter { $0.calls == 10 }
        #expect(taken.map(\.source) == [nil])
        #expect(calls.takeSummaries(.max, at: later).isEmpty, "each is handed out once")
    }

    @Test func `of silent sources are forgotten after a clock that ran ahead is set back`() {
        var calls = RefusedCalls(now: start)
        let ahead = after(1_000_000)
        for number in 0..<Limits.refusedCallSources {
            _ = calls.isRecorded(missing, from: source(number), at: ahead)
        }
        _ = calls.takeSummaries(.max, at: ahead)
        _ = calls.takeSummaries(.max, at: start)
        let newcomer = source(1 << 20)
        _ = recorded(30, from: newcomer, at: after(121), by: &calls)
        #expect(calls.takeSummaries(.max, at: after(121)).map(\.source) == [newcomer])
    }

    @Test func `fill no memory and lose no count, whatever comes when from where`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix64(seed: seed)
        var calls = RefusedCalls(now: start)
        var (now, made, recorded, summarised) = (start, UInt64(0), UInt64(0), UInt64(0))
        for _ in 0..<20_000 {
            // Clocks jump, both ways.
            now += Double.random(in: -1...3, using: &random)
            let kind = Bool.random(using: &random) ? missing : unknown
            let source = source(.random(in: 0..<3000, using: &random))
            made += 1
            if calls.isRecorded(kind, from: source, at: now) { recorded += 1 }
            guard Int.random(in: 0..<100, using: &random) == 0 else { continue }
            for summary in calls.takeSummaries(16, at: now) {
                if Int.random(in: 0..<3, using: &random) == 0 {
                    calls.putBack(summary, at: now)
                } else {
                    summarised += summary.calls
                }
            }
        }
        let rest = calls.takeSummaries(.max, at: now)
        #expect(rest.count <= Limits.refusedCallSources + 1, "seed \(seed)")
        summarised += rest.map(\.calls).reduce(0, +)
        #expect(recorded + summarised == made, "seed \(seed)")
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::6", "2001:db8:1:2::/64"),
        ("2001:db8::1", "2001:db8:0:0::/64"), ("::1", "0:0:0:0::/64"), ("::", "0:0:0:0::/64"),
        ("fe80::1", "fe80:0:0:0::/64"),
    ])
    func `are counted by address, or by the network of one subscriber`(
        address: String,
        source: String
    ) {
        #expect(CallSource(address: address).description == source)
    }
}
