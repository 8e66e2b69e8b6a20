/// Whom a client believes when a server says who it is.
///
/// The server's certificate must lead to one of these roots and name the host that was dialled, or the
/// IP address when that was dialled. There is no way to skip the check.
package enum TrustRoots: Hashable, Sendable {
    /// The roots that the machine trusts.
    case system
    /// The certificates in one PEM file, instead of the machine's: a private CA.
    case file(String)
}
