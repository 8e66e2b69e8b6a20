package import FoundationEssentials
import SwiftASN1
import Vocabulary
import X509

extension IssuedCertificate {
    /// The names that the certificate speaks for, and until when.
    package func facts() throws -> (names: [CertificateName], expires: Date) {
        let certificate = try Certificate(pemEncoded: certificatePEM)
        let names = try certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames()
        return (names.compactMap(CertificateName.init), certificate.notValidAfter)
    }

    /// Whether to issue the next one: a third of the lifetime or less is left, or names are missing.
    ///
    /// A third of ninety days leaves a month of restarts and failures before anybody notices.
    package func needsRenewal(for names: [CertificateName], now: Date) throws -> Bool {
        let facts = try facts()
        let remaining = facts.expires.timeIntervalSince(now)
        return remaining <= Limits.certificateLifetime / 3
            || !Set(names).isSubset(of: facts.names)
    }
}
