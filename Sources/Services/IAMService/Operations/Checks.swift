import ServiceKit
import Vocabulary

/// The constraints of IAM's shapes, with the names of members as AWS's messages have them.
extension ConstraintViolations {
    static let namePattern = "[\\w+=,.@-]+"

    /// The name of a user, role, policy or instance profile; what it returns is used after `done` only.
    mutating func name(_ value: String?, _ member: String, most: Int) -> String {
        required(value, member)
        length(value, member, 1...most)
        pattern(value, member, Self.namePattern) { $0.utf8.allSatisfy(Self.isNameByte) }
        return value ?? ""
    }

    /// A name where one may be left out.
    mutating func optionalName(_ value: String?, _ member: String, most: Int) {
        if let value { _ = name(value, member, most: most) }
    }

    /// A name of an existing user, for which AWS allows twice the length of a new one.
    mutating func userName(_ value: String?) -> String { name(value, "userName", most: 128) }

    mutating func roleName(_ value: String?) -> String { name(value, "roleName", most: 64) }

    mutating func policyName(_ value: String?) -> String { name(value, "policyName", most: 128) }

    mutating func instanceProfileName(_ value: String?) -> String {
        name(value, "instanceProfileName", most: 128)
    }

    /// A path, `/` if there is none.
    mutating func path(_ value: String?, _ member: String = "path") -> String {
        length(value, member, 1...512)
        pattern(value, member, "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)") { path in
            path.hasPrefix("/") && path.hasSuffix("/")
                && path.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        }
        return value ?? "/"
    }

    /// A path that policies may have, whose letters are fewer.
    mutating func policyPath(_ value: String?, _ member: String = "path") -> String {
        length(value, member, 1...512)
        pattern(value, member, "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/") { path in
            path.hasPrefix("/") && path.hasSuffix("/") && !path.contains("//")
                && path.utf8.allSatisfy { $0 == UInt8(ascii: "/") || Self.isNameByte($0) }
        }
        return value ?? "/"
    }

    mutating func pathPrefix(_ value: String?) -> String {
        length(value, "pathPrefix", 1...512)
        pattern(value, "pathPrefix", "\\u002F[\\u0021-\\u007F]*") { path in
            path.hasPrefix("/") && path.utf8.allSatisfy { (0x21...0x7F).contains($0) }
        }
        return value ?? "/"
    }

    mutating func arn(_ value: String?, _ member: String) -> String {
        required(value, member)
        length(value, member, 20...2048)
        return value ?? ""
    }

    mutating func document(_ value: String?, _ member: String) -> String {
        required(value, member)
        length(value, member, 1...Limits.policyDocumentBytes)
        pattern(value, member, "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+") { text in
            text.unicodeScalars.allSatisfy { scalar in
                [0x09, 0x0A, 0x0D].contains(scalar.value) || (0x20...0xFF).contains(scalar.value)
            }
        }
        return value ?? ""
    }

    mutating func roleDescription(_ value: String?) {
        length(value, "description", 0...1000)
        pattern(
            value,
            "description",
            "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*"
        ) { text in
            text.unicodeScalars.allSatisfy { scalar in
                [0x09, 0x0A, 0x0D].contains(scalar.value) || (0x20...0x7E).contains(scalar.value)
                    || (0xA1...0xFF).contains(scalar.value)
            }
        }
    }

    mutating func tags(_ tags: [Tag]?) {
        count(tags, "tags", 0...Limits.tagsPerIAMEntity) { "{key=\($0.key), value=\($0.value)}" }
        for (index, tag) in (tags ?? []).enumerated() {
            tagText(tag.key, "tags.\(index + 1).member.key", 1...128)
            tagText(tag.value, "tags.\(index + 1).member.value", 0...256)
        }
    }

    mutating func tagKeys(_ keys: [String]?) -> [String] {
        required(keys, "tagKeys")
        count(keys, "tagKeys", 0...Limits.tagsPerIAMEntity)
        for (index, key) in (keys ?? []).enumerated() {
            tagText(key, "tagKeys.\(index + 1).member", 1...128)
        }
        return keys ?? []
    }

    private mutating func tagText(_ text: String, _ member: String, _ range: ClosedRange<Int>) {
        length(text, member, range)
        pattern(text, member, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*") { text in
            text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                    .otherLetter, .decimalNumber, .letterNumber, .otherNumber, .spaceSeparator,
                    .lineSeparator, .paragraphSeparator:
                    true
                default: "_.:/=+-@".unicodeScalars.contains(scalar)
                }
            }
        }
    }

    mutating func page(_ marker: String?, _ maxItems: Int?) {
        length(marker, "marker", 1...1024)
        range(maxItems, "maxItems", 1...Limits.iamPageItemsMost)
    }

    mutating func accessKeyID(_ value: String?) -> String {
        required(value, "accessKeyId")
        length(value, "accessKeyId", 16...128)
        pattern(value, "accessKeyId", "[\\w]+") { text in
            text.utf8.allSatisfy {
                Self.isNameByte($0) && !"+=,.@-".utf8.contains($0)
            }
        }
        return value ?? ""
    }

    /// Throws `ValidationError` if anything was wrong.
    func done() throws { try check(code: "ValidationError") }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: "+=,.@-".utf8.contains(byte)
        }
    }
}

/// What tags must be beyond their letters: no key twice without regard to case, none of AWS's own.
enum TagRules {
    static func check(_ tags: [Tag]) throws {
        var keys: Set<String> = []
        for tag in tags {
            guard keys.insert(tag.key.lowercased()).inserted else {
                throw IAMFault.invalidInput(
                    "Duplicate tag keys found. Please note that Tag keys are case insensitive."
                )
            }
            guard !tag.key.lowercased().hasPrefix("aws:") else {
                throw IAMFault.invalidInput(
                    "Tag keys cannot begin with the reserved prefix aws:, as \(tag.key) does."
                )
            }
        }
    }

    /// The tags with others added or replaced, if that leaves no more than there may be.
    static func merge(_ tags: [Tag], into existing: [Tag]) throws -> [Tag] {
        try check(tags)
        var merged = existing
        for tag in tags {
            merged.removeAll { $0.key.lowercased() == tag.key.lowercased() }
            merged.append(tag)
        }
        guard merged.count <= Limits.tagsPerIAMEntity else {
            throw IAMFault.limitExceeded(
                "The number of tags has reached the maximum limit of \(Limits.tagsPerIAMEntity)."
            )
        }
        return merged
    }

    static func remove(_ keys: [String], from existing: [Tag]) -> [Tag] {
        let removed = Set(keys.map { $0.lowercased() })
        return existing.filter { !removed.contains($0.key.lowercased()) }
    }

    /// What conditions may ask about tags in a request.
    static func conditions(_ tags: [Tag]?) -> [String: [String]] {
        guard let tags, !tags.isEmpty else { return [:] }
        var values = ["aws:TagKeys": tags.map(\.key)]
        for tag in tags { values["aws:RequestTag/\(tag.key)"] = [tag.value] }
        return values
    }
}
