import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

@Suite("The token of a channel")
struct ChannelTokensTests {
    let bench: SSMBench
    let node: NodeID
    let session: SessionID

    init() throws {
        bench = try SSMBench()
        node = NodeID(entropy: bench.bench.entropy)
        session = SessionID(owner: "alice", entropy: bench.bench.entropy)
    }

    private var all: [ChannelToken] {
        [.control(node), .node(session, node), .client(session)]
    }

    @Test func `says what it was made for`() async {
        for token in all {
            let text = bench.service.channelTokens.make(token, in: bench.scope)
            #expect(await bench.service.open(token: text, in: bench.scope) == token)
        }
    }

    @Test func `is good for a minute`() {
        let text = bench.service.channelTokens.make(.control(node), in: bench.scope)
        bench.bench.clock.advance(by: 59)
        #expect(bench.service.channelTokens.open(text, in: bench.scope) != nil)
        bench.bench.clock.advance(by: 1)
        #expect(bench.service.channelTokens.open(text, in: bench.scope) == nil)
    }

    @Test func `is good in its own account and region`() throws {
        let text = bench.service.channelTokens.make(.client(session), in: bench.scope)
        let others = [
            Scope(account: bench.scope.account, region: try Region(parsing: "eu-west-1")),
            Scope(account: try AccountID(parsing: "999999999999"), region: bench.scope.region),
        ]
        for scope in others { #expect(bench.service.channelTokens.open(text, in: scope) == nil) }
    }

    @Test func `opens with no bit changed and no byte missing`() throws {
        let text = bench.service.channelTokens.make(.node(session, node), in: bench.scope)
        let bytes = Array(try #require(Data(base64Encoded: text)))
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1
            let changed = Data(flipped).base64EncodedString()
            #expect(bench.service.channelTokens.open(changed, in: bench.scope) == nil)
            let cut = Data(bytes[..<index]).base64EncodedString()
            #expect(bench.service.channelTokens.open(cut, in: bench.scope) == nil)
        }
    }

    @Test func `fits AWS's 300 characters with the longest ids`() {
        let longest = SessionID(
            owner: String(repeating: "a", count: 200),
            entropy: bench.bench.entropy
        )
        #expect(longest.description.count == 96)
        let text = bench.service.channelTokens.make(.node(longest, node), in: bench.scope)
        #expect(text.count <= 300)
        #expect(
            bench.service.channelTokens.open(text, in: bench.scope) == .node(longest, node)
        )
    }
}
