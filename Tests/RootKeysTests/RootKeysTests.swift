import Encoding
import Files
import FoundationEssentials
import Glibc
import Sealing
import Simulation
import Storage
import StorageConformance
import Testing

@testable import RootKeys

@Suite("A root key")
struct RootKeyTests {
    private let root = RootKey(Secret([UInt8](0..<32)))
    private let secret = Secret([UInt8](repeating: 9, count: 32))

    /// Made by another program (Python's `cryptography`) from the description and seed 42.
    private static let wrapped =
        "012a1bcc12640379430195035294f2065da4d5aebfbe19fe69e3fe76c6bd12b57e095b3a3b9afe98"
        + "71020d0137b620f4b76627f5ee4a3be3639d6b4b2910dc05b97b893a2248"

    @Test func `wraps as docs/formats/root-key.md says`() throws {
        let wrapped = root.wrap(secret, for: "store key", entropy: SeededEntropy(seed: 42))
        #expect(Hex.text(of: wrapped) == Self.wrapped)
        #expect(root.id == "2a1bcc1264037943")
        let bytes = try #require(try? Hex.bytes(of: Self.wrapped))
        #expect(try root.unwrap(bytes, for: "store key").isEqual(to: secret))
    }

    @Test func `unwraps for the same place only`() {
        let wrapped = root.wrap(secret, for: "store key", entropy: SeededEntropy())
        #expect(throws: RootKeyError.damagedSecret(place: "another")) {
            try root.unwrap(wrapped, for: "another")
        }
    }

    @Test func `tells another root key from damage`() {
        let other = RootKey(Secret([UInt8](repeating: 1, count: 32)))
        let wrapped = other.wrap(secret, for: "store key", entropy: SeededEntropy())
        #expect(throws: RootKeyError.wrongKey(needed: other.id, given: root.id)) {
            try root.unwrap(wrapped, for: "store key")
        }
    }

    @Test func `does not unwrap what is cut or changed anywhere`() {
        let wrapped = root.wrap(secret, for: "store key", entropy: SeededEntropy())
        for count in 0..<wrapped.count {
            #expect(throws: RootKeyError.self) {
                try root.unwrap(Array(wrapped.prefix(count)), for: "store key")
            }
        }
        for bit in 0..<(wrapped.count * 8) {
            var changed = wrapped
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: RootKeyError.self, "bit \(bit)") {
                try root.unwrap(changed, for: "store key")
            }
        }
    }
}

@Suite("A root key file")
struct RootKeyFileTests {
    private func write(_ text: String, to path: String) throws {
        try OpenFile(path, for: .creating).write(Array(text.utf8), at: 0)
    }

    private static let line =
        "SEKISHO-ROOT-KEY-1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f "
        + "364ced5a"

    @Test func `is for its owner only and opens to the key it was made with`() throws {
        try withTemporaryDirectory { directory in
            let path = directory.path(of: "root.key")
            let made = try RootKeyFile.create(path, entropy: SeededEntropy())
            let file = try OpenFile(path, for: .reading)
            #expect(try file.mode() == 0o600)
            #expect(try RootKeyFile.open(path).id == made.id)
            let text = String(decoding: try file.readAll(limit: 4096), as: UTF8.self)
            #expect(text.hasPrefix("# The root key"))
        }
    }

