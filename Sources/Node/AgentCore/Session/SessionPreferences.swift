import SessionWire

/// The `inputs` of the session document that concern the node (session-protocol 7.3).
///
/// Unknown members are left alone, and so are the two timeouts, which are the server's to hold.
package struct SessionPreferences: Equatable, Sendable {
    /// What happens to a session that cannot be logged.
    package enum Logging: String, Sendable {
        /// It does not start, and ends when its log can no longer be written.
        case required
        /// It goes on, with a warning in the agent's log; what stock agents do.
        case bestEffort
    }

    package var logGroup: String?
    package var requiresEncryptedLog = false
    package var streamsLog = false
    package var s3Bucket: String?
    package var kmsKeyID: String?
    package var isRunAsEnabled = false
    package var runAsDefaultUser = ""
    package var shellProfile = ""
    package var logging = Logging.required

    package init() {}

    init(inputs: JSONValue?) throws(SessionRefusal) {
        func text(_ name: String) throws(SessionRefusal) -> String {
            switch inputs?[name] {
            case nil, .null?: return ""
            case .string(let text)?: return text
            default: throw Self.unreadable(name)
            }
        }
        func flag(_ name: String, allowsText: Bool = true) throws(SessionRefusal) -> Bool {
            switch inputs?[name] {
            case nil, .null?: return false
            case .bool(let value)?: return value
            case .string(let text)? where allowsText:
                guard let value = Self.goBool(text) else { throw Self.unreadable(name) }
                return value
            default: throw Self.unreadable(name)
            }
        }
        func optional(_ text: String) -> String? { text.isEmpty ? nil : text }
        logGroup = optional(try text("cloudWatchLogGroupName"))
        requiresEncryptedLog = try flag("cloudWatchEncryptionEnabled")
        streamsLog = try flag("cloudWatchStreamingEnabled", allowsText: false)
        s3Bucket = optional(try text("s3BucketName"))
        kmsKeyID = optional(try text("kmsKeyId"))
        isRunAsEnabled = try flag("runAsEnabled")
        runAsDefaultUser = try text("runAsDefaultUser")
        shellProfile = inputs?["shellProfile"]?["linux"]?.string ?? ""
        let logging = try text("sekishoLogging")
        guard let known = logging.isEmpty ? .required : Logging(rawValue: logging) else {
            throw Self.unreadable("sekishoLogging")
        }
        self.logging = known
    }

    /// The texts of Go's ParseBool, and the empty one, which means false.
    private static func goBool(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "", "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    private static func unreadable(_ name: String) -> SessionRefusal {
        SessionRefusal(
            "The session document cannot be used: \(name) in inputs has a value that the agent does "
                + "not understand. Correct the session preferences."
        )
    }
}
