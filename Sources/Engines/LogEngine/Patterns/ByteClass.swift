/// A set of characters of ASCII, and whether characters beyond it belong to it too.
struct ByteClass: Equatable, Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private(set) var includesBeyondASCII = false

    init() {}

    init(_ scalars: some Sequence<Unicode.Scalar>) {
        for scalar in scalars { insert(UInt8(truncatingIfNeeded: scalar.value)) }
    }

    mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
    }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    mutating func formUnion(_ other: ByteClass) {
        low |= other.low
        high |= other.high
        includesBeyondASCII = includesBeyondASCII || other.includesBeyondASCII
    }

    var inverted: ByteClass {
        var result = self
        result.low = ~low
        result.high = ~high
        result.includesBeyondASCII = !includesBeyondASCII
        return result
    }

    func contains(_ byte: UInt8) -> Bool {
        if byte < 64 { return low >> UInt64(byte) & 1 == 1 }
        return byte < 128 ? high >> UInt64(byte & 63) & 1 == 1 : includesBeyondASCII
    }

    /// What `\d` stands for.
    static let digits: ByteClass = {
        var digits = ByteClass()
        digits.insert(0x30...0x39)
        return digits
    }()
    /// What `\s` stands for.
    static let blanks = ByteClass("\t\n\u{0C}\r ".unicodeScalars)
    /// What `\w` stands for.
    static let word: ByteClass = {
        var word = digits
        word.insert(0x41...0x5A)
        word.insert(0x61...0x7A)
        word.insert(UInt8(ascii: "_"))
        return word
    }()
    /// `.`: everything but the end of a line.
    static let anything = ByteClass("\n".unicodeScalars).inverted
}
