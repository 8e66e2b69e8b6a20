import ServiceKit
import Testing
import Vocabulary

@testable import APIFrontend

@Suite("A budget of bytes", .timeLimit(.minutes(1)))
struct ByteBudgetTests {
    private let one = CallSource(address: "192.0.2.1")
    private let other = CallSource(address: "192.0.2.2")
    private let third = CallSource(address: "192.0.2.3")

    /// Waits until so many wait, which the test's own tasks are about to do.
    private func untilWaiting(_ count: Int, _ budget: ByteBudget) async {
        while budget.waiting != count { await Task.yield() }
    }

    @Test func `gives out what it has and no byte more`() async throws {
        let budget = ByteBudget(total: 10, share: 10)
        try await budget.reserve(10, for: one)
        #expect(budget.used == 10)
        async let late: Void = budget.reserve(1, for: other)
        await untilWaiting(1, budget)
        budget.release(1, for: one)
        try await late
        #expect(budget.used == 10)
    }

    @Test func `gives one source its share and no byte more, and others theirs meanwhile`()
        async throws
    {
        let budget = ByteBudget(total: 10, share: 4)
        try await budget.reserve(4, for: one)
        async let late: Void = budget.reserve(1, for: one)
        await untilWaiting(1, budget)
        // One who waits for its own share holds up nobody.
        try await budget.reserve(4, for: other)
        #expect(budget.waiting == 1)
        budget.release(4, for: one)
        try await late
        #expect(budget.used == 5)
    }

    @Test
    func `serves those who wait for the whole in their order, so that a large one gets its turn`()
        async throws
    {
        let budget = ByteBudget(total: 10, share: 8)
        try await budget.reserve(6, for: one)
        async let large: Void = budget.reserve(8, for: other)
        await untilWaiting(1, budget)
        // There would be room for this one, but it would overtake.
        async let small: Void = budget.reserve(3, for: third)
        await untilWaiting(2, budget)
        budget.release(6, for: one)
        try await large
        #expect(budget.used == 8)
        budget.release(8, for: other)
        try await small
        #expect(budget.used == 3)
    }

    @Test func `forgets one who gives up, and serves who stood behind`() async throws {
        let budget = ByteBudget(total: 10, share: 10)
        try await budget.reserve(5, for: one)
        let given = Task { try await budget.reserve(10, for: other) }
        await untilWaiting(1, budget)
        async let behind: Void = budget.reserve(5, for: third)
        await untilWaiting(2, budget)
        given.cancel()
        await #expect(throws: CancellationError.self) { try await given.value }
        try await behind
        #expect(budget.used == 10)
        #expect(budget.waiting == 0)
    }

    @Test func `is empty again after any crowd, and never over its bounds`() async throws {
        let budget = ByteBudget(total: 50, share: 20)
        let sources = [one, other, third]
        try await withThrowingTaskGroup { group in
            for index in 0..<300 {
                group.addTask {
                    let (bytes, source) = (1 + index % 20, sources[index % sources.count])
                    try await budget.reserve(bytes, for: source)
                    #expect(budget.used <= 50)
                    await Task.yield()
                    budget.release(bytes, for: source)
                }
            }
            try await group.waitForAll()
        }
        #expect(budget.used == 0)
        #expect(budget.waiting == 0)
    }
}

@Suite("What a request reserves")
struct BodyReservationTests {
    private let source = CallSource(address: "192.0.2.1")
    private let budget = BodyBudget()

    @Test func `is given back when the request is over`() async throws {
        do {
            var reservation = BodyReservation(budget, for: source)
            try await reservation.cover(exactly: 1000)
            #expect(budget.small.used == 1000)
        }
        #expect(budget.small.used == 0)
    }

    @Test func `is of the small budget up to its limit, and of the large one past it`() async throws
    {
        var small = BodyReservation(budget, for: source)
        try await small.cover(exactly: Limits.smallBodyBytes)
        #expect(budget.large.used == 0)
        var large = BodyReservation(budget, for: source)
        try await large.cover(exactly: Limits.smallBodyBytes + 1)
        #expect(budget.small.used == Limits.smallBodyBytes)
        #expect(budget.large.used == Limits.smallBodyBytes + 1)
    }

    @Test func `is all that a body may have, once one of unknown length grows`() async throws {
        var reservation = BodyReservation(budget, for: source)
        try await reservation.cover(1, atMost: Limits.requestBodyBytes)
        #expect(budget.small.used == Limits.smallBodyBytes)
        try await reservation.cover(Limits.smallBodyBytes + 1, atMost: Limits.requestBodyBytes)
        #expect(budget.small.used == 0)
        #expect(budget.large.used == Limits.requestBodyBytes)
    }
}
