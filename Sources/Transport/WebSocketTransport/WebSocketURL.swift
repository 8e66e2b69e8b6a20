/// A `ws://` or `wss://` address, taken apart.
///
/// Plain `ws://` is for this machine only: elsewhere a token in the first frame would be readable by
/// whoever is on the way.
package struct WebSocketURL: Hashable, Sendable {
    package let isSecure: Bool
    /// A name or an address, IPv6 without its brackets.
    package let host: String
    package let port: Int
    /// Path and query, at least `/`.
    package let target: String

    package init(parsing text: String) throws(WebSocketError) {
        func invalid(_ reason: String) -> WebSocketError { .invalidAddress(text, reason: reason) }
        guard text.utf8.count <= 8192, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw invalid("it holds characters that an address cannot hold")
        }
        let rest: Substring
        if text.hasPrefix("wss://") {
            (isSecure, rest) = (true, text.dropFirst(6))
        } else if text.hasPrefix("ws://") {
            (isSecure, rest) = (false, text.dropFirst(5))
        } else {
            throw invalid("it must begin with wss:// or ws://")
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest.dropFirst(authority.count)
        target = tail.hasPrefix("/") ? String(tail) : "/" + tail
        guard !authority.contains("@"), !tail.contains("#") else {
            throw invalid("it must not hold a user or a fragment")
        }
        let name: Substring
        let portText: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw invalid("a ] is missing") }
            name = authority[authority.index(after: authority.startIndex)..<end]
            portText = authority[authority.index(after: end)...]
        } else {
            name = authority.prefix { $0 != ":" }
            portText = authority[name.endIndex...]
        }
        guard !name.isEmpty else { throw invalid("it names no host") }
        host = String(name)
        if portText.isEmpty {
            port = isSecure ? 443 : 80
        } else {
            guard portText.hasPrefix(":"), let number = UInt16(portText.dropFirst()), number > 0
            else { throw invalid("its port is not a number from 1 to 65535") }
            port = Int(number)
        }
        guard isSecure || Self.isLoopback(host) else {
            throw invalid("without TLS only this machine itself can be reached; use wss://")
        }
    }

    /// The value of the `Host` header: with the port unless it is the scheme's own.
    package var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || isLoopbackV4(host)
    }

    private static func isLoopbackV4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
