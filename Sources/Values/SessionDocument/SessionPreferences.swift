package import SessionWire
import Vocabulary

/// The `inputs` of a Session document: how its sessions are logged, encrypted, run and ended.
///
/// To add one is `docs/how-to/add-a-preference-field.md`.
package struct SessionPreferences: Equatable, Sendable {
    /// What happens when a session cannot be logged; an extension, which stock agents ignore.
    package enum Logging: String, CaseIterable, Sendable {
        /// It does not start, and ends when its log can no longer be written.
        case required
        /// As on AWS: the session goes on, with a warning in the agent's log.
        case bestEffort
    }

    package var s3Bucket: String?
    package var logGroup: String?
    package var requiresEncryptedLog = false
    package var streamsLog = false
    package var kmsKeyID: String?
    package var isRunAsEnabled = false
    package var runAsDefaultUser = ""
    /// What is typed into a shell on Linux at its start.
    package var shellProfile = ""
    package var idleTimeoutMinutes = Limits.idleSessionTimeoutDefaultMinutes
    package var maxDurationMinutes: Int?
    package var logging = Logging.required

    package init() {}

    package init(
        inputs: [String: JSONValue],
        reading: DocumentReading
    ) throws(DocumentProblem) {
        var reader = DocumentReader(inputs, in: "inputs", reading)
        s3Bucket = try reader.text("s3BucketName")
        logGroup = try reader.text("cloudWatchLogGroupName")
        requiresEncryptedLog =
            try reader.bool("cloudWatchEncryptionEnabled", asWord: true) ?? false
        streamsLog = try reader.bool("cloudWatchStreamingEnabled", asWord: false) ?? false
        kmsKeyID = try reader.text("kmsKeyId")
        isRunAsEnabled = try reader.bool("runAsEnabled", asWord: true) ?? false
        runAsDefaultUser = try reader.string("runAsDefaultUser") ?? ""
        if let profile = try reader.object("shellProfile") {
            var reader = DocumentReader(profile, in: "shellProfile", reading)
            shellProfile = try reader.string("linux") ?? ""
            _ = try reader.string("windows")
            try reader.refuseOthers()
        }
        logging = try Self.logging(&reader)
        // What the server alone acts on, the node does not look at.
        if reading != .onNode { try readTheServersOwn(&reader) }
        try Self.refuseOthers(reader)
    }

    private mutating func readTheServersOwn(
        _ reader: inout DocumentReader
    ) throws(DocumentProblem) {
        _ = try reader.string("s3KeyPrefix")
        _ = try reader.bool("s3EncryptionEnabled", asWord: true)
        if let minutes = try reader.integer("idleSessionTimeout", Limits.idleSessionTimeoutMinutes)
        {
            idleTimeoutMinutes = minutes
        }
        maxDurationMinutes = try reader.integer(
            "maxSessionDuration",
            Limits.maxSessionDurationMinutes
        )
    }

    private static func logging(
        _ reader: inout DocumentReader
    ) throws(DocumentProblem) -> Logging {
        guard let text = try reader.text("sekishoLogging") else { return .required }
        guard let value = Logging(rawValue: text) else {
            throw .content(
                "sekishoLogging in inputs must be required or bestEffort, not '\(text)'."
            )
        }
        return value
    }

    private static func refuseOthers(_ reader: DocumentReader) throws(DocumentProblem) {
        guard let name = reader.unknown else { return }
        guard name.hasPrefix("sekisho") else {
            throw .content("'\(name)' is not a session preference.")
        }
        let own = reader.knownNames.filter { $0.hasPrefix("sekisho") }
        throw .content(
            "'\(name)' is not a preference that this version of Sekisho knows; of its own it knows "
                + own.joined(separator: ", ") + "."
        )
    }
}
