import Encoding
package import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where the time comes from.
///
/// A parameter everywhere, so that a test can move it.
package protocol WallClock: Sendable {
    func now() -> Date
}

/// The machine's own clock.
package struct SystemClock: WallClock {
    package init() {}

    package func now() -> Date { Date() }
}

/// Where random bytes come from.
///
/// A parameter everywhere, so that the same seed gives the same run.
package protocol Entropy: Sendable {
    /// Unpredictable bytes, fit for keys and nonces.
    func bytes(_ count: Int) -> [UInt8]
}

/// The machine's own source of randomness.
package struct SystemEntropy: Entropy {
    package init() {}

    /// Asks the system once for each 256 bytes, which is the most that it gives in one piece.
    package func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            fill(UnsafeMutableRawBufferPointer(buffer))
            filled = count
        }
    }
}

/// Fills the buffer from the kernel's generator.
private func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let base = buffer.baseAddress else { return }
    var filled = 0
    while filled < buffer.count {
        let count = min(256, buffer.count - filled)
        // It fails only for a bad address or more than 256 bytes, and neither is possible here. Going on
        // without randomness would be worse than stopping.
        guard getentropy(base + filled, count) == 0 else {
            preconditionFailure("the system gave no random bytes (error \(errno))")
        }
        filled += count
    }
}

extension Entropy {
    /// That many lower-case hexadecimal digits.
    package func hexDigits(_ count: Int) -> String {
        String(Hex.text(of: bytes((count + 1) / 2)).prefix(count))
    }

    /// A random (version 4) UUID, in lower case as AWS writes key and request ids.
    package func uuid() -> String {
        var raw = bytes(16)
        raw[6] = raw[6] & 0x0F | 0x40
        raw[8] = raw[8] & 0x3F | 0x80
        return Hex.uuid(raw)
    }

    /// That many characters of `alphabet`, each equally likely.
    ///
    /// Bytes past the last whole multiple of the alphabet's size are thrown away, so that no character
    /// comes up more often than another.
    package func characters(_ count: Int, of alphabet: String) -> String {
        let letters = Array(alphabet.utf8)
        precondition((1...256).contains(letters.count), "an alphabet has 1 to 256 letters")
        let usable = 256 - 256 % letters.count
        var text: [UInt8] = []
        while text.count < count {
            for byte in bytes(count - text.count) where Int(byte) < usable {
                text.append(letters[Int(byte) % letters.count])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
