import Foundation
import NIOCore
import ServiceKit
import SessionWire
import Synchronization
import Testing
import Vocabulary

@testable import Gateway

/// One node with 24 sessions once stalled all others: frames were digested and decoded under the lock of everybody.
@Suite("What one session sends")
struct RelayLockTests {
    private let base = RelayMachineTests()
    private let registry = NodeRegistry()

    private func key(_ session: String) throws -> NodeRegistry.SessionKey {
        NodeRegistry.SessionKey(
            session: try SessionID(parsing: session),
            scope: Scope(
                account: try AccountID(parsing: "111122223333"),
                region: try Region(parsing: "us-east-1")
            )
        )
    }

    private func relayed(_ session: String) throws -> NodeRegistry.SessionKey {
        let key = try key(session)
        let session = RelayedSession(
            session: key.session,
            node: try NodeID(parsing: "mi-0123456789abcdef0"),
            startedAt: Date(),
            idleTimeout: nil,
            maximumDuration: nil
        )
        #expect(registry.learn(key, session))
        return key
    }

    /// Without a wait of its own between the two threads, so that a busy machine changes nothing.
    @Test func `is decided on while other sessions, look-ups and tokens go on`() throws {
        let busy = try relayed("alice-0123456789abcdef0")
        let other = try relayed("bob-0123456789abcdef0")
        let isInside = Mutex(false)
        let entered = DispatchSemaphore(value: 0)
        let leave = DispatchSemaphore(value: 0)
        let left = DispatchSemaphore(value: 0)
        let registry = registry
        Thread {
            _ = registry.decide(busy) { _, _ in
                isInside.withLock { $0 = true }
                entered.signal()
                // Were its lock anybody else's, they would wait until this gives up.
                _ = leave.wait(timeout: .now() + 20)
                isInside.withLock { $0 = false }
            }
            left.signal()
        }.start()
        entered.wait()
        #expect(registry.decide(other) { relay, _ in relay.isOver } == false)
        #expect(registry.hasRelay(other))
        #expect(registry.use(token: "t"))
        #expect(registry.takeRefusals() == 0)
        #expect(isInside.withLock { $0 }, "the others waited for the busy one")
        leave.signal()
        left.wait()
    }

    @Test func `has its handshake read once, however often it is sent`() throws {
        var relay = try base.relay()
        let (header, _) = try base.message(.outputStreamData, 0, .handshakeRequest)
        let isRead = relay.wantsContents(header, from: .agent)
        #expect(isRead)
        for number in Int64(0)..<3 {
            let (again, _) = try base.message(.outputStreamData, number, .handshakeRequest)
            let isReadAgain = relay.wantsContents(again, from: .agent)
            #expect(!isReadAgain)
        }
    }

    @Test func `is read of two kinds only, from nodes only, and up to a limit`() throws {
        let most = [UInt8](repeating: 0x20, count: Limits.relayReadPayloadBytes)
        let (largest, _) = try base.message(.outputStreamData, 0, .handshakeRequest, most)
        #expect(FrameContents.mayMatter(largest, from: .agent))
        #expect(!FrameContents.mayMatter(largest, from: .client))
        let (larger, _) = try base.message(.outputStreamData, 0, .handshakeRequest, most + [0x20])
        #expect(!FrameContents.mayMatter(larger, from: .agent))
        let (output, _) = try base.message(.outputStreamData, 0, .output)
        #expect(!FrameContents.mayMatter(output, from: .agent))
        let (state, _) = try base.message(.agentSessionState, 0, .none)
        #expect(FrameContents.mayMatter(state, from: .agent))
        let (large, _) = try base.message(.agentSessionState, 0, .none, most + [0x20])
        #expect(!FrameContents.mayMatter(large, from: .agent))
    }

    @Test func `is nothing when it cannot be read`() throws {
        let (header, frame) = try base.message(.agentSessionState, 0, .none, Array("{".utf8))
        #expect(FrameContents(frame, header) == .opaque)
        var broken = frame
        broken.setInteger(UInt8(0xFF), at: broken.writerIndex - 1)
        #expect(FrameContents(broken, header) == .opaque)
    }
}

@Suite("Tokens that were used")
struct UsedTokenTests {
    private let start = Date(timeIntervalSince1970: 1_767_323_045)

    @Test func `open once, and are forgotten when they have run out`() {
        let tokens = UsedTokens(limit: 3)
        #expect(tokens.use("a", now: start))
        #expect(!tokens.use("a", now: start))
        let later = start.addingTimeInterval(Limits.usedChannelTokenSeconds)
        #expect(!tokens.use("a", now: later.addingTimeInterval(-1)))
        #expect(tokens.use("a", now: later))
    }

    @Test func `are refused rather than forgotten when there are too many`() {
        let tokens = UsedTokens(limit: 3)
        for name in ["a", "b", "c"] { #expect(tokens.use(name, now: start)) }
        #expect(!tokens.use("d", now: start))
        #expect(!tokens.use("a", now: start))
        let later = start.addingTimeInterval(Limits.usedChannelTokenSeconds)
        #expect(tokens.use("d", now: later))
        #expect(!tokens.use("d", now: later))
    }

    @Test func `are kept apart however many come and go`() {
        let tokens = UsedTokens(limit: 10)
        for index in 0..<1000 {
            let now = start.addingTimeInterval(Double(index) * 20)
            #expect(tokens.use("\(index)", now: now))
            #expect(!tokens.use("\(index)", now: now))
            if index > 0 { #expect(!tokens.use("\(index - 1)", now: now)) }
        }
    }
}
