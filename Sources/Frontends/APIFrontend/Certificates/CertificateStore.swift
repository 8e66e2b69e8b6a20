import FoundationEssentials
import Glibc
package import Sealing
package import Vocabulary

/// The authority and the server's certificate in a data directory.
///
/// `ca.pem` is for clients to trust. `tls/authority` and `tls/server` hold a certificate with its key as JSON,
/// sealed under a key that the store key gives, and bound to their names: no private key is ever plain
/// there. See docs/formats/data-directory.md.
package struct CertificateStore: Sendable {
    private let directory: String
    private let key: SealingKey
    private let clock: any WallClock
    private let entropy: any Entropy

    package init(
        directory: String,
        key: SealingKey,
        clock: any WallClock = SystemClock(),
        entropy: any Entropy = SystemEntropy()
    ) {
        self.directory = directory
        self.key = key
        self.clock = clock
        self.entropy = entropy
    }

    /// Where clients find the certificate to trust.
    package var authorityCertificatePath: String { "\(directory)/ca.pem" }

    /// Makes the authority of a new data directory, and a server certificate for `names`.
    package func create(name: String, for names: [CertificateName]) throws {
        let folder = "\(directory)/tls"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw CertificateError.unreadable(
                "\(folder) cannot be made: \(String(cString: strerror(errno)))."
            )
        }
        let authority = try CertificateAuthority(name: name, now: clock.now(), entropy: entropy)
        let pair = IssuedCertificate(
            certificatePEM: try authority.certificatePEM,
            privateKeyPEM: authority.privateKeyPEM
        )
        try write(pair, "authority")
        try PrivateFile.write(Array(pair.certificatePEM.utf8), to: authorityCertificatePath)
        // It holds no secret, and clients of other users are to read it.
        chmod(authorityCertificatePath, 0o644)
        try write(try authority.issue(for: names, now: clock.now(), entropy: entropy), "server")
    }

    package func authority() throws -> CertificateAuthority {
        let pair = try read("authority")
        return try CertificateAuthority(
            certificatePEM: pair.certificatePEM,
            privateKeyPEM: pair.privateKeyPEM
        )
    }

    /// Issues a certificate for `names`, which is kept nowhere.
    package func issue(for names: [CertificateName]) throws -> IssuedCertificate {
        try authority().issue(for: names, now: clock.now(), entropy: entropy)
    }

    /// The server's certificate, made anew when a third of its life or less is left.
    package func serverCertificate() throws -> IssuedCertificate {
        let current = try read("server")
        let names = try current.facts().names
        guard try current.needsRenewal(for: names, now: clock.now()) else { return current }
        let renewed = try issue(for: names)
        try write(renewed, "server")
        return renewed
    }

    private func write(_ pair: IssuedCertificate, _ name: String) throws {
        let plain = Array(try JSONEncoder().encode(pair))
        let sealed = key.seal(plain, for: Self.place(name), entropy: entropy)
        try PrivateFile.write(sealed, to: "\(directory)/tls/\(name)")
    }

    private func read(_ name: String) throws -> IssuedCertificate {
        let path = "\(directory)/tls/\(name)"
        let sealed = try PrivateFile.read(path)
        do {
            let plain = try key.open(sealed, for: Self.place(name))
            return try JSONDecoder().decode(IssuedCertificate.self, from: Data(plain))
        } catch {
            throw CertificateError.unreadable("\(path) is damaged, or of another data directory.")
        }
    }

    private static func place(_ name: String) -> [UInt8] { Array("tls/\(name)".utf8) }
}
