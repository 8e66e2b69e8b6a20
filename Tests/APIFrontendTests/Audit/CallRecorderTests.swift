import Sealing
import ServiceKit
import Simulation
import Testing
import Vocabulary

@testable import APIFrontend

@Suite("What is recorded of calls")
struct CallRecorderTests {
    let bench: FrontendBench
    let recorder: CallRecorder
    let doorman: Doorman
    let client: Client

    init() throws {
        bench = try FrontendBench()
        recorder = bench.recorder
        doorman = bench.doorman(recorder)
        client = Client(now: bench.clock.now())
    }

    private var unsigned: IncomingRequest {
        client.incoming(client.bare(headers: [("x-amz-target", "TrentService.Encrypt")]), "{}")
    }

    private func forged() throws -> IncomingRequest {
        var stranger = client
        stranger.accessKeyID = "AKIDNOBODY"
        stranger.secret = Secret(utf8: "guess")
        return try stranger.json("logs", "Logs_20140328.PutLogEvents")
    }

    @Test func `a stranger's calls past their share are one record that says how many`()
        async throws
    {
        for _ in 0..<30 { #expect(await doorman.answer(unsigned).status == 400) }
        for _ in 0..<5 { _ = await doorman.answer(try forged()) }
        #expect(try await bench.recorded().count == Limits.refusedCallRecordsPerSource)
        bench.clock.advance(by: 60)
        await recorder.writeSummaries()
        let summary = try #require(try await bench.recorded().first)
        #expect(summary.eventName == "RefusedCalls")
        #expect(summary.principal == "anonymous")
        #expect(summary.sourceIPAddress == "127.0.0.1")
        #expect(summary.requestParameters["calls"] == "15")
        #expect(
            summary.requestParameters["kms.amazonaws.com:MissingAuthenticationTokenException"]
                == "10"
        )
        #expect(
            summary.requestParameters["logs.amazonaws.com:UnrecognizedClientException"] == "5"
        )
        #expect(
            summary.errorMessage
                == "15 refused calls from 127.0.0.1 between 2026-01-02T03:04:05Z and "
                + "2026-01-02T03:04:05Z have no record of their own."
        )
        #expect(bench.metrics.text().contains("sekisho_refusals_counted_total 15"))
    }

    @Test
    func `a known caller's calls each have a record, refused ones too, whatever strangers do`()
        async throws
    {
        for _ in 0..<50 { _ = await doorman.answer(unsigned) }
        for _ in 0..<40 {
            _ = await doorman.answer(try client.json("kms", "TrentService.Encrypt"))
            _ = await doorman.answer(try client.json("kms", "TrentService.Frobnicate"))
        }
        let records = try await bench.recorded().filter { $0.principal != "anonymous" }
        #expect(records.count == 80)
    }

    @Test func `an unsigned call that succeeds has a record, whatever strangers do`() async throws {
        for _ in 0..<50 { _ = await doorman.answer(unsigned) }
        let head = client.bare(headers: [("x-amz-target", "AmazonSSM.RegisterManagedInstance")])
        for _ in 0..<30 { #expect(await doorman.answer(client.incoming(head, "{}")).status == 200) }
        let records = try await bench.recorded()
        #expect(records.count { $0.errorCode == nil } == 30)
    }

    @Test func `strangers at the gateway's door have the same share`() async throws {
        let bare = client.bare("POST", "/v1/control-channel/mi-1", headers: [])
        for _ in 0..<15 { #expect(await doorman.answer(client.incoming(bare, "{}")).status == 403) }
        for _ in 0..<15 { _ = await doorman.answer(unsigned) }
        #expect(try await bench.recorded().count == Limits.refusedCallRecordsPerSource)
    }

    @Test func `a summary that cannot be written waits for the next time`() async throws {
        for _ in 0..<30 { _ = await doorman.answer(unsigned) }
        bench.clock.advance(by: 60)
        bench.records.fill()
        await recorder.writeSummaries()
        bench.records.fill(false)
        await recorder.writeSummaries()
        #expect(try await bench.recorded().first?.requestParameters["calls"] == "10")
    }
}
