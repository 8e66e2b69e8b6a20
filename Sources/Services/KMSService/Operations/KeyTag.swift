import Vocabulary

/// AWS's `Tag` of KMS.
struct KeyTag: Codable, Equatable, Sendable {
    let key: String?
    let value: String?

    enum CodingKeys: String, CodingKey {
        case key = "TagKey"
        case value = "TagValue"
    }

    /// The tags after `added` are put onto `existing`; throws AWS's fault for what is not allowed.
    static func checked(
        _ added: [KeyTag],
        onto existing: [String: String]
    ) throws -> [String: String] {
        var seen: Set<String> = []
        var tags = existing
        for tag in added {
            guard let key = tag.key, let value = tag.value else {
                throw KMSFault.tag("A tag has a TagKey and a TagValue.")
            }
            try checkKey(key)
            guard value.unicodeScalars.count <= Limits.kmsTagValueLength, isAllowed(value) else {
                throw KMSFault.tag("The value of tag '\(key)' is not valid.")
            }
            guard seen.insert(key).inserted else {
                throw KMSFault.tag("Duplicate tag keys are not allowed: '\(key)'.")
            }
            tags[key] = value
        }
        guard tags.count <= Limits.kmsTagsPerKey else {
            throw KMSFault.tag("A key has at most \(Limits.kmsTagsPerKey) tags.")
        }
        return tags
    }

    static func checkKey(_ key: String) throws {
        guard (1...Limits.kmsTagKeyLength).contains(key.unicodeScalars.count), isAllowed(key) else {
            throw KMSFault.tag("The tag key '\(key)' is not valid.")
        }
        guard !key.lowercased().hasPrefix("aws:") else {
            throw KMSFault.tag("Tag keys beginning with aws: are reserved: '\(key)'.")
        }
    }

    /// Letters, digits and spaces of any script, and `_ . : / = + - @`.
    private static func isAllowed(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            let properties = scalar.properties
            return properties.isAlphabetic || properties.numericType != nil
                || properties.generalCategory == .spaceSeparator
                || properties.generalCategory == .nonspacingMark
                || "_.:/=+-@".unicodeScalars.contains(scalar)
        }
    }

    /// What conditions may ask about the tags of a request.
    static func conditionValues(_ tags: [String: String]) -> [String: [String]] {
        guard !tags.isEmpty else { return [:] }
        var values = ["aws:TagKeys": tags.keys.sorted()]
        for (key, value) in tags { values["aws:RequestTag/\(key)"] = [value] }
        return values
    }
}
