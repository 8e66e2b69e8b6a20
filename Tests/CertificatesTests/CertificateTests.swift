import Crypto
import Foundation
import NIOSSL
import Sealing
import Simulation
import Testing
import Vocabulary

@testable import Certificates

@Suite("Certificates of the private authority")
struct CertificateTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)
    private let entropy = SystemEntropy()

    private func authority(at date: Date) throws -> CertificateAuthority {
        try CertificateAuthority(name: "Sekisho test CA", now: date, entropy: entropy)
    }

    private func names(_ texts: String...) throws -> [CertificateName] {
        try texts.map { try CertificateName(parsing: $0) }
    }

    @Test(arguments: [
        ("localhost", CertificateName.dns("localhost")),
        ("Gateway.Internal", .dns("gateway.internal")),
        ("*.us-east-1.gateway.internal", .dns("*.us-east-1.gateway.internal")),
        ("127.0.0.1", .address([127, 0, 0, 1])),
        ("::1", .address([UInt8](repeating: 0, count: 15) + [1])),
    ])
    func `a name is a DNS name, a wildcard or an address`(text: String, name: CertificateName)
        throws
    {
        #expect(try CertificateName(parsing: text) == name)
    }

    @Test(arguments: [
        "", "*", "a..b", "-a", "a-", "under_score", "a.*.b", "1.2.3", "300.1.1.1", "a b", "host:80",
        String(repeating: "a", count: 64),
    ])
    func `what is neither is refused`(text: String) {
        #expect(throws: InvalidIdentifier.self) { try CertificateName(parsing: text) }
    }

    @Test(arguments: [
        (["-verify_hostname", "localhost"], true),
        (["-verify_ip", "127.0.0.1"], true),
        (["-verify_ip", "::1"], true),
        (["-verify_hostname", "kms.us-east-1.gateway.internal"], true),
        (["-verify_hostname", "a.kms.us-east-1.gateway.internal"], false),
        (["-verify_hostname", "elsewhere"], false),
        (["-verify_ip", "127.0.0.2"], false),
    ])
    func `openssl's strict check agrees with it for its own names only`(
        check: [String],
        isRight: Bool
    ) throws {
        let authority = try authority(at: Date())
        let leaf = try authority.issue(
            for: CertificateName.loopback + names("*.us-east-1.gateway.internal"),
            now: Date(),
            entropy: entropy
        )
        let folder = try TemporaryFolder()
        let ca = try folder.write(authority.certificatePEM, to: "ca.pem")
        let certificate = try folder.write(leaf.certificatePEM, to: "leaf.pem")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca] + check
            + [certificate]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect((process.terminationStatus == 0) == isRight)
    }

    @Test func `it is due when a third of its life is left, and not before`() throws {
        let leaf = try authority(at: now).issue(
            for: CertificateName.loopback,
            now: now,
            entropy: entropy
        )
        let names = CertificateName.loopback
        let due = Limits.certificateLifetime * 2 / 3
        #expect(try !leaf.needsRenewal(for: names, now: now.addingTimeInterval(due - 60)))
        #expect(try leaf.needsRenewal(for: names, now: now.addingTimeInterval(due + 60)))
        #expect(try leaf.needsRenewal(for: names + [.dns("more")], now: now))
    }

    @Test func `it never outlives its authority`() throws {
        let late = now.addingTimeInterval(Limits.authorityLifetime - 86_400)
        let leaf = try authority(at: now).issue(for: [.dns("a")], now: late, entropy: entropy)
        #expect(try leaf.facts().expires == now.addingTimeInterval(Limits.authorityLifetime))
    }

    @Test func `a certificate carries at least one name and at most the limit`() throws {
        let authority = try authority(at: now)
        let most = (0..<Limits.certificateNames).map { CertificateName.dns("n\($0)") }
        #expect(throws: Never.self) {
            try authority.issue(for: most, now: now, entropy: entropy)
        }
        for names in [[], most + [.dns("one-more")]] {
            #expect(throws: CertificateError.numberOfNames(names.count)) {
                try authority.issue(for: names, now: now, entropy: entropy)
            }
        }
    }

    @Test func `a certificate with another's key is refused when it is taken up`() throws {
        let authority = try authority(at: now)
        let one = try authority.issue(for: [.dns("a")], now: now, entropy: entropy)
        let other = try authority.issue(for: [.dns("a")], now: now, entropy: entropy)
        #expect(throws: CertificateError.keyDoesNotMatch) {
            try ServerIdentity(
                chainPEM: one.certificatePEM,
                privateKeyPEM: other.privateKeyPEM
            )
        }
        #expect(throws: CertificateError.keyDoesNotMatch) {
            try CertificateAuthority(
                certificatePEM: one.certificatePEM,
                privateKeyPEM: other.privateKeyPEM
            )
        }
    }
}

@Suite("Certificates in a data directory")
struct CertificateStoreTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock(Date(timeIntervalSince1970: 1_790_000_000))
    private let store: CertificateStore

    init() throws {
        folder = try TemporaryFolder()
        let key = SealingKey(Secret([UInt8](repeating: 7, count: 32)))
        store = CertificateStore(
            directory: folder.path,
            wrapping: CertificateStore.Wrapping(
                wrap: { secret, place in
                    secret.withBytes {
                        key.seal($0, for: Array(place.utf8), entropy: SystemEntropy())
                    }
                },
                unwrap: { Secret(try key.open($0, for: Array($1.utf8))) }
            ),
            clock: clock
        )
        try store.create(name: "Sekisho test CA", for: CertificateName.loopback)
    }

    @Test func `the server's certificate stays the same until it is due, and keeps its names`()
        throws
    {
        let first = try store.serverCertificate()
        clock.advance(by: Limits.certificateLifetime / 2)
        #expect(try store.serverCertificate().certificatePEM == first.certificatePEM)
        clock.advance(by: Limits.certificateLifetime / 4)
        let second = try store.serverCertificate()
        #expect(second.certificatePEM != first.certificatePEM)
        #expect(try second.facts().names == first.facts().names)
        #expect(try store.serverCertificate().certificatePEM == second.certificatePEM)
    }

    @Test func `no private key is plain in any file`() throws {
        let keys = [
            try store.authority().privateKeyPEM, try store.serverCertificate().privateKeyPEM,
        ]
        for file in ["ca.pem", "tls/authority", "tls/server"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(file)"))
            #expect(bytes.firstRange(of: Data("PRIVATE KEY".utf8)) == nil)
            for key in keys {
                let middle = key.split(separator: "\n")[1]
                #expect(bytes.firstRange(of: Data(middle.utf8)) == nil)
            }
        }
    }

    @Test(arguments: [("tls/authority", 0o600), ("tls/server", 0o600), ("ca.pem", 0o644)])
    func `only what clients need is readable by others`(file: String, mode: Int) throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(file)")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode)
    }

    @Test func `one sealed file in the place of the other does not open`() throws {
        try FileManager.default.removeItem(atPath: "\(folder.path)/tls/server")
        try FileManager.default.copyItem(
            atPath: "\(folder.path)/tls/authority",
            toPath: "\(folder.path)/tls/server"
        )
        #expect(throws: CertificateError.self) { try store.serverCertificate() }
    }
}

/// A folder that goes when the test does.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "sekisho-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }
}
