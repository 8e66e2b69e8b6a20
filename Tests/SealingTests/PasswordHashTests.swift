import Simulation
import Testing

@testable import Sealing

@Suite("A password's hash")
struct PasswordHashTests {
    private let hash: PasswordHash

    init() throws {
        hash = try PasswordHash(Secret(utf8: "right horse"), entropy: SeededEntropy(seed: 3))
    }

    @Test(arguments: [
        ("right horse", true),
        ("right horse ", false),
        ("Right horse", false),
        ("", false),
    ])
    func `it matches its own password and no other`(password: String, isRight: Bool) throws {
        #expect(try hash.matches(Secret(utf8: password)) == isRight)
        let kept = try #require(PasswordHash(hash.description))
        #expect(try kept.matches(Secret(utf8: password)) == isRight)
    }

    @Test func `the same password twice gives two hashes`() throws {
        let other = try PasswordHash(Secret(utf8: "right horse"), entropy: SeededEntropy(seed: 4))
        #expect(other.description != hash.description)
    }

    @Test(arguments: ["", "scrypt", "scrypt$1$8$1$AAAA$AAAA", "bcrypt$16384$8$1$$", "a$b$c$d$e$f"])
    func `what is no such text is none`(text: String) {
        #expect(PasswordHash(text) == nil)
    }
}
