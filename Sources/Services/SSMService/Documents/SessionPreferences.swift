import SessionWire
import Vocabulary

/// The `inputs` of a Session document: how its sessions are logged, encrypted, run and ended.
///
/// The node reads most of them from the document itself; what stands here is what the server acts on. The
/// format is `docs/formats/session-preferences.md`.
struct SessionPreferences: Equatable, Sendable {
    /// When the preferences are read.
    enum Phase {
        /// While a document is written: a value may be a reference to a parameter.
        case authoring
        /// At the start of a session, with every reference replaced.
        case starting
    }

    /// What happens when a session cannot be logged; an extension, which stock agents ignore.
    enum Logging: String, CaseIterable, Sendable {
        /// No session without its log.
        case required
        /// As on AWS: the session goes on.
        case bestEffort
    }

    var s3BucketName: String?
    var cloudWatchLogGroupName: String?
    var kmsKeyID: String?
    var isRunAsEnabled = false
    var idleTimeoutMinutes = Limits.idleSessionTimeoutDefaultMinutes
    var maxDurationMinutes: Int?
    var logging = Logging.required

    init(
        inputs: [String: JSONValue],
        phase: Phase
    ) throws(DocumentProblem) {
        let given =
            phase == .starting
            ? inputs : inputs.filter { !ParameterReferences.isReference($0.value) }
        if case .string? = inputs["cloudWatchStreamingEnabled"] {
            // The agent cannot read a document that has a string here, be it a reference.
            throw .content(
                "cloudWatchStreamingEnabled in inputs must be a JSON boolean, not a string."
            )
        }
        try Self.checkNames(inputs.keys.sorted())
        let reader = DocumentReader(given, in: "inputs")
        for name in Self.strings { _ = try reader.string(name) }
        for name in Self.booleans { _ = try reader.bool(name, lenient: true) }
        _ = try reader.bool("cloudWatchStreamingEnabled", lenient: false)
        try Self.checkProfile(reader.object("shellProfile"))

        s3BucketName = try reader.string("s3BucketName").nonEmpty
        cloudWatchLogGroupName = try reader.string("cloudWatchLogGroupName").nonEmpty
        kmsKeyID = try reader.string("kmsKeyId").nonEmpty
        isRunAsEnabled = try reader.bool("runAsEnabled", lenient: true) ?? false
        idleTimeoutMinutes =
            try reader.integer("idleSessionTimeout", Limits.idleSessionTimeoutMinutes)
            ?? Limits.idleSessionTimeoutDefaultMinutes
        maxDurationMinutes = try reader.integer(
            "maxSessionDuration",
            Limits.maxSessionDurationMinutes
        )
        if let text = try reader.string("sekishoLogging") {
            guard let value = Logging(rawValue: text) else {
                throw .content(
                    "sekishoLogging in inputs must be required or bestEffort, not '\(text)'."
                )
            }
            logging = value
        }
    }

    private static let strings = [
        "s3BucketName", "s3KeyPrefix", "cloudWatchLogGroupName", "kmsKeyId", "runAsDefaultUser",
        "sekishoLogging",
    ]
    private static let booleans = [
        "s3EncryptionEnabled", "cloudWatchEncryptionEnabled", "runAsEnabled",
    ]
    private static let others = [
        "cloudWatchStreamingEnabled", "shellProfile", "idleSessionTimeout", "maxSessionDuration",
    ]

    private static func checkNames(_ names: [String]) throws(DocumentProblem) {
        for name in names where !(strings + booleans + others).contains(name) {
            guard name.hasPrefix("sekisho") else {
                throw .content("'\(name)' is not a session preference.")
            }
            throw .content(
                "'\(name)' is not a preference that this version of Sekisho knows; of its own it "
                    + "knows sekishoLogging."
            )
        }
    }

    private static func checkProfile(
        _ profile: [String: JSONValue]?
    ) throws(DocumentProblem) {
        guard let profile else { return }
        let reader = DocumentReader(profile, in: "shellProfile")
        try reader.allowOnly(["linux", "windows"])
        for name in reader.names { _ = try reader.string(name) }
    }
}

extension Optional<String> {
    /// Nil for an empty text too: preferences leave out and leave empty alike.
    var nonEmpty: String? {
        guard let self, !self.isEmpty else { return nil }
        return self
    }
}
