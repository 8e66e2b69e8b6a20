import NIOCore

/// Why the server does not listen.
package enum ListenerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text is no address to listen on.
    case unreadable(String)
    /// Plain http would send signed requests and their answers in the clear.
    case plainOutsideLoopback(String)
    /// No certificate for an https address.
    case noIdentity(String)
    /// The system refuses the address.
    case cannotListen(String, reason: String)

    package var description: String {
        switch self {
        case .unreadable(let text):
            "'\(text)' is no address to listen on; write https://HOST:PORT or http://127.0.0.1:PORT."
        case .plainOutsideLoopback(let text):
            "\(text) would serve without encryption to other machines; use https, or a loopback "
                + "address (127.0.0.1, ::1, localhost)."
        case .noIdentity(let text):
            "\(text) needs a certificate; give one, or let 'sekisho init' make it."
        case .cannotListen(let text, let reason): "cannot listen on \(text): \(reason)"
        }
    }
}

/// An address to serve on, `https://HOST:PORT`, or `http://HOST:PORT` on loopback only.
package struct Listener: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case https
        case http
    }

    package let scheme: Scheme
    /// A name or an address, IPv6 without brackets.
    package let host: String
    /// 0 for any free port.
    package let port: Int

    package init(parsing text: String) throws(ListenerError) {
        guard let separator = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: String(text[..<separator.lowerBound]))
        else { throw .unreadable(text) }
        var rest = text[separator.upperBound...]
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let colon = rest.lastIndex(of: ":"),
            let port = Int(rest[rest.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw .unreadable(text) }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard SocketAddress.isAddress(String(host)) else { throw .unreadable(text) }
        } else if host.isEmpty || host.contains(where: { ":/@[]".contains($0) }) {
            throw .unreadable(text)
        }
        try self.init(scheme: scheme, host: String(host), port: port)
    }

    package init(scheme: Scheme, host: String, port: Int) throws(ListenerError) {
        self.scheme = scheme
        self.host = host
        self.port = port
        guard scheme == .https || isLoopback else { throw .plainOutsideLoopback(description) }
    }

    package var description: String {
        "\(scheme.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// Whether only this machine can reach it; of names, `localhost` alone is trusted to be so.
    private var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        return host.hasPrefix("127.") && SocketAddress.isAddress(host)
    }

    func bound(to port: Int) -> BoundListener { BoundListener(listener: self, port: port) }
}

/// A listener with the port that the system gave it.
package struct BoundListener: Hashable, Sendable, CustomStringConvertible {
    package let listener: Listener
    package let port: Int

    /// The address as a URL, such as `https://127.0.0.1:8443`.
    package var description: String {
        let host = listener.host.contains(":") ? "[\(listener.host)]" : listener.host
        return "\(listener.scheme.rawValue)://\(host):\(port)"
    }
}

extension SocketAddress {
    fileprivate static func isAddress(_ text: String) -> Bool {
        (try? SocketAddress(ipAddress: text, port: 0)) != nil
    }
}
