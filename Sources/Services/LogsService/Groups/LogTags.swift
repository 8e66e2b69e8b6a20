import ServiceKit
import Vocabulary

/// The rules for the tags of a group.
enum LogTags {
    static func check(_ tags: [String: String]) throws {
        var validation = LogsValidation()
        for (key, value) in tags.sorted(by: { $0.key < $1.key }) {
            checkKey(key, &validation)
            validation.length(value, "tags.value", Limits.Logs.tagValueLength)
            if !value.unicodeScalars.allSatisfy(isAllowed) {
                validation.add(
                    value,
                    "tags.value",
                    #"Member must satisfy regular expression pattern: "#
                        + #"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"#
                )
            }
        }
        try validation.check()
        guard !tags.keys.contains(where: { $0.lowercased().hasPrefix("aws:") }) else {
            throw LogsFault.invalidParameter("Tag keys beginning with aws: are reserved for AWS.")
        }
    }

    static func checkKeys(_ keys: [String]) throws {
        var validation = LogsValidation()
        validation.count(keys, "tagKeys", 0...Limits.Logs.tagsPerResource)
        for key in keys { checkKey(key, &validation) }
        try validation.check()
    }

    /// The tags with `added` among them, if that is not too many.
    static func adding(
        _ added: [String: String],
        to tags: [String: String]
    ) throws -> [String: String] {
        let all = tags.merging(added) { $1 }
        guard all.count <= Limits.Logs.tagsPerResource else {
            throw ServiceFault(
                "TooManyTagsException",
                "A resource can have no more than \(Limits.Logs.tagsPerResource) tags."
            )
        }
        return all
    }

    private static func checkKey(_ key: String, _ validation: inout LogsValidation) {
        validation.length(key, "tags.key", Limits.Logs.tagKeyLength)
        if !key.unicodeScalars.allSatisfy(isAllowed) {
            validation.add(
                key,
                "tags.key",
                #"Member must satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$"#
            )
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .spaceSeparator, .lineSeparator, .paragraphSeparator, .decimalNumber, .letterNumber,
            .otherNumber:
            true
        default:
            "_.:/=+-@".unicodeScalars.contains(scalar)
        }
    }
}
