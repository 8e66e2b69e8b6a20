import Testing
import Waiting

@Suite("A latch", .timeLimit(.minutes(1)))
struct LatchTests {
    @Test func `gives its value to all who wait and all who come later, and keeps the first`()
        async throws
    {
        let latch = Latch<Int>()
        #expect(latch.valueNow == nil)
        async let one = latch.value()
        async let other = latch.value()
        latch.open(1)
        latch.open(2)
        #expect(try await [one, other, latch.value()] == [1, 1, 1])
        #expect(latch.valueNow == 1)
    }

    @Test func `lets go of a task that is cancelled, and of no other`() async throws {
        let latch = Latch<Int>()
        let cancelled = Task { try await latch.value() }
        let patient = Task { try await latch.value() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        latch.open(3)
        #expect(try await patient.value == 3)
    }
}

@Suite("A doorbell", .timeLimit(.minutes(1)))
struct DoorbellTests {
    @Test func `keeps a ring that nobody waits for`() async {
        let bell = Doorbell()
        bell.ring()
        await bell.wait()
    }

    @Test func `wakes who waits, and who is cancelled`() async {
        let bell = Doorbell()
        let woken = Task { await bell.wait() }
        bell.ring()
        await woken.value
        let cancelled = Task { await bell.wait() }
        cancelled.cancel()
        await cancelled.value
    }
}

@Suite("A gate", .timeLimit(.minutes(1)))
struct GateTests {
    @Test func `lets a task through while it is open, and again when it opens`() async {
        let gate = Gate(isOpen: true)
        await gate.pass()
        gate.set(open: false)
        let passing = Task { await gate.pass() }
        gate.set(open: true)
        await passing.value
    }

    @Test func `lets a cancelled task go although it is closed`() async {
        let gate = Gate(isOpen: false)
        let passing = Task { await gate.pass() }
        passing.cancel()
        await passing.value
    }
}

@Suite("An event queue", .timeLimit(.minutes(1)))
struct EventQueueTests {
    @Test func `gives events in their order, those before its end too`() async {
        let queue = EventQueue<Int>(capacity: 8)
        queue.put(1)
        await queue.send(2)
        queue.finish()
        queue.put(3)
        #expect(await queue.next() == 1)
        #expect(await queue.next() == 2)
        #expect(await queue.next() == nil)
    }

    @Test func `takes its capacity at once, and one more when one was read`() async {
        let queue = EventQueue<Int>(capacity: 2)
        await queue.send(1)
        await queue.send(2)
        let third = Task { await queue.send(3) }
        #expect(await queue.next() == 1)
        await third.value
        #expect(await queue.next() == 2)
        #expect(await queue.next() == 3)
    }

    @Test func `lets a waiting writer go when it ends`() async {
        let queue = EventQueue<Int>(capacity: 0)
        let writer = Task { await queue.send(1) }
        queue.finish()
        await writer.value
    }
}