    @Test func `is never replaced`() throws {
        try withTemporaryDirectory { directory in
            let path = directory.path(of: "root.key")
            let made = try RootKeyFile.create(path, entropy: SeededEntropy())
            #expect(throws: RootKeyError.exists(path: path)) {
                try RootKeyFile.create(path, entropy: SeededEntropy(seed: 2))
            }
            #expect(try RootKeyFile.open(path).id == made.id)
        }
    }

    /// What is left of a full disk: the file, and half of what should be in it.
    @Test func `is not left behind by half`() throws {
        try withTemporaryDirectory { directory in
            let path = directory.path(of: "root.key")
            let full = FileFailure("write", path, code: ENOSPC)
            #expect(throws: RootKeyError.unreadable(reason: full.description)) {
                try RootKeyFile.create(path, entropy: SeededEntropy()) {
                    (file, text) throws(FileFailure) in
                    try file.write(Array(text.prefix(text.count / 2)), at: 0)
                    throw full
                }
            }
            #expect(try directory.names() == [])
            let made = try RootKeyFile.create(path, entropy: SeededEntropy())
            #expect(try RootKeyFile.open(path).id == made.id)
        }
    }

    @Test func `has one line that counts`() throws {
        try withTemporaryDirectory { directory in
            let path = directory.path(of: "root.key")
            try write("# a comment\n\n\(Self.line)\n# another\n", to: path)
            #expect(try RootKeyFile.open(path).id == "2a1bcc1264037943")
        }
    }

    @Test(arguments: [
        "", "# only a comment\n", "SEKISHO-ROOT-KEY-2" + line.dropFirst(18),
        String(line.dropLast()),
        line.replacing("0001", with: "0002"), line.replacing("364c", with: "364d"),
        line.uppercased(), line + " more", line + "\n" + line, line.replacing(" ", with: "  "),
        String(repeating: "#", count: 5000),
    ])
    func `is refused when it is damaged`(text: String) throws {
        try withTemporaryDirectory { directory in
            let path = directory.path(of: "root.key")
            try write(text, to: path)
            #expect(throws: RootKeyError.self) { try RootKeyFile.open(path) }
        }
    }

    @Test func `is refused when it is missing`() throws {
        try withTemporaryDirectory { directory in
            let path = directory.path(of: "root.key")
            #expect(throws: RootKeyError.missing(path: path)) { try RootKeyFile.open(path) }
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o644, 0o777, 0o610])
    func `is refused when others could use it`(mode: Int) throws {
        try withTemporaryDirectory { directory in
            let path = directory.path(of: "root.key")
            _ = try RootKeyFile.create(path, entropy: SeededEntropy())
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(throws: RootKeyError.readableByOthers(path: path, mode: UInt32(mode))) {
                try RootKeyFile.open(path)
            }
        }
    }

    @Test func `says nothing of the key in any error`() {
        let errors: [RootKeyError] = [
            .missing(path: "p"), .exists(path: "p"), .readableByOthers(path: "p", mode: 0o644),
            .damaged(path: "p"), .wrongKey(needed: "a", given: "b"), .notInitialized, .initialized,
        ]
        #expect(errors.map(\.description).allSatisfy { $0.hasSuffix(".") })
        #expect("\(Secret([UInt8](0..<32)))" == "•••")
    }
}

@Suite("A store key")
struct StoreKeyTests {
    private let root = RootKey(Secret([UInt8](0..<32)))
    private let records = StorageEngines.inMemory().records

    @Test func `is made once and opened under the same root key`() async throws {
        let made = try await StoreKey.create(in: records, under: root, entropy: SeededEntropy())
        await #expect(throws: RootKeyError.initialized) {
            try await StoreKey.create(in: records, under: root, entropy: SeededEntropy())
        }
        let opened = try await StoreKey.open(in: records, under: root)
        let sealed = made.key(for: .records).seal([1], for: [2], entropy: SeededEntropy())
        #expect(try opened.key(for: .records).open(sealed, for: [2]) == [1])
    }

    @Test func `is missing before a data directory is set up`() async {
        await #expect(throws: RootKeyError.notInitialized) {
            try await StoreKey.open(in: records, under: root)
        }
    }

    @Test func `does not open under another root key`() async throws {
        _ = try await StoreKey.create(in: records, under: root, entropy: SeededEntropy())
        let other = RootKey(Secret([UInt8](repeating: 1, count: 32)))
        await #expect(throws: RootKeyError.wrongKey(needed: root.id, given: other.id)) {
            try await StoreKey.open(in: records, under: other)
        }
    }

    @Test func `gives a key of its own for each purpose`() throws {
        let key = StoreKey(Secret([UInt8](repeating: 9, count: 32)))
        for one in StoreKey.Purpose.allCases {
            let sealed = key.key(for: one).seal([1], for: [], entropy: SeededEntropy())
            for other in StoreKey.Purpose.allCases {
                let opened = try? key.key(for: other).open(sealed, for: [])
                #expect((opened != nil) == (one == other), "\(one) and \(other)")
            }
        }
    }

    /// Derived by another program from the description: 32 bytes of 9.
    @Test func `derives as docs/formats/root-key.md says`() throws {
        let bytes = try #require(
            try? Hex.bytes(of: "c5fa6b793968a67aa4d46a8384910bf64148a498ed2fdcb3f247c526e62c0749")
        )
        let sealed = SealingKey(Secret(bytes)).seal([1], for: [], entropy: SeededEntropy())
        let key = StoreKey(Secret([UInt8](repeating: 9, count: 32)))
        #expect(try key.key(for: .records).open(sealed, for: []) == [1])
    }
}
