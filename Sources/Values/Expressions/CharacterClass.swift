/// A set of characters, asked in time that does not depend on how it was written.
package struct CharacterClass: Equatable, Sendable {
    /// In order, with gaps between them.
    package let ranges: [ClosedRange<UInt32>]
    private let low: UInt64
    private let high: UInt64

    private static let last: UInt32 = 0x10FFFF

    /// The characters of `ranges`, which may overlap and stand in any order.
    package init(_ ranges: [ClosedRange<UInt32>]) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard let end = merged.last?.upperBound, range.lowerBound <= end &+ 1 else {
                merged.append(range)
                continue
            }
            let start = merged[merged.count - 1].lowerBound
            merged[merged.count - 1] = start...max(end, range.upperBound)
        }
        self.ranges = merged
        var ascii: (low: UInt64, high: UInt64) = (0, 0)
        for range in merged where range.lowerBound < 128 {
            for value in range.lowerBound...min(range.upperBound, 127) {
                if value < 64 { ascii.low |= 1 << value } else { ascii.high |= 1 << (value & 63) }
            }
        }
        (low, high) = ascii
    }

    package init(_ scalar: Unicode.Scalar) {
        self.init([scalar.value...scalar.value])
    }

    package init(_ scalars: some Sequence<Unicode.Scalar>) {
        self.init(scalars.map { $0.value...$0.value })
    }

    package var inverted: CharacterClass {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.last { result.append(next...Self.last) }
        return CharacterClass(result)
    }

    package func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return low >> scalar & 1 == 1 }
        if scalar < 128 { return high >> (scalar & 63) & 1 == 1 }
        var from = 0
        var to = ranges.count
        while from < to {
            let middle = (from + to) / 2
            if scalar < ranges[middle].lowerBound {
                to = middle
            } else if scalar > ranges[middle].upperBound {
                from = middle + 1
            } else {
                return true
            }
        }
        return false
    }

    /// The only character of the set, if it has one.
    package var single: UInt32? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return ranges[0].lowerBound
    }

    /// Everything but the end of a line, as `.` means it.
    package static let anything = CharacterClass("\n".unicodeScalars).inverted
    /// What `\d` stands for.
    package static let digits = CharacterClass([0x30...0x39])
    /// What `\w` stands for.
    package static let word = CharacterClass([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
}
