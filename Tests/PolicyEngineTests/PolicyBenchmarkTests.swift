import PolicyEngine
import Testing

@Suite("The benchmark of decisions")
struct PolicyBenchmarkTests {
    @Test func `decides what it is asked, and allows it`() throws {
        #expect(try PolicyBenchmark().decide(times: 100) == 100)
    }
}
