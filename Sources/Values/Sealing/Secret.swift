// Sealing: what keeps bytes from being read or moved. The secret as a type, keys that seal, envelopes.

import Crypto

/// Bytes that must not be shown: a key, a password, a token, the plain text of a data key.
///
/// It has no description, no encoding and no equality but the constant-time one. The bytes are seen inside
/// a closure; to take them out, say `revealedBytes`, a word that one can search for.
package struct Secret: Sendable {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(utf8 text: String) {
        bytes = Array(text.utf8)
    }

    package var count: Int { bytes.count }

    /// Calls `body` with the bytes, which must not outlive it.
    package func withBytes<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
        try body(bytes)
    }

    /// The bytes themselves, for the places that send or store them on purpose.
    package func revealedBytes() -> [UInt8] { bytes }

    /// The bytes as text, for the places that send or store them on purpose.
    package func revealedText() -> String { String(decoding: bytes, as: UTF8.self) }

    /// Whether both hold the same bytes, in a time that depends on their lengths only.
    package func isEqual(to other: Secret) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        return zip(bytes, other.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "•••" }
    package var debugDescription: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
