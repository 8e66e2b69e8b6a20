// Simulation: time and randomness as a test wants them, and a network that loses what the seed says.

package import FoundationEssentials
import Synchronization
import Vocabulary

/// A clock that stands still until a test moves it.
package final class ManualClock: WallClock {
    private let time: Mutex<Date>

    /// Starts at 2026-01-02T03:04:05Z unless told otherwise.
    package init(_ start: Date = Date(timeIntervalSince1970: 1_767_323_045)) {
        time = Mutex(start)
    }

    package func now() -> Date { time.withLock { $0 } }

    package func advance(by seconds: TimeInterval) {
        time.withLock { $0 = $0.addingTimeInterval(seconds) }
    }
}

/// Bytes that look random and are the same in every run with the same seed.
///
/// For tests only.
package final class SeededEntropy: Entropy {
    private let generator: Mutex<SplitMix64>

    package init(seed: UInt64 = 1) {
        generator = Mutex(SplitMix64(seed: seed))
    }

    package func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in
            (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    }
}

/// The splitmix64 generator: small, and good enough to choose test inputs.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
