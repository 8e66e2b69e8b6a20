import SessionWire
import Vocabulary

/// A parameter that a document defines, and what its values must be like.
struct DocumentParameter: Equatable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case string = "String"
        case stringList = "StringList"
    }

    let name: String
    let kind: Kind
    let description: String?
    let defaultValue: JSONValue?
    private let allowedValues: [String]?
    private let pattern: AllowedPattern?
    private let patternText: String?
    private let characters: ClosedRange<Int>
    private let items: ClosedRange<Int>

    init(name: String, _ value: JSONValue) throws(DocumentProblem) {
        guard !name.isEmpty, name.utf8.allSatisfy(ParameterReferences.isNameByte) else {
            throw .content("The parameter name '\(name)' may hold letters and digits only.")
        }
        guard case .object(let members) = value else {
            throw .content("The parameter '\(name)' must be an object, not \(value.kind).")
        }
        let reader = DocumentReader(members, in: "parameter \(name)")
        try reader.allowOnly([
            "type", "description", "default", "allowedValues", "allowedPattern", "minChars",
            "maxChars", "minItems", "maxItems", "displayType",
        ])
        let type = try reader.string("type") ?? ""
        guard let kind = Kind(rawValue: type) else {
            throw .content(
                "The type '\(type)' of parameter \(name) is not supported. Use String or StringList."
            )
        }
        self.name = name
        self.kind = kind
        description = try reader.string("description")
        _ = try reader.string("displayType")
        allowedValues = try reader.strings("allowedValues")
        patternText = try reader.string("allowedPattern")
        do {
            pattern = try patternText.map(AllowedPattern.init(parsing:))
        } catch {
            throw .content("The allowedPattern of parameter \(name) is not supported: \(error)")
        }
        characters = try Self.range(reader, "minChars", "maxChars")
        items = try Self.range(reader, "minItems", "maxItems")
        defaultValue = try Self.defaultValue(of: reader, kind, name)
    }

    private static func range(
        _ reader: DocumentReader,
        _ low: String,
        _ high: String
    ) throws(DocumentProblem) -> ClosedRange<Int> {
        let lower = try reader.integer(low, 0...Int.max) ?? 0
        let upper = try reader.integer(high, 0...Int.max) ?? Int.max
        guard lower <= upper else { throw .content("\(low) must not be greater than \(high).") }
        return lower...upper
    }

    private static func defaultValue(
        of reader: DocumentReader,
        _ kind: Kind,
        _ name: String
    ) throws(DocumentProblem) -> JSONValue? {
        switch (kind, reader["default"]) {
        case (_, nil), (_, .null?): return nil
        case (.string, .string(let text)?): return .string(text)
        case (.stringList, .array?):
            return .array(try reader.strings("default")?.map { .string($0) } ?? [])
        case (_, .some(let other)):
            throw .content(
                "The default of parameter \(name) must be of type \(kind.rawValue), not \(other.kind)."
            )
        }
    }

    /// The value that a session gets for what its caller gave, or the fault that says what is wrong.
    func value(of given: [String]) throws -> JSONValue {
        switch kind {
        case .string:
            guard let text = given.first, given.count == 1 else {
                throw SSMFault.invalidParameters(
                    "Parameter '\(name)' takes one value, not \(given.count)."
                )
            }
            try check(text)
            return .string(text)
        case .stringList:
            guard items.contains(given.count) else {
                throw SSMFault.invalidParameters(
                    "Parameter '\(name)' takes \(Self.words(items)) values, not \(given.count)."
                )
            }
            for text in given { try check(text) }
            return .array(given.map { .string($0) })
        }
    }

    private func check(_ text: String) throws {
        guard characters.contains(text.unicodeScalars.count) else {
            throw SSMFault.invalidParameters(
                "Parameter '\(name)' must have \(Self.words(characters)) characters."
            )
        }
        if let allowedValues, !allowedValues.contains(text) {
            throw SSMFault.invalidParameters(
                "Parameter '\(name)' must be one of: \(allowedValues.joined(separator: ", "))."
            )
        }
        if let pattern, let patternText, !pattern.matches(text) {
            throw SSMFault.invalidParameters(
                "Parameter '\(name)' does not match the allowed pattern \(patternText)."
            )
        }
    }

    private static func words(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }
}

extension [DocumentParameter] {
    /// The values of a session: those given, checked, and the defaults of the rest.
    ///
    /// Nothing the document does not define is taken, and nothing it needs may be missing.
    func values(of given: [String: [String]]) throws -> [String: JSONValue] {
        let defined = Set(map(\.name))
        for name in given.keys.sorted() where !defined.contains(name) {
            throw SSMFault.invalidParameters("Parameter '\(name)' is not defined by the document.")
        }
        var values: [String: JSONValue] = [:]
        for parameter in self {
            if let texts = given[parameter.name] {
                values[parameter.name] = try parameter.value(of: texts)
            } else if let value = parameter.defaultValue {
                values[parameter.name] = value
            } else {
                throw SSMFault.invalidParameters(
                    "Parameter '\(parameter.name)' is required by the document."
                )
            }
        }
        return values
    }
}
