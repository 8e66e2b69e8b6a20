import Crypto
package import Sealing
package import Vocabulary

/// Why a payload could not be opened, or a data key not used.
package enum SessionCipherError: Error, Equatable, Sendable {
    /// The key is not 64 bytes long.
    case keyLength(Int)
    /// The payload is not one that the other end sealed under this key.
    case notAuthentic
}

/// The encryption of a session's payloads: `nonce (12) ‖ ciphertext ‖ tag (16)` under AES-256-GCM.
///
/// Of the 64 bytes of the data key the first half is what the agent encrypts with, the second what the client
/// does (session-protocol 6.3). There is no additional data: that a payload is not moved to another number is
/// for the channel's TLS to see to.
package struct SessionCipher: Sendable {
    package enum End: Sendable { case agent, client }

    /// What encryption adds to a payload.
    package static let overhead = 28

    private let sealing: SymmetricKey
    private let opening: SymmetricKey
    private var nonces: SessionNonces

    package init(
        dataKey: Secret,
        end: End,
        entropy: any Entropy
    ) throws(SessionCipherError) {
        guard dataKey.count == DataKeyRequest.numberOfBytes else {
            throw .keyLength(dataKey.count)
        }
        let (first, last) = dataKey.withBytes { bytes in
            (SymmetricKey(data: bytes.prefix(32)), SymmetricKey(data: bytes.suffix(32)))
        }
        sealing = end == .agent ? first : last
        opening = end == .agent ? last : first
        nonces = end == .agent ? .counter(startingAt: entropy.bytes(12)) : .random(entropy)
    }

    package mutating func seal(_ payload: [UInt8]) throws(SessionCipherError) -> [UInt8] {
        do {
            let nonce = try AES.GCM.Nonce(data: nonces.next())
            let box = try AES.GCM.seal(payload, using: sealing, nonce: nonce)
            var sealed: [UInt8] = []
            sealed.reserveCapacity(payload.count + Self.overhead)
            sealed.append(contentsOf: nonce)
            sealed.append(contentsOf: box.ciphertext)
            sealed.append(contentsOf: box.tag)
            return sealed
        } catch {
            throw .notAuthentic
        }
    }

    package func open(_ sealed: [UInt8]) throws(SessionCipherError) -> [UInt8] {
        do {
            return Array(try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: opening))
        } catch {
            throw .notAuthentic
        }
    }
}

/// Where the nonces of one end come from.
///
/// Both stock ways: the agent counts 96 bits up from a random start, in three little-endian words with the carry
/// going from word 0 upward; the client takes 12 random bytes for each message. A client types few messages; an
/// agent's counter cannot come round in a session.
struct SessionNonces: Sendable {
    private enum Source {
        case counter(UInt32, UInt32, UInt32)
        case random(any Entropy)
    }

    private var source: Source

    static func counter(startingAt bytes: [UInt8]) -> SessionNonces {
        func word(_ index: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[4 * index + $1]) << UInt32(8 * $1) }
        }
        return SessionNonces(source: .counter(word(0), word(1), word(2)))
    }

    static func random(_ entropy: any Entropy) -> SessionNonces {
        SessionNonces(source: .random(entropy))
    }

    mutating func next() -> [UInt8] {
        switch source {
        case .random(let entropy):
            return entropy.bytes(12)
        case .counter(let low, let middle, let high):
            let newLow = low &+ 1
            let newMiddle = newLow == 0 ? middle &+ 1 : middle
            let carries = newLow == 0 && newMiddle == 0
            source = .counter(newLow, newMiddle, carries ? high &+ 1 : high)
            return [low, middle, high].flatMap { word in
                (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
            }
        }
    }
}
