import Crypto
import FoundationEssentials
import Sealing
import Vocabulary

/// The 256 bits that a KMS key consists of, in memory only.
struct KeyMaterial: Sendable {
    private static let byteCount = 32

    let keyID: KeyID
    let materialID: MaterialID
    private let key: SymmetricKey

    private init(_ secret: Secret, keyID: KeyID, materialID: MaterialID) {
        self.keyID = keyID
        self.materialID = materialID
        key = secret.withBytes { SymmetricKey(data: $0) }
    }

    /// Makes new material and wraps it for its key.
    static func wrapped(
        for keyID: KeyID,
        _ materialID: MaterialID,
        by materialKey: SealingKey,
        entropy: any Entropy
    ) -> Data {
        let bytes = entropy.bytes(byteCount)
        return Data(materialKey.seal(bytes, for: place(keyID, materialID), entropy: entropy))
    }

    /// Opens the material of a record.
    init(of record: KeyRecord, with materialKey: SealingKey) throws(SealingError) {
        let bytes = try materialKey.open(
            Array(record.wrappedMaterial),
            for: Self.place(record.keyID, record.materialID)
        )
        guard bytes.count == Self.byteCount else { throw .truncated }
        self.init(Secret(bytes), keyID: record.keyID, materialID: record.materialID)
    }

    /// The key for one ciphertext, by HKDF-SHA-256 from the material and the ciphertext's own salt.
    func derivedKey(salt: some DataProtocol) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key,
            salt: salt,
            info: Self.purpose,
            outputByteCount: Self.byteCount
        )
    }

    private static let purpose = Array("sekisho kms ciphertext v1".utf8)

    private static func place(_ keyID: KeyID, _ materialID: MaterialID) -> [UInt8] {
        Array("kms key material".utf8) + keyID.bytes + materialID.bytes
    }
}
