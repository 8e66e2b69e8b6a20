import Crypto
import FoundationEssentials
import Sealing
import SessionWire
import Simulation
import Testing
import Vocabulary

@Suite("A session's encryption")
struct SessionCipherTests {
    let key = Secret((0..<64).map { UInt8($0) })

    func ends() throws -> (agent: SessionCipher, client: SessionCipher) {
        (
            try SessionCipher(dataKey: key, end: .agent, entropy: SeededEntropy(seed: 1)),
            try SessionCipher(dataKey: key, end: .client, entropy: SeededEntropy(seed: 2))
        )
    }

    @Test func `each end opens what the other sealed, and not its own`() throws {
        var (agent, client) = try ends()
        let fromAgent = try agent.seal([1, 2, 3])
        let fromClient = try client.seal([4, 5])
        #expect(try client.open(fromAgent) == [1, 2, 3])
        #expect(try agent.open(fromClient) == [4, 5])
        let opener = agent
        #expect(throws: SessionCipherError.notAuthentic) { try opener.open(fromAgent) }
        #expect(fromAgent.count == 3 + SessionCipher.overhead)
    }

    /// Opened with the bare primitive: nonce, then ciphertext, then tag, under the first half of the key.
    @Test func `the first half of the key is what the agent encrypts with`() throws {
        var (agent, client) = try ends()
        for (sealed, half) in [(try agent.seal([9]), 0..<32), (try client.seal([9]), 32..<64)] {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: sealed.prefix(12)),
                ciphertext: sealed.dropFirst(12).dropLast(16),
                tag: sealed.suffix(16)
            )
            let halfKey = SymmetricKey(data: half.map { UInt8($0) })
            #expect(Array(try AES.GCM.open(box, using: halfKey)) == [9])
        }
    }

    @Test func `with one bit flipped or a byte less nothing is opened`() throws {
        let client = try ends().client
        var agent = try ends().agent
        let sealed = try agent.seal([1, 2, 3])
        let broken = (0..<sealed.count * 8).map { bit in
            var flipped = sealed
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            return flipped
        }
        #expect(try client.open(sealed) == [1, 2, 3])
        for payload in broken + sealed.indices.map({ Array(sealed.prefix($0)) }) {
            #expect(throws: SessionCipherError.notAuthentic) { try client.open(payload) }
        }
    }

    @Test func `the agent counts its nonces from a random start, the first byte foremost`() throws {
        var (agent, _) = try ends()
        let first = try agent.seal([0]).prefix(12)
        let second = try agent.seal([0]).prefix(12)
        let isCarried = first[0] == 0xFF
        #expect(second[0] == first[0] &+ 1)
        if !isCarried { #expect(Array(second.dropFirst()) == Array(first.dropFirst())) }
    }

    /// A start of all ones in the low word, so that the next nonce carries.
    @Test func `the agent's counter carries from word to word`() throws {
        struct Ones: Entropy {
            func bytes(_ count: Int) -> [UInt8] {
                [UInt8](repeating: 0xFF, count: min(8, count))
                    + [UInt8](repeating: 0, count: max(0, count - 8))
            }
        }
        var agent = try SessionCipher(dataKey: key, end: .agent, entropy: Ones())
        let first = Array(try agent.seal([]).prefix(12))
        let second = Array(try agent.seal([]).prefix(12))
        #expect(first == [UInt8](repeating: 0xFF, count: 8) + [0, 0, 0, 0])
        #expect(second == [UInt8](repeating: 0, count: 8) + [1, 0, 0, 0])
    }

    @Test(arguments: [0, 32, 63, 65])
    func `a key of another length is refused`(length: Int) {
        let key = Secret([UInt8](repeating: 0, count: length))
        #expect(throws: SessionCipherError.keyLength(length)) {
            try SessionCipher(dataKey: key, end: .agent, entropy: SeededEntropy())
        }
    }
}
