import Crypto
import Encoding
import Files
import Sealing
import Storage
package import Vocabulary

/// A root key in a file that only its owner can read.
///
/// The file is text: comments for whoever finds it, then one line
/// `SEKISHO-ROOT-KEY-1 <64 hexadecimal digits> <8 hexadecimal digits of a checksum>`. The checksum tells a
/// typing error or a bad copy from a wrong key; it protects nothing. See docs/formats/root-key.md.
package enum RootKeyFile {
    private static let mark = "SEKISHO-ROOT-KEY-1"
    /// More than any root key file has; what is longer is something else.
    private static let sizeLimit = 4096

    /// Makes a new root key at `path`, with mode 0600, durable when it returns.
    ///
    /// Never replaces a file, and leaves none when it throws.
    package static func create(
        _ path: String,
        entropy: some Entropy
    ) throws(RootKeyError) -> RootKey {
        try create(path, entropy: entropy) { (file, text) throws(FileFailure) in
            try file.write(text, at: 0)
            try file.synchronize()
        }
    }

    /// The same with another way to fill the new file, which tests need to see it fail.
    static func create(
        _ path: String,
        entropy: some Entropy,
        filling fill: (OpenFile, [UInt8]) throws(FileFailure) -> Void
    ) throws(RootKeyError) -> RootKey {
        let secret = Secret(entropy.bytes(RootKey.length))
        let (folder, name) = Directory.place(of: path)
        let file: OpenFile
        do {
            file = try OpenFile(path, for: .creating)
        } catch {
            throw error.isExisting ? .exists(path: path) : .unreadable(reason: error.description)
        }
        do {
            try fill(file, text(of: secret))
            try folder.synchronize()
        } catch {
            // Half a key opens nothing, and would stand in the way of the next attempt.
            try? folder.remove(name)
            throw .unreadable(reason: error.description)
        }
        return RootKey(secret)
    }

    /// Reads the root key at `path`.
    ///
    /// Refuses a file that its group or others may read, write or run, so that a slip with a mode is found at
    /// the next start rather than by somebody else.
    package static func open(_ path: String) throws(RootKeyError) -> RootKey {
        let bytes: [UInt8]
        let mode: UInt32
        do {
            let file = try OpenFile(path, for: .reading)
            mode = try file.mode()
            bytes = try file.readAll(limit: sizeLimit)
        } catch {
            throw error.isMissing ? .missing(path: path) : .unreadable(reason: error.description)
        }
        guard mode & 0o077 == 0 else { throw .readableByOthers(path: path, mode: mode) }
        guard let secret = secret(in: bytes) else { throw .damaged(path: path) }
        return RootKey(secret)
    }

    static func text(of secret: Secret) -> [UInt8] {
        let key = secret.withBytes { Hex.text(of: $0) }
        let lines = [
            "# The root key of a Sekisho server. Whoever has it and the data can read everything;",
            "# whoever has lost it can read nothing. Keep a copy away from the data.",
            "\(mark) \(key) \(checksum(of: key))",
        ]
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    static func secret(in bytes: [UInt8]) -> Secret? {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
        guard lines.count == 1 else { return nil }
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == mark, words[2] == checksum(of: String(words[1])),
            let key = try? Hex.bytes(of: words[1], in: .lowercase), key.count == RootKey.length
        else { return nil }
        return Secret(key)
    }

    /// The first four bytes of SHA-256 over the mark, a space and the key's digits.
    private static func checksum(of key: String) -> String {
        Hex.text(of: SHA256.hash(data: Array("\(mark) \(key)".utf8)).prefix(4))
    }
}
