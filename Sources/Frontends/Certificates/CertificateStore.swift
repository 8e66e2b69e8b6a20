import Files
import FoundationEssentials
import Glibc
package import Sealing
package import Vocabulary

/// The authority and the server's certificate in a data directory.
///
/// `ca.pem` is for clients to trust. `tls/authority` and `tls/server` hold a certificate with its key as JSON,
/// wrapped by the root key for their names: no private key is ever plain there, and none opens in another's
/// place. See docs/formats/data-directory.md.
package struct CertificateStore: Sendable {
    /// How the root key wraps a secret for a place, and opens it again.
    package struct Wrapping: Sendable {
        package let wrap: @Sendable (Secret, _ place: String) -> [UInt8]
        package let unwrap: @Sendable ([UInt8], _ place: String) throws -> Secret

        package init(
            wrap: @escaping @Sendable (Secret, String) -> [UInt8],
            unwrap: @escaping @Sendable ([UInt8], String) throws -> Secret
        ) {
            self.wrap = wrap
            self.unwrap = unwrap
        }
    }

    private let directory: String
    private let wrapping: Wrapping
    private let clock: any WallClock
    private let entropy: any Entropy

    package init(
        directory: String,
        wrapping: Wrapping,
        clock: any WallClock = SystemClock(),
        entropy: any Entropy = SystemEntropy()
    ) {
        self.directory = directory
        self.wrapping = wrapping
        self.clock = clock
        self.entropy = entropy
    }

    /// Where clients find the certificate to trust.
    package var authorityCertificatePath: String { "\(directory)/ca.pem" }

    /// Makes the authority of a new data directory, and a server certificate for `names`.
    package func create(name: String, for names: [CertificateName]) throws {
        let folder = Directory(directory).folder("tls")
        do {
            if try folder.create() { try Directory(directory).synchronize() }
        } catch {
            throw CertificateError.unreadable("\(folder.path) cannot be made: \(error).")
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
        let plain = Secret(Array(try JSONEncoder().encode(pair)))
        let place = Self.place(name)
        try PrivateFile.write(wrapping.wrap(plain, place), to: "\(directory)/\(place)")
    }

    private func read(_ name: String) throws -> IssuedCertificate {
        let place = Self.place(name)
        let wrapped = try PrivateFile.read("\(directory)/\(place)")
        let plain: Secret
        do {
            plain = try wrapping.unwrap(wrapped, place)
        } catch {
            throw CertificateError.unreadable("\(directory)/\(place) does not open: \(error)")
        }
        return try plain.withBytes {
            try JSONDecoder().decode(IssuedCertificate.self, from: Data($0))
        }
    }

    private static func place(_ name: String) -> String { "tls/\(name)" }
}
