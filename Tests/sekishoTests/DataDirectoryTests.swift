import RootKeys
import Testing

@testable import sekisho

@Suite("A data directory")
struct DataDirectoryTests {
    @Test(arguments: [
        (RootKeyError.missing(path: "/k"), ["/k", "--root-key", "SEKISHO_ROOT_KEY"], []),
        (.wrongKey(needed: "a", given: "b"), ["--root-key"], []),
        (.readableByOthers(path: "/k", mode: 0o644), ["644", "chmod 600 /k"], ["--root-key"]),
        (.damaged(path: "/k"), ["/k", "backup", "decrypted"], ["--root-key"]),
    ])
    func `a root key that does not do comes with what mends it`(
        error: RootKeyError,
        said: [String],
        unsaid: [String]
    ) {
        let text = "\(Failure(error))"
        for words in said { #expect(text.contains(words)) }
        for words in unsaid { #expect(!text.contains(words)) }
    }
}
