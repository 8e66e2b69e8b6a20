import SessionWire
import Testing
import Vocabulary

@testable import AgentCore

@Suite("Reports of ended sessions")
struct CompletionOutboxTests {
    private let id = MessageID(high: 1, low: 2)
    private let report = AgentTaskComplete(
        taskID: "alice-6217a8df86ba49059",
        finalTaskStatus: "Success",
        instanceID: "mi-0123456789abcdef0"
    )

    @Test func `are sent until acknowledged, more and more rarely, counting`() {
        var outbox = CompletionOutbox()
        outbox.add(report, id: id, now: 1000)
        var times: [Int64] = []
        var numbers: [Int] = []
        for now in stride(from: Int64(1000), through: 200_000, by: 500) {
            for message in outbox.due(now: now) {
                times.append(now - 1000)
                #expect(message.id == id)
                numbers.append(AgentTaskComplete(json: message.payload)?.retryNumber ?? 0)
            }
        }
        #expect(times == [0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 123_000, 183_000])
        #expect(numbers == Array(1...9))
        outbox.acknowledge(id.description)
        #expect(outbox.isEmpty)
        #expect(outbox.nextDue == nil)
    }

    @Test func `are due at once on a new channel`() {
        var outbox = CompletionOutbox()
        outbox.add(report, id: id, now: 0)
        #expect(outbox.due(now: 0).count == 1)
        #expect(outbox.due(now: 500).isEmpty)
        outbox.channelOpened(now: 500)
        #expect(outbox.due(now: 500).count == 1)
    }

    @Test func `of a server that never answers are bounded; the oldest goes`() {
        var outbox = CompletionOutbox()
        for number in 0...Limits.completionsKept {
            outbox.add(report, id: MessageID(high: 0, low: UInt64(number)), now: 0)
        }
        let ids = outbox.due(now: 0).map(\.id.low)
        #expect(ids.count == Limits.completionsKept)
        #expect(ids.first == 1)
    }

    @Test func `an acknowledgement of something else changes nothing`() {
        var outbox = CompletionOutbox()
        outbox.add(report, id: id, now: 0)
        outbox.acknowledge("00000000-0000-0000-0000-000000000000")
        #expect(!outbox.isEmpty)
    }
}
