import Crypto
package import FoundationEssentials
import SwiftASN1
package import Vocabulary
import X509

/// A certificate and its key, in PEM: what a server shows and what it proves it with.
package struct IssuedCertificate: Codable, Sendable {
    package let certificatePEM: String
    /// Secret: it is written only to a file of mode 0600 that the operator asked for, or sealed.
    package let privateKeyPEM: String
}

/// A private certificate authority: one P-256 key whose certificate the clients are told to trust.
///
/// It signs server certificates and nothing else: its path length is 0 and its leaves may only serve TLS.
/// The form follows RFC 5280 closely enough for `openssl verify -x509_strict`.
package struct CertificateAuthority: Sendable {
    private let certificate: Certificate
    private let key: P256.Signing.PrivateKey

    /// Makes a new one, good for ten years from `now`.
    package init(name: String, now: Date, entropy: some Entropy) throws {
        key = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(key.publicKey)
        let subject = try DistinguishedName {
            OrganizationName("Sekisho")
            CommonName(String(name.prefix(Limits.certificateCommonNameLength)))
        }
        certificate = try Certificate(
            version: .v3,
            serialNumber: Self.serialNumber(entropy),
            publicKey: publicKey,
            notValidBefore: now.addingTimeInterval(-Limits.certificateBackdating),
            notValidAfter: now.addingTimeInterval(Limits.authorityLifetime),
            issuer: subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            },
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
    }

    /// Takes up one that was made before.
    package init(certificatePEM: String, privateKeyPEM: String) throws {
        certificate = try Certificate(pemEncoded: certificatePEM)
        key = try P256.Signing.PrivateKey(pemRepresentation: privateKeyPEM)
        guard certificate.publicKey == Certificate.PublicKey(key.publicKey) else {
            throw CertificateError.keyDoesNotMatch
        }
    }

    package var certificatePEM: String {
        get throws { try certificate.serializeAsPEM().pemString + "\n" }
    }

    /// Secret, as `IssuedCertificate.privateKeyPEM`.
    package var privateKeyPEM: String { key.pemRepresentation }

    /// Issues a server certificate for `names`, the first of which is also its common name.
    package func issue(
        for names: [CertificateName],
        now: Date,
        entropy: some Entropy
    ) throws -> IssuedCertificate {
        guard let first = names.first, names.count <= Limits.certificateNames else {
            throw CertificateError.numberOfNames(names.count)
        }
        let leafKey = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(leafKey.publicKey)
        let authorityID = try certificate.extensions.subjectKeyIdentifier?.keyIdentifier
        let leaf = try Certificate(
            version: .v3,
            serialNumber: Self.serialNumber(entropy),
            publicKey: publicKey,
            notValidBefore: now.addingTimeInterval(-Limits.certificateBackdating),
            notValidAfter: min(
                now.addingTimeInterval(Limits.certificateLifetime),
                certificate.notValidAfter
            ),
            issuer: certificate.subject,
            subject: try DistinguishedName {
                CommonName(
                    String(first.description.prefix(Limits.certificateCommonNameLength))
                )
            },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: authorityID)
                SubjectAlternativeNames(names.map(\.generalName))
            },
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
        return IssuedCertificate(
            certificatePEM: try leaf.serializeAsPEM().pemString + "\n",
            privateKeyPEM: leafKey.pemRepresentation + "\n"
        )
    }

    /// Sixteen random bytes; the first is between 0x40 and 0x7F, so that the number is positive and has no
    /// leading zero (RFC 5280, section 4.1.2.2).
    private static func serialNumber(_ entropy: some Entropy) -> Certificate.SerialNumber {
        var bytes = entropy.bytes(16)
        bytes[0] = bytes[0] & 0x3F | 0x40
        return Certificate.SerialNumber(bytes: bytes)
    }
}

/// What is wrong with a certificate or its files, in words for the operator.
package enum CertificateError: Error, Equatable, Sendable, CustomStringConvertible {
    case keyDoesNotMatch
    case numberOfNames(Int)
    case unreadable(String)

    package var description: String {
        switch self {
        case .keyDoesNotMatch:
            "The private key does not belong to the certificate: give the two that were made together."
        case .numberOfNames(let count):
            "A certificate carries 1 to \(Limits.certificateNames) names, not \(count)."
        case .unreadable(let sentence): sentence
        }
    }
}
