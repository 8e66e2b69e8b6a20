import NIOCore

/// The address of a peer as all that comes after knows it: without port, without zone, IPv4 as IPv4.
///
/// A socket that takes both families (`[::]`) tells an IPv4 peer as `::ffff:192.0.2.1`. Policies, audit records and
/// limits by source would then see another address than the one that was meant, and a `Deny` on `192.0.2.0/24` would
/// let it in. So it is normalised here, where it is taken, and nowhere else.
enum PeerAddress {
    /// The address of a socket's other end; nil for one that has none, as a Unix socket.
    static func text(of address: SocketAddress?) -> String? {
        address?.ipAddress.map(normalized)
    }

    /// `text` without zone, and in dotted form where it is an IPv4 address in IPv6's clothes (RFC 4291, 2.5.5.2).
    static func normalized(_ text: String) -> String {
        let bare = text.prefix { $0 != "%" }
        let prefix = "::ffff:"
        guard bare.lowercased().hasPrefix(prefix) else { return String(bare) }
        let rest = bare.dropFirst(prefix.count)
        return rest.contains(".") ? String(rest) : String(bare)
    }
}
