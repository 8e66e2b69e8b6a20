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

    /// A session whose node is attached.
    private func attached() throws -> RelayMachine {
        var relay = try base.relay()
        _ = base.attach(.agent, base.agent, to: &relay, now: base.start)
        return relay
    }

    @Test func `has its handshake read until it could be, and then no more`() throws {
        var relay = try attached()
        let request = HandshakeRequest(agentVersion: "3.3", requestedActions: []).json()
        for number in Int64(0)..<2 {
            let payload = number == 0 ? Array("{".utf8) : request
            let (header, frame) = try base.message(
                .outputStreamData,
                number,
                .handshakeRequest,
                payload
            )
            let isRead = relay.wantsContents(header, from: .agent, base.agent)
            #expect(isRead)
            _ = relay.received(
                from: .agent,
                base.agent,
                header,
                frame,
                contents: FrameContents(frame, header),
                now: base.start
            )
        }
        let (again, _) = try base.message(.outputStreamData, 2, .handshakeRequest, request)
        let isReadAgain = relay.wantsContents(again, from: .agent, base.agent)
        #expect(!isReadAgain)
    }

    @Test func `is tried so many times and no more, and of the attached end only`() throws {
        var relay = try attached()
        let (header, _) = try base.message(.outputStreamData, 0, .handshakeRequest)
        let isStrangers = relay.wantsContents(header, from: .agent, ConnectionID(number: 99))
        #expect(!isStrangers)
        for _ in 0..<Limits.handshakeReadings {
            let isRead = relay.wantsContents(header, from: .agent, base.agent)
            #expect(isRead)
        }
        let isReadOnceMore = relay.wantsContents(header, from: .agent, base.agent)
        #expect(!isReadOnceMore)
        // What a node says of its end is read all the same, whatever it says the payload is.
        let (state, _) = try base.message(.agentSessionState, 0, .handshakeRequest)
        let isStateRead = relay.wantsContents(state, from: .agent, base.agent)
        #expect(isStateRead)
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

    @Test func `is relayed for so many sessions and no more`() async throws {
        let registry = NodeRegistry(relayLimit: 2)
        let node = try NodeID(parsing: "mi-0123456789abcdef0")
        func learn(_ name: String) throws -> Bool {
            let key = try key("\(name)-0123456789abcdef0")
            return registry.learn(
                key,
                RelayedSession(
                    session: key.session,
                    node: node,
                    startedAt: Date(),
                    idleTimeout: nil,
                    maximumDuration: nil
                )
            )
        }
        #expect(try learn("alice"))
        #expect(try learn("bob"))
        #expect(try !learn("carol"))
        #expect(try learn("bob"))
        registry.forget(try key("alice-0123456789abcdef0"))
        #expect(try learn("carol"))
    }

    @Test func `goes to no session that was let go of at the same moment`() throws {
        let relay = SessionRelay(node: try NodeID(parsing: "mi-0123456789abcdef0"))
        #expect(relay.retireIfUnknown())
        let session = RelayedSession(
            session: try SessionID(parsing: "alice-0123456789abcdef0"),
            node: relay.node,
            startedAt: Date(),
            idleTimeout: nil,
            maximumDuration: nil
        )
        #expect(!relay.learn(session, now: 0))
        #expect(
            !relay.started(
                SessionStart(session: session.session, node: relay.node, content: "{}"),
                now: 0
            )
        )
        let other = SessionRelay(node: relay.node)
        #expect(other.learn(session, now: 0))
        #expect(!other.retireIfUnknown())
        #expect(other.isKnown)
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
