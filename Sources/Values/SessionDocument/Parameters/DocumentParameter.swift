import Expressions
package import SessionWire
import Vocabulary

/// A parameter that a document defines, and what its values must be like.
package struct DocumentParameter: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case string = "String"
        case stringList = "StringList"
    }

    package let name: String
    package let kind: Kind
    package let description: String?
    package let defaultValue: JSONValue?
    private let allowedValues: [String]?
    private let pattern: AllowedPattern?
    private let patternText: String?
    private let characters: ClosedRange<Int>
    private let items: ClosedRange<Int>

    /// The parameters that a document defines, in the order of their names.
    static func all(
        of definitions: [String: JSONValue],
        _ reading: DocumentReading
    ) throws(DocumentProblem) -> [DocumentParameter] {
        var parameters: [DocumentParameter] = []
        for (name, value) in definitions.sorted(by: { $0.key < $1.key }) {
            parameters.append(try DocumentParameter(name: name, value, reading))
        }
        return parameters
    }

    /// Reads a definition; the node needs its kind and its default, and holds no value to it.
    package init(
        name: String,
        _ value: JSONValue,
        _ reading: DocumentReading = .authoring
    ) throws(DocumentProblem) {
        guard case .object(let members) = value else {
            throw .content("The parameter '\(name)' must be an object, not \(value.kind).")
        }
        self.name = name
        guard reading != .onNode else {
            kind = members["type"]?.string.flatMap(Kind.init) ?? .string
            defaultValue = members["default"]
            (description, allowedValues, pattern, patternText) = (nil, nil, nil, nil)
            (characters, items) = (0...Int.max, 0...Int.max)
            return
        }
        guard !name.isEmpty, name.utf8.allSatisfy(ParameterReferences.isNameByte) else {
            throw .content("The parameter name '\(name)' may hold letters and digits only.")
        }
        // A definition is no place for references; `starting` reads braces as text.
        var reader = DocumentReader(members, in: "parameter \(name)", .starting)
        let type = try reader.string("type") ?? ""
        guard let kind = Kind(rawValue: type) else {
            throw .content(
                "The type '\(type)' of parameter \(name) is not supported. Use String or StringList."
            )
        }
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
        characters = try Self.range(&reader, "minChars", "maxChars")
        items = try Self.range(&reader, "minItems", "maxItems")
        defaultValue = try Self.defaultValue(of: &reader, kind, name)
        try reader.refuseOthers()
    }

    private static func range(
        _ reader: inout DocumentReader,
        _ low: String,
        _ high: String
    ) throws(DocumentProblem) -> ClosedRange<Int> {
        let lower = try reader.integer(low, 0...Int.max) ?? 0
        let upper = try reader.integer(high, 0...Int.max) ?? Int.max
        guard lower <= upper else { throw .content("\(low) must not be greater than \(high).") }
        return lower...upper
    }

    private static func defaultValue(
        of reader: inout DocumentReader,
        _ kind: Kind,
        _ name: String
    ) throws(DocumentProblem) -> JSONValue? {
        switch (kind, reader.value("default")) {
        case (_, nil): return nil
        case (.string, .string(let text)?): return .string(text)
        case (.stringList, .array?):
            return .array(try reader.strings("default")?.map { .string($0) } ?? [])
        case (_, .some(let other)):
            throw .content(
                "The default of parameter \(name) must be of type \(kind.rawValue), not \(other.kind)."
            )
        }
    }

    /// The value that a session gets for what its caller gave, or what is wrong with it.
    func value(
        of given: [String],
        _ budget: inout ExpressionBudget
    ) throws(DocumentProblem) -> JSONValue {
        switch kind {
        case .string:
            guard let text = given.first, given.count == 1 else {
                throw .parameters(
                    "Parameter '\(name)' takes one value, not \(given.count)."
                )
            }
            try check(text, &budget)
            return .string(text)
        case .stringList:
            guard items.contains(given.count) else {
                throw .parameters(
                    "Parameter '\(name)' takes \(Self.words(items)) values, not \(given.count)."
                )
            }
            for text in given { try check(text, &budget) }
            return .array(given.map { .string($0) })
        }
    }

    private func check(
        _ text: String,
        _ budget: inout ExpressionBudget
    ) throws(DocumentProblem) {
        guard characters.contains(text.unicodeScalars.count) else {
            throw .parameters(
                "Parameter '\(name)' must have \(Self.words(characters)) characters."
            )
        }
        if let allowedValues, !allowedValues.contains(text) {
            throw .parameters(
                "Parameter '\(name)' must be one of: \(allowedValues.joined(separator: ", "))."
            )
        }
        if let pattern, let patternText, try !matches(text, pattern, &budget) {
            throw .parameters(
                "Parameter '\(name)' does not match the allowed pattern \(patternText)."
            )
        }
    }

    private func matches(
        _ text: String,
        _ pattern: AllowedPattern,
        _ budget: inout ExpressionBudget
    ) throws(DocumentProblem) -> Bool {
        do {
            return try pattern.matches(text, spending: &budget)
        } catch {
            throw .tooMuchWork(
                "Parameter '\(name)' takes more work to hold against its allowed pattern than one "
                    + "session may cause. Use a shorter value or a simpler pattern."
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
    package func values(
        of given: [String: [String]]
    ) throws(DocumentProblem) -> [String: JSONValue] {
        let defined = Set(map(\.name))
        for name in given.keys.sorted() where !defined.contains(name) {
            throw .parameters("Parameter '\(name)' is not defined by the document.")
        }
        var values: [String: JSONValue] = [:]
        var budget = ExpressionBudget(Limits.patternWork)
        for parameter in self {
            if let texts = given[parameter.name] {
                values[parameter.name] = try parameter.value(of: texts, &budget)
            } else if let value = parameter.defaultValue {
                values[parameter.name] = value
            } else {
                throw .parameters(
                    "Parameter '\(parameter.name)' is required by the document."
                )
            }
        }
        return values
    }

    /// The values of a session as the node is told them, with the defaults of the rest.
    ///
    /// Systems Manager writes every parameter as a list: that of a single value means the value, unless the
    /// document says that it is a list.
    package func values(told given: [String: JSONValue]) -> [String: JSONValue] {
        let lists = Set(filter { $0.kind == .stringList }.map(\.name))
        var values: [String: JSONValue] = [:]
        for (name, value) in given {
            if case .array(let items) = value, items.count == 1, !lists.contains(name) {
                values[name] = items[0]
            } else {
                values[name] = value
            }
        }
        for parameter in self where values[parameter.name] == nil {
            values[parameter.name] = parameter.defaultValue
        }
        return values
    }
}
