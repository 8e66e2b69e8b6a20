import Testing
import Vocabulary

@testable import ClientCore

@Suite("Dialling a lost session again")
struct ReconnectionTests {
    @Test func `the first attempt is at once, and pauses double up to the limit`() {
        var reconnection = Reconnection(now: 0)
        let pauses = (0..<9).map { _ in reconnection.nextPause(now: 0, fraction: 0) }
        #expect(pauses == [0, 100, 200, 400, 800, 1600, 3200, 5000, 5000])
    }

    @Test func `the random part at most doubles a pause`() {
        var reconnection = Reconnection(now: 0)
        _ = reconnection.nextPause(now: 0, fraction: 0.99)
        #expect(reconnection.nextPause(now: 0, fraction: 0.99) == 199)
    }

    @Test func `it ends when the time is over`() {
        var reconnection = Reconnection(now: 1_000)
        let end = 1_000 + Limits.clientReconnectTime
        #expect(reconnection.nextPause(now: end - 1, fraction: 0) != nil)
        #expect(reconnection.nextPause(now: end, fraction: 0) == nil)
    }
}
