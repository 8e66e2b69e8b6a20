import FoundationEssentials
import Sealing
import ServiceKit
import Vocabulary

/// The tokens by which nodes and people attach to the gateway.
///
/// A token is sealed for its account and region, says what it was made for, and is good for a minute. Plain
/// text: kind (1 byte) ‖ expiry in milliseconds since 1970 (8, big-endian) ‖ length of the session id (1) ‖
/// session id ‖ node id. In base64 it stays below the 300 characters of AWS's field.
struct ChannelTokens: Sendable {
    let key: SealingKey
    let clock: any WallClock
    let entropy: any Entropy

    func make(_ token: ChannelToken, in scope: Scope) -> String {
        let (kind, session, node): (UInt8, String, String) =
            switch token {
            case .control(let node): (1, "", node.description)
            case .node(let session, let node): (2, session.description, node.description)
            case .client(let session): (3, session.description, "")
            }
        let plain =
            [kind] + Self.bytes(milliseconds(after: Limits.channelTokenLifetime))
            + [UInt8(session.utf8.count)] + Array(session.utf8) + Array(node.utf8)
        let sealed = key.seal(plain, for: Self.place(scope), entropy: entropy)
        return Data(sealed).base64EncodedString()
    }

    /// What a token was made for; nil when it is not one of ours for this scope, or is too old.
    func open(_ text: String, in scope: Scope) -> ChannelToken? {
        // A second spelling of the same bytes would be a second use.
        guard let sealed = Data(base64Encoded: text), sealed.base64EncodedString() == text,
            let plain = try? key.open(Array(sealed), for: Self.place(scope)), plain.count >= 10
        else { return nil }
        let expires = plain[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let sessionEnd = 10 + Int(plain[9])
        guard expires > milliseconds(after: 0), plain.count >= sessionEnd else { return nil }
        let session = try? SessionID(
            parsing: String(decoding: plain[10..<sessionEnd], as: UTF8.self)
        )
        let node = try? NodeID(parsing: String(decoding: plain[sessionEnd...], as: UTF8.self))
        switch (plain[0], session, node) {
        case (1, nil, let node?): return .control(node)
        case (2, let session?, let node?): return .node(session, node)
        case (3, let session?, nil): return .client(session)
        default: return nil
        }
    }

    private func milliseconds(after seconds: Double) -> UInt64 {
        UInt64(max(0, (clock.now().timeIntervalSince1970 + seconds) * 1000))
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func place(_ scope: Scope) -> [UInt8] {
        Array("channel token\u{0}\(scope.account)\u{0}\(scope.region)".utf8)
    }
}
