import NIOCore
import Testing

@testable import APIFrontend

@Suite("What a connection is at")
struct ConnectionPhaseTests {
    private let limits = ConnectionPhase.Limits(
        idle: .seconds(10),
        arrival: .seconds(30),
        linger: .seconds(3)
    )

    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    private func phase() -> ConnectionPhase { ConnectionPhase(limits: limits, at: at(0)) }

    @Test func `goes from rest through arrival and answer to rest`() {
        var phase = phase()
        #expect(phase.state == .resting)
        phase.requestBegan(at: at(1))
        #expect(phase.state == .arriving(since: at(1), owed: 1))
        phase.requestArrived(at: at(2))
        #expect(phase.state == .answering(owed: 1))
        #expect(phase.due(isWritable: true) == nil)
        #expect(phase.due(isWritable: false) == at(12))
        let closes1 = phase.answered(at: at(3))
        #expect(!closes1)
        #expect(phase.state == .resting)
        #expect(phase.due(isWritable: true) == at(13))
    }

    @Test func `a second request that comes before the first is answered is owed an answer too`() {
        var phase = phase()
        for second in [Int64(1), 2] {
            phase.requestBegan(at: at(second))
            phase.requestArrived(at: at(second))
        }
        #expect(phase.state == .answering(owed: 2))
        let closes2 = phase.answered(at: at(3))
        #expect(!closes2)
        #expect(phase.state == .answering(owed: 1))
    }

    @Test func `a request refused before it has arrived must still arrive in time`() {
        var phase = phase()
        phase.requestBegan(at: at(1))
        let closes3 = phase.answered(at: at(2))
        #expect(!closes3)
        #expect(phase.state == .arriving(since: at(1), owed: 0))
        phase.moved(at: at(29))
        #expect(phase.due(isWritable: true) == at(31))
        phase.requestArrived(at: at(30))
        #expect(phase.state == .resting)
    }

    @Test func `lingers from when our side ended, whatever the peer sends`() {
        var phase = phase()
        phase.ended(at: at(5))
        phase.requestBegan(at: at(6))
        phase.requestArrived(at: at(7))
        phase.ended(at: at(7))
        #expect(phase.state == .lingering(since: at(5)))
        #expect(phase.due(isWritable: false) == at(8))
    }

    @Test func `closes at a stop once nothing is owed, and not before`() {
        var resting = phase()
        let closes4 = resting.serverStops()
        #expect(closes4)
        var busy = phase()
        busy.requestBegan(at: at(1))
        busy.requestArrived(at: at(1))
        busy.requestBegan(at: at(2))
        let closes5 = busy.serverStops()
        #expect(!closes5)
        let closes6 = busy.answered(at: at(3))
        #expect(!closes6)
        let closes7 = busy.answered(at: at(4))
        #expect(closes7)
    }
}
