import SessionWire
import Simulation
import Testing
import Vocabulary

@Suite("A session over a network that misbehaves")
struct LossyNetworkTests {
    static let rough = NetworkFaults(loss: 0.1, duplication: 0.1, delay: 1...40)

    static let setups: [SessionPair.Setup] = [
        .init(name: "plain", faults: rough),
        .init(name: "plain, cut", faults: rough, cutsOneIn: 60),
        .init(name: "encrypted", kmsKeyID: "alias/key", faults: rough),
        .init(name: "encrypted, cut", kmsKeyID: "alias/key", faults: rough, cutsOneIn: 60),
        .init(name: "stock limits, cut", clientTransport: .none, cutsOneIn: 40),
        .init(
            name: "stock plugin, encrypted, cut",
            kmsKeyID: "alias/key",
            clientTransport: .none,
            cutsOneIn: 40,
            clientIsSilentOnDuplicates: true
        ),
    ]

    @Test(arguments: setups, [UInt64](1...4))
    func `delivers every byte once and in order, both ways`(
        setup: SessionPair.Setup,
        seed: UInt64
    ) {
        var pair = SessionPair(setup, seed: seed)
        var output: [UInt8] = []
        var input: [UInt8] = []
        pair.connect()
        #expect(pair.run { $0.agreement != nil }, "seed \(seed): no agreement")
        for _ in 0..<60 {
            if pair.agent.canAcceptOutput {
                let bytes = pair.randomBytes(Int.random(in: 1...6000, using: &pair.generator))
                output += bytes
                pair.act(pair.agent.output(bytes, now: pair.now))
            }
            if pair.client.canAcceptInput {
                let bytes = pair.randomBytes(Int.random(in: 1...40, using: &pair.generator))
                input += bytes
                pair.act(pair.client.input(bytes, now: pair.now))
            }
            for _ in 0..<Int.random(in: 0...20, using: &pair.generator) { _ = pair.step() }
        }
        let isDelivered = pair.run {
            $0.delivered.output.count >= output.count && $0.delivered.input.count >= input.count
        }
        #expect(isDelivered, "seed \(seed): not everything arrived")
        #expect(pair.delivered.output == output, "seed \(seed)")
        #expect(pair.delivered.input == input, "seed \(seed)")
        #expect(pair.agreement?.isEncrypted == (setup.kmsKeyID != nil))
        #expect(pair.failures.isEmpty)
        #expect((pair.cuts > 0) == (setup.cutsOneIn > 0), "seed \(seed): \(pair.cuts) cuts")

        pair.act(pair.agent.finish(exitCode: 3, now: pair.now))
        #expect(pair.run { $0.isFinished }, "seed \(seed): did not finish")
        if pair.agreement?.transport != nil { #expect(pair.exitCode == 3, "seed \(seed)") }
    }

    @Test func `the same seed gives the same run`() {
        func run() -> ([UInt8], Int64) {
            var pair = SessionPair(Self.setups[3], seed: 9)
            pair.connect()
            _ = pair.run { $0.agreement != nil }
            let bytes = pair.randomBytes(50_000)
            pair.act(pair.agent.output(bytes, now: pair.now))
            _ = pair.run { $0.delivered.output.count == bytes.count }
            return (pair.delivered.output, pair.now)
        }
        let (first, second) = (run(), run())
        #expect(first.0 == second.0)
        #expect(first.1 == second.1)
    }

    @Test func `a reader that stops stops the writer, and loses nothing`() {
        var pair = SessionPair(.init(name: "slow terminal"), seed: 5)
        pair.connect()
        #expect(pair.run { $0.agreement != nil })
        #expect(pair.run { $0.client.canAcceptInput })
        pair.act(pair.client.setAcceptsOutput(false, now: pair.now))
        var written = 0
        for _ in 0..<400 where pair.agent.canAcceptOutput {
            pair.act(pair.agent.output([UInt8](repeating: 7, count: 8192), now: pair.now))
            written += 8192
            for _ in 0..<4 { _ = pair.step() }
        }
        #expect(!pair.agent.canAcceptOutput)
        #expect(written < Limits.sekishoWindowBytes + 2 * 8192)
        #expect(pair.delivered.output.isEmpty)
        pair.act(pair.client.setAcceptsOutput(true, now: pair.now))
        #expect(pair.run { $0.delivered.output.count == written })
        #expect(pair.run { $0.agent.canAcceptOutput })
    }
}

extension SekishoTransport {
    /// An offer too small to be one: the other end keeps to stock limits.
    static let none = SekishoTransport(largestFrame: 0, window: 0, exitStatus: false)
}
