import FoundationEssentials
import Sealing
import ServiceTestKit
import Simulation
import Testing

@testable import KMSService

@Suite("A KMS ciphertext")
struct KeyCiphertextTests {
    private let entropy = SeededEntropy(seed: 42)
    private let material: KeyMaterial

    init() throws {
        material = try Self.material(entropy: entropy)
    }

    private static func material(
        entropy: SeededEntropy,
        id: KeyID? = nil,
        materialID: MaterialID? = nil
    ) throws -> KeyMaterial {
        let key = SealingKey(Secret([UInt8](0..<32)))
        let id = id ?? KeyID(entropy: entropy)
        let materialID = materialID ?? MaterialID(entropy: entropy)
        let record = KeyRecord(
            keyID: id,
            creationDate: Date(timeIntervalSince1970: 0),
            description: "",
            isEnabled: true,
            policy: "",
            tags: [:],
            aliases: [],
            materialID: materialID,
            wrappedMaterial: KeyMaterial.wrapped(for: id, materialID, by: key, entropy: entropy)
        )
        return try KeyMaterial(of: record, with: key)
    }

    private func open(
        _ bytes: [UInt8],
        _ context: [String: String] = [:],
        with other: KeyMaterial? = nil
    ) throws -> [UInt8] {
        let ciphertext = try #require(KeyCiphertext(unverified: bytes))
        return try ciphertext.open(with: other ?? material, EncryptionContext(context))
            .revealedBytes()
    }

    private func seal(_ plaintext: [UInt8], _ context: [String: String] = [:]) -> [UInt8] {
        KeyCiphertext.seal(plaintext, under: material, EncryptionContext(context), entropy: entropy)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 4096])
    func `opens to what was sealed`(count: Int) throws {
        let plaintext = entropy.bytes(count)
        let sealed = seal(plaintext, ["a": "b"])
        #expect(sealed.count == count + KeyCiphertext.overhead)
        #expect(try open(sealed, ["a": "b"]) == plaintext)
    }

    @Test func `names its key in the header`() throws {
        let ciphertext = try #require(KeyCiphertext(unverified: seal([1])))
        #expect(ciphertext.keyID == material.keyID)
        #expect(ciphertext.materialID == material.materialID)
    }

    @Test func `is different every time`() {
        #expect(seal([1, 2, 3]) != seal([1, 2, 3]))
    }

    @Test(arguments: [
        [:], ["a": "c"], ["b": "b"], ["A": "b"], ["a": "b", "c": ""], ["ab": ""], ["": "ab"],
    ])
    func `does not open in another context`(context: [String: String]) {
        let sealed = seal([1, 2, 3], ["a": "b"])
        #expect(throws: SealingError.notAuthentic) { try open(sealed, context) }
    }

    @Test func `does not open when it is cut anywhere`() {
        let sealed = seal([1, 2, 3])
        for count in 0..<sealed.count {
            guard let cut = KeyCiphertext(unverified: Array(sealed.prefix(count))) else { continue }
            #expect(throws: SealingError.self, "\(count) bytes") {
                try cut.open(with: material, EncryptionContext([:]))
            }
        }
    }

    @Test func `does not open with any one bit changed`() {
        let sealed = seal([1, 2, 3], ["a": "b"])
        for index in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[index / 8] ^= 1 << (index % 8)
            guard let read = KeyCiphertext(unverified: changed) else { continue }
            #expect(throws: SealingError.self, "bit \(index)") {
                try read.open(with: material, EncryptionContext(["a": "b"]))
            }
        }
    }

    @Test func `does not open under another material of the same key`() throws {
        let sealed = seal([1])
        let other = try Self.material(
            entropy: entropy,
            id: material.keyID,
            materialID: material.materialID
        )
        #expect(throws: SealingError.notAuthentic) { try open(sealed, with: other) }
    }

    @Test func `is, with seed 42, what docs/formats/kms-ciphertext.md shows`() throws {
        let sealed = seal(Array("secret".utf8), ["b": "2", "a": "1"])
        let text = sealed.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        #expect(text == Self.vector)
    }

    /// Made by another program (Python's `cryptography`) from the same bytes.
    private static let vector =
        "0195035294f2064da495aebfbee6b7dcf2751d0760e899d5915011351f0743755e9dde5543114140"
        + "8422398c1133caaad773d01e75770ccb987a3f00625a5f62b843d4e9f69e1dd94d502279639daf74"
        + "07f95cc305fd4237b5ed1c16c2a6b41f245eb1"
}

@Suite("An encryption context")
struct EncryptionContextTests {
    @Test(
        arguments: [
            ([:], []),
            (["a": "b"], [0, 0, 0, 1, 0x61, 0, 0, 0, 1, 0x62]),
            (["": ""], [0, 0, 0, 0, 0, 0, 0, 0]),
            (
                ["b": "", "a": "é"],
                [0, 0, 0, 1, 0x61, 0, 0, 0, 2, 0xC3, 0xA9, 0, 0, 0, 1, 0x62, 0, 0, 0, 0]
            ),
        ] as [([String: String], [UInt8])]
    )
    func `has one form in bytes`(pairs: [String: String], bytes: [UInt8]) {
        #expect(EncryptionContext(pairs).canonicalBytes == bytes)
    }

    @Test func `is sorted by bytes, not by letters`() {
        let pairs = ["é": "1", "z": "2", "Z": "3", "": "4"]
        let names = EncryptionContext(pairs).canonicalBytes
        let expected = ["", "Z", "z", "é"].flatMap { name in
            EncryptionContext([name: pairs[name] ?? ""]).canonicalBytes
        }
        #expect(names == expected)
    }
}
