import Testing

@testable import WebSocketTransport

@Suite("Room for bytes on their way", .timeLimit(.minutes(1)))
struct ByteBudgetTests {
    @Test func `what does not fit waits for what is there to leave, in order`() async throws {
        let budget = ByteBudget(10)
        try await budget.take(8)
        let order = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await budget.take(9)
                order.continuation.yield(9)
                budget.give(9)
            }
            budget.give(8)
            var iterator = order.stream.makeAsyncIterator()
            #expect(await iterator.next() == 9)
            try await group.waitForAll()
        }
        try await budget.take(10)
    }

    @Test func `more than the whole goes when nothing else is under way`() async throws {
        let budget = ByteBudget(10)
        try await budget.take(1000)
        budget.give(1000)
        try await budget.take(1)
    }

    @Test func `whoever waits when it fails is told, and whoever comes later`() async throws {
        let budget = ByteBudget(1)
        try await budget.take(1)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: WebSocketError.closed) { try await budget.take(1) }
            }
            budget.fail(WebSocketError.closed)
        }
        await #expect(throws: WebSocketError.closed) { try await budget.take(1) }
    }

    @Test func `a cancelled wait takes nothing`() async throws {
        let budget = ByteBudget(1)
        try await budget.take(1)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await budget.take(1) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        budget.give(1)
        try await budget.take(1)
    }
}
