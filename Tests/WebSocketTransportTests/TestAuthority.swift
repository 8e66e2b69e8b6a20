import Crypto
import NIOSSL
import SwiftASN1
import X509

import struct FoundationEssentials.Date

/// An authority made for one test, and a server's certificate under it.
struct TestAuthority {
    /// The authority's certificate as PEM.
    let pem: String
    private let name: DistinguishedName
    private let key: Certificate.PrivateKey

    init() throws {
        key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        name = try DistinguishedName { CommonName("Test authority") }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: Date(timeIntervalSinceNow: -3600),
            notValidAfter: Date(timeIntervalSinceNow: 3600),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            },
            issuerPrivateKey: key
        )
        pem = try certificate.serializeAsPEM().pemString
    }

    /// A server that shows a certificate with these names.
    func server(_ names: [GeneralName]) throws -> NIOSSLContext {
        let serverKey = P256.Signing.PrivateKey()
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PrivateKey(serverKey).publicKey,
            notValidBefore: Date(timeIntervalSinceNow: -3600),
            notValidAfter: Date(timeIntervalSinceNow: 3600),
            issuer: name,
            subject: try DistinguishedName { CommonName("Test server") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
            },
            issuerPrivateKey: key
        )
        let chain = try NIOSSLCertificate(
            bytes: Array(certificate.serializeAsPEM().pemString.utf8),
            format: .pem
        )
        let privateKey = try NIOSSLPrivateKey(
            bytes: Array(serverKey.pemRepresentation.utf8),
            format: .pem
        )
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(chain)],
                privateKey: .privateKey(privateKey)
            )
        )
    }

    /// The four bytes of 127.0.0.1, as a certificate holds them.
    static let loopback = GeneralName.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))
}
