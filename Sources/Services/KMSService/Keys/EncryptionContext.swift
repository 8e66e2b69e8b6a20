import FoundationEssentials
import ServiceKit
import Vocabulary

/// The names and values that a ciphertext is bound to; not secret, and part of the audit record.
struct EncryptionContext: Sendable, Equatable {
    let pairs: [String: String]

    init(_ pairs: [String: String]) {
        self.pairs = pairs
    }

    /// Takes what a request gave; throws if it is longer than AWS allows.
    init(checking pairs: [String: String]?) throws {
        let pairs = pairs ?? [:]
        let length = pairs.reduce(0) {
            $0 + $1.key.unicodeScalars.count + $1.value.unicodeScalars.count
        }
        guard length <= Limits.kmsEncryptionContextCharacters else {
            throw KMSFault.validation(
                "The encryption context has \(length) characters; at most "
                    + "\(Limits.kmsEncryptionContextCharacters) are allowed."
            )
        }
        self.pairs = pairs
    }

    /// The same bytes for the same pairs: sorted by the bytes of the names, each text after its length.
    var canonicalBytes: [UInt8] {
        guard !pairs.isEmpty else { return [] }
        let sorted = pairs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        var bytes: [UInt8] = []
        for (name, value) in sorted {
            for text in [name, value] {
                withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) {
                    bytes.append(contentsOf: $0)
                }
                bytes.append(contentsOf: text.utf8)
            }
        }
        return bytes
    }

    /// What policies may ask: each value under `kms:EncryptionContext:NAME`, and all names.
    var conditionValues: [String: [String]] {
        guard !pairs.isEmpty else { return [:] }
        var values = ["kms:EncryptionContextKeys": pairs.keys.sorted()]
        for (name, value) in pairs { values["kms:EncryptionContext:\(name)"] = [value] }
        return values
    }

    /// Records it as a JSON object under the name that CloudTrail uses.
    func note(in context: OperationContext, as parameter: String = "encryptionContext") {
        guard !pairs.isEmpty else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(pairs) else { return }
        context.audit.noted(parameter, String(decoding: json, as: UTF8.self))
    }
}
