import ServiceKit
import Vocabulary

/// A tag of a node, an activation or a document.
struct Tag: Codable, Equatable, Sendable {
    var key: String
    var value: String

    enum CodingKeys: String, CodingKey {
        case key = "Key"
        case value = "Value"
    }

    /// Letters, separators and digits of any script, and `_ . : / = + - @`.
    static let pattern = #"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"#

    static func isAllowed(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter,
                .spaceSeparator, .lineSeparator, .paragraphSeparator, .decimalNumber, .letterNumber,
                .otherNumber:
                true
            default: "_.:/=+-@".unicodeScalars.contains(scalar)
            }
        }
    }
}

extension [Tag] {
    /// The tags with those of `added`, which win where keys are the same.
    func merging(_ added: [Tag]) -> [Tag] {
        let keys = Set(added.map(\.key))
        return (filter { !keys.contains($0.key) } + added).sorted { $0.key < $1.key }
    }

    func removing(_ keys: [String]) -> [Tag] {
        filter { !keys.contains($0.key) }
    }

    subscript(key: String) -> String? {
        first { $0.key == key }?.value
    }

    /// Condition keys by which a policy asks for the tags that a thing has.
    var resourceConditions: [String: [String]] {
        var conditions: [String: [String]] = [:]
        for tag in self {
            conditions["aws:ResourceTag/\(tag.key)"] = [tag.value]
            conditions["ssm:resourceTag/\(tag.key)"] = [tag.value]
        }
        return conditions
    }

    /// Condition keys by which a policy asks for the tags that a call gives.
    var requestConditions: [String: [String]] { RequestedTags.conditions(values) }

    /// Values by key; the last one of a key that is there twice, which `checkTags` refuses.
    var values: [String: String] { Dictionary(map { ($0.key, $0.value) }) { $1 } }
}

extension ConstraintViolations {
    /// Tags that a caller gives.
    mutating func tags(_ tags: [Tag]?, _ member: String) {
        for (index, tag) in (tags ?? []).enumerated() {
            let place = "\(member).\(index + 1).member"
            length(tag.key, "\(place).key", 1...128)
            length(tag.value, "\(place).value", 0...256)
            pattern(tag.key, "\(place).key", Tag.pattern, matches: Tag.isAllowed)
            pattern(tag.value, "\(place).value", Tag.pattern, matches: Tag.isAllowed)
        }
    }
}

extension SSMFault {
    /// Refuses more tags than a resource may have, keys twice or twice but for their case, and AWS's own.
    static func checkTags(_ tags: [Tag]) throws {
        guard tags.count <= Limits.tagsPerResource else {
            throw ServiceFault(
                "TooManyTagsError",
                "A resource can have at most \(Limits.tagsPerResource) tags."
            )
        }
        guard Set(tags.map(\.key)).count == tags.count else {
            throw validation("Duplicate tag keys are not allowed.")
        }
        if let (one, other) = RequestedTags.clash(in: tags.map(\.key)) {
            throw validation(
                "Tag keys must differ in more than case, and '\(one)' and '\(other)' do not."
            )
        }
        guard !tags.contains(where: { $0.key.lowercased().hasPrefix("aws:") }) else {
            throw validation("Tag keys that begin with aws: are reserved.")
        }
    }
}
