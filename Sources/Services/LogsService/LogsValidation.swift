import ServiceKit
import Vocabulary

/// Checks of names and parameters, gathered so that one answer names all that is wrong.
struct LogsValidation {
    private var violations = ConstraintViolations()
    private var isNameTooLong = false

    static let groupPattern = #"[\.\-_/#A-Za-z0-9]+"#
    static let streamPattern = "[^:*]*"

    mutating func groupName(
        _ name: String?,
        required: Bool = true,
        _ member: String = "logGroupName"
    ) {
        if required { violations.required(name, member) }
        guard let name else { return }
        if name.unicodeScalars.count > Limits.Logs.nameLength.upperBound { isNameTooLong = true }
        violations.length(name, member, 1...Int.max)
        violations.pattern(name, member, Self.groupPattern) {
            !$0.isEmpty && $0.utf8.allSatisfy(Self.isGroupCharacter)
        }
    }

    mutating func streamName(
        _ name: String?,
        required: Bool = true,
        _ member: String = "logStreamName"
    ) {
        if required { violations.required(name, member) }
        guard let name else { return }
        if name.unicodeScalars.count > Limits.Logs.nameLength.upperBound { isNameTooLong = true }
        violations.length(name, member, 1...Int.max)
        violations.pattern(name, member, Self.streamPattern) {
            $0.utf8.allSatisfy { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "*") }
        }
    }

    mutating func identifier(_ text: String?, _ member: String = "logGroupIdentifier") {
        violations.length(text, member, Limits.Logs.identifierLength)
        violations.pattern(text, member, #"[\w#+=/:,.@-]*"#) {
            $0.utf8.allSatisfy { Self.isWord($0) || "#+=/:,.@-".utf8.contains($0) }
        }
    }

    mutating func resourceARN(_ text: String?, _ member: String = "resourceArn") {
        violations.required(text, member)
        violations.length(text, member, Limits.Logs.taggedResourceLength)
        violations.pattern(text, member, #"[\w+=/:,.@-]*"#) {
            $0.utf8.allSatisfy { Self.isWord($0) || "+=/:,.@-".utf8.contains($0) }
        }
    }

    mutating func keyID(_ text: String?, required: Bool) {
        if required { violations.required(text, "kmsKeyId") }
        violations.length(text, "kmsKeyId", Limits.Logs.keyIDLength)
    }

    mutating func token(_ token: String?) {
        violations.length(token, "nextToken", 1...Int.max)
    }

    mutating func limit(_ limit: Int?, _ range: ClosedRange<Int>) {
        violations.range(limit, "limit", range)
    }

    mutating func time(_ time: Int64?, _ member: String) {
        violations.range(time, member, 0...Int64.max)
    }

    mutating func required<Value>(_ value: Value?, _ member: String) {
        violations.required(value, member)
    }

    mutating func length(_ text: String?, _ member: String, _ range: ClosedRange<Int>) {
        violations.length(text, member, range)
    }

    mutating func oneOf(_ text: String?, _ member: String, _ allowed: [String]) {
        violations.oneOf(text, member, allowed)
    }

    mutating func count(_ list: [String]?, _ member: String, _ range: ClosedRange<Int>) {
        violations.count(list, member, range)
    }

    mutating func count(_ map: [String: String]?, _ member: String, _ range: ClosedRange<Int>) {
        violations.count(map, member, range)
    }

    /// Things whose text goes into no message.
    mutating func count<Element>(
        unseen list: [Element]?,
        _ member: String,
        _ range: ClosedRange<Int>
    ) {
        violations.count(list, member, range, shown: nil)
    }

    mutating func add(_ value: String, _ member: String, _ constraint: String) {
        violations.add(value, member, constraint)
    }

    func check() throws {
        try violations.check(code: "InvalidParameterException")
        if isNameTooLong { throw LogsFault.nameTooLong }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isGroupCharacter(_ byte: UInt8) -> Bool {
        isWord(byte) || ".-/#".utf8.contains(byte)
    }
}

/// The two ways to name a group, of which exactly one must be used.
struct GroupReference {
    let name: String?
    let identifier: String?

    /// The group's name, from the identifier if that was given.
    ///
    /// An ARN of another account or region names a group that is not here.
    func resolve(in context: OperationContext) throws -> String {
        var validation = LogsValidation()
        validation.groupName(name, required: false)
        validation.identifier(identifier)
        try validation.check()
        switch (name, identifier) {
        case (let name?, nil):
            return name
        case (nil, let identifier?):
            guard identifier.hasPrefix("arn:") else {
                var validation = LogsValidation()
                validation.groupName(identifier, "logGroupIdentifier")
                try validation.check()
                return identifier
            }
            guard let name = LogGroupARN.name(in: identifier, of: context.scope) else {
                throw LogsFault.groupNotFound
            }
            return name
        case (.some, .some):
            throw LogsFault.groupNameAndIdentifier
        case (nil, nil):
            throw LogsFault.invalidParameter(
                "Either logGroupName or logGroupIdentifier must be specified."
            )
        }
    }
}
