import FoundationEssentials
import ServiceKit
import Vocabulary

/// What is kept of a document beside its versions.
struct DocumentRecord: Codable, Sendable {
    var name: String
    var owner: String
    var displayName: String?
    var targetType: String?
    var created: Date
    var defaultVersion: Int
    var latestVersion: Int
    /// The greatest number that a version ever had; numbers are not used twice.
    var greatestVersion: Int
    /// The version that counts for sessions, where it is another than the default one.
    ///
    /// Only the account's preferences have one: AWS's own instructions change them with UpdateDocument alone,
    /// so that what was last made current, by either call, is what counts.
    var currentPreferences: Int?
    var tags: [Tag]

    /// The version that a session of this document is started with.
    var sessionVersion: Int { currentPreferences ?? defaultVersion }
}

/// One version of a document, which never changes.
struct DocumentVersionRecord: Codable, Sendable {
    var number: Int
    var versionName: String?
    var content: String
    /// SHA-256 of the content, in hexadecimal.
    var hash: String
    var created: Date
}

/// A name that a document or a version may have.
enum DocumentName {
    static let pattern = #"^[a-zA-Z0-9_\-.]{3,128}$"#
    static let referencePattern = #"^[a-zA-Z0-9_\-.:/]{3,128}$"#
    static let versionNamePattern = #"^[a-zA-Z0-9_\-.]{1,128}$"#

    /// The document that holds the account's session preferences.
    static let preferences = "SSM-SessionManagerRunShell"

    static func isName(_ text: String) -> Bool { has(3...128, text) { "_-.".contains($0) } }

    static func isReference(_ text: String) -> Bool { has(3...128, text) { "_-.:/".contains($0) } }

    static func isVersionName(_ text: String) -> Bool { has(1...128, text) { "_-.".contains($0) } }

    /// Names that begin with AWS's own words are AWS's.
    static func isReserved(_ text: String) -> Bool {
        let name = text.lowercased()
        return ["aws", "amazon", "amzn"].contains { name.hasPrefix($0) }
    }

    private static func has(
        _ length: ClosedRange<Int>,
        _ text: String,
        extra: (Character) -> Bool
    ) -> Bool {
        length.contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || extra($0) }
    }
}

extension ConstraintViolations {
    /// The name of a document, which must be there.
    mutating func documentName(_ name: String?) {
        required(name, "name")
        pattern(name, "name", DocumentName.pattern, matches: DocumentName.isName)
    }
}

extension Scope {
    /// The ARN of a document; AWS's own belong to no account.
    func documentARN(_ name: String) -> ARN {
        guard name.hasPrefix("AWS-") else {
            return arn(service: "ssm", resource: "document/\(name)")
        }
        return ARN(
            partition: region.partition.rawValue,
            service: "ssm",
            region: region.description,
            account: "",
            resource: "document/\(name)"
        )
    }
}
