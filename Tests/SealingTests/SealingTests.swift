import Sealing
import Simulation
import Testing
import Vocabulary

@Suite("A sealing key")
struct SealingKeyTests {
    private let key = SealingKey(Secret([UInt8](0..<32)))
    private let place = Array("place".utf8)

    /// Made by another program (Python's `cryptography`): seed 42, the text `secret`.
    private static let envelope =
        "0195035294f2065da4d5aebfbe9d1f20069a223ddee599fa0e9dcfcd4bc66f2f561bc4"

    @Test func `seals as docs/formats/sealed-envelope.md says`() throws {
        let entropy = SeededEntropy(seed: 42)
        let sealed = key.seal(Array("secret".utf8), for: place, entropy: entropy)
        #expect(hex(sealed) == Self.envelope)
        #expect(try key.open(sealed, for: place) == Array("secret".utf8))
    }

    @Test(arguments: [0, 1, 16, 100_000])
    func `opens to what was sealed`(count: Int) throws {
        let entropy = SeededEntropy(seed: 1)
        let plaintext = entropy.bytes(count)
        let sealed = key.seal(plaintext, for: place, entropy: entropy)
        #expect(sealed.count == count + SealingKey.overhead)
        #expect(try key.open(sealed, for: place) == plaintext)
    }

    @Test func `does not open elsewhere or under another key`() {
        let sealed = key.seal([1], for: place, entropy: SeededEntropy())
        for other in [[], Array("plac".utf8), Array("place2".utf8)] as [[UInt8]] {
            #expect(throws: SealingError.notAuthentic) { try key.open(sealed, for: other) }
        }
        let another = SealingKey(Secret([UInt8](1...32)))
        #expect(throws: SealingError.notAuthentic) { try another.open(sealed, for: place) }
    }

    @Test func `does not open what is cut anywhere`() {
        let sealed = key.seal([1, 2, 3], for: place, entropy: SeededEntropy())
        for count in 0..<sealed.count {
            let expected: SealingError = count < SealingKey.overhead ? .truncated : .notAuthentic
            #expect(throws: expected, "\(count) bytes") {
                try key.open(Array(sealed.prefix(count)), for: place)
            }
        }
    }

    @Test func `does not open with any one bit changed`() {
        let sealed = key.seal([1, 2, 3], for: place, entropy: SeededEntropy())
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: SealingError.self, "bit \(bit)") { try key.open(changed, for: place) }
        }
    }

    @Test func `says which version it does not know`() {
        var sealed = key.seal([1], for: place, entropy: SeededEntropy())
        sealed[0] = 2
        #expect(throws: SealingError.unknownVersion(2)) { try key.open(sealed, for: place) }
    }

    @Test func `derives another key for each purpose and salt`() {
        let keys = [
            key, key.derived(for: "a"), key.derived(for: "b"), key.derived(for: "a", salt: [1]),
        ]
        for (index, one) in keys.enumerated() {
            let sealed = one.seal([1], for: [], entropy: SeededEntropy())
            for (position, other) in keys.enumerated() {
                #expect(((try? other.open(sealed, for: [])) != nil) == (index == position))
            }
        }
    }

    /// The key derived for `purpose`, by another program.
    @Test func `derives by HKDF-SHA-256`() throws {
        let text = "c938f7c9c926b1456b39fd3811e7b2d8beccd709fed368d133553b438fb89d0b"
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { index in
            let start = text.index(text.startIndex, offsetBy: index)
            return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16)
        }
        let sealed = SealingKey(Secret(bytes)).seal([7], for: [], entropy: SeededEntropy())
        #expect(try key.derived(for: "purpose").open(sealed, for: []) == [7])
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

@Suite("A secret")
struct SecretTests {
    private let secret = Secret(utf8: "hunter2")

    @Test func `shows itself nowhere`() {
        var dumped = ""
        dump(secret, to: &dumped)
        let shown = ["\(secret)", String(reflecting: secret), "\([secret])", dumped]
        for text in shown {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("104"), "not as numbers either")
        }
    }

    @Test func `is taken out by a word one can search for`() {
        #expect(secret.revealedText() == "hunter2")
        #expect(secret.revealedBytes() == Array("hunter2".utf8))
        #expect(secret.withBytes { $0.count } == 7)
    }

    @Test(arguments: [("hunter2", true), ("hunter3", false), ("hunter", false), ("", false)])
    func `is compared by its bytes`(text: String, isEqual: Bool) {
        #expect(secret.isEqual(to: Secret(utf8: text)) == isEqual)
    }
}
