/// One direction of a network that loses, doubles, delays and reorders what its seed says.
///
/// It knows no time of its own: `now` is in milliseconds, and what was sent comes out of `arrivals(at:)` when it is
/// due. The same seed and the same calls give the same run.
package struct LossyNetwork<Message: Sendable>: Sendable {
    private struct Flight {
        let due: Int64
        let number: Int
        let message: Message
    }

    private let faults: NetworkFaults
    private var generator: SplitMix64
    private var flights: [Flight] = []
    private var sent = 0

    package init(faults: NetworkFaults, seed: UInt64) {
        self.faults = faults
        generator = SplitMix64(seed: seed)
    }

    package mutating func send(_ message: Message, now: Int64) {
        let copies = chance(faults.loss) ? 0 : chance(faults.duplication) ? 2 : 1
        for _ in 0..<copies {
            sent += 1
            let delay = Int64.random(in: faults.delay, using: &generator)
            flights.append(Flight(due: now + delay, number: sent, message: message))
        }
    }

    /// When the next message arrives; nil when none is on its way.
    package var nextArrival: Int64? { flights.map(\.due).min() }

    /// What has arrived by now, by due time and then in the order sent.
    package mutating func arrivals(at now: Int64) -> [Message] {
        let due = flights.filter { $0.due <= now }
        flights.removeAll { $0.due <= now }
        return due.sorted { ($0.due, $0.number) < ($1.due, $1.number) }.map(\.message)
    }

    /// The connection breaks: what is on its way is gone.
    package mutating func cut() {
        flights.removeAll()
    }

    private mutating func chance(_ share: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < share
    }
}

/// What a network does to messages.
package struct NetworkFaults: Sendable {
    /// The share of messages that never arrive.
    package var loss: Double
    /// The share that arrives twice.
    package var duplication: Double
    /// Milliseconds on the way; a range lets messages overtake each other.
    package var delay: ClosedRange<Int64>

    package init(loss: Double, duplication: Double, delay: ClosedRange<Int64>) {
        self.loss = loss
        self.duplication = duplication
        self.delay = delay
    }

    /// What TCP gives until it breaks.
    package static let none = NetworkFaults(loss: 0, duplication: 0, delay: 1...1)
}
