import Vocabulary

/// Collects what is wrong with an input, in AWS's wording, so that one answer names all of it.
///
/// AWS's services answer `N validation errors detected: Value 'x' at 'keyId' failed to satisfy constraint:
/// Member must have length less than or equal to 2048; Value …`.
package struct ConstraintViolations: Sendable {
    private var sentences: [String] = []

    package init() {}

    package var isEmpty: Bool { sentences.isEmpty }

    /// A member that must be there; returns it, or an empty stand-in that is never used, since `check` throws.
    package mutating func required<Value>(_ value: Value?, _ member: String) {
        guard value == nil else { return }
        sentences.append(
            "Value null at '\(member)' failed to satisfy constraint: Member must not be null"
        )
    }

    /// A text's length in characters.
    package mutating func length(
        _ value: String?,
        _ member: String,
        _ range: ClosedRange<Int>,
        isShown: Bool = true
    ) {
        guard let value, let constraint = Self.bound(value.unicodeScalars.count, range) else {
            return
        }
        if isShown { add(value, member, constraint) } else { addUnseen(member, constraint) }
    }

    /// A text that must match a pattern; the caller has done the matching, and the message shows the pattern.
    package mutating func pattern(
        _ value: String?,
        _ member: String,
        _ pattern: String,
        matches: (String) -> Bool
    ) {
        guard let value, !matches(value) else { return }
        add(value, member, "Member must satisfy regular expression pattern: \(pattern)")
    }

    package mutating func range<Number: FixedWidthInteger>(
        _ value: Number?,
        _ member: String,
        _ range: ClosedRange<Number>
    ) {
        guard let value else { return }
        if value < range.lowerBound {
            add(
                "\(value)",
                member,
                "Member must have value greater than or equal to \(range.lowerBound)"
            )
        } else if value > range.upperBound {
            add(
                "\(value)",
                member,
                "Member must have value less than or equal to \(range.upperBound)"
            )
        }
    }

    /// A text that must be one of a set.
    package mutating func oneOf(_ value: String?, _ member: String, _ allowed: [String]) {
        guard let value, !allowed.contains(value) else { return }
        add(
            value,
            member,
            "Member must satisfy enum value set: [\(allowed.joined(separator: ", "))]"
        )
    }

    /// How many things are in a list, which is shown as `[a, b]`.
    ///
    /// `shown` words one of them; nil for what must not be repeated, of which only `[]` is shown.
    package mutating func count<Element>(
        _ list: [Element]?,
        _ member: String,
        _ range: ClosedRange<Int>,
        shown: ((Element) -> String)?
    ) {
        guard let list, let constraint = Self.bound(list.count, range) else { return }
        guard shown != nil || list.isEmpty else { return addUnseen(member, constraint) }
        let words = list.map { shown?($0) ?? "" }
        add("[\(words.joined(separator: ", "))]", member, constraint)
    }

    package mutating func count(_ list: [String]?, _ member: String, _ range: ClosedRange<Int>) {
        count(list, member, range) { $0 }
    }

    /// How many pairs are in a map, which is shown as `{a=1, b=2}`.
    package mutating func count(
        _ map: [String: String]?,
        _ member: String,
        _ range: ClosedRange<Int>
    ) {
        guard let map, let constraint = Self.bound(map.count, range) else { return }
        let words = map.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        add("{\(words.joined(separator: ", "))}", member, constraint)
    }

    /// How many bytes are in a blob, which is never shown.
    package mutating func size(_ bytes: Int?, _ member: String, _ range: ClosedRange<Int>) {
        guard let bytes, let constraint = Self.bound(bytes, range) else { return }
        addUnseen(member, constraint)
    }

    private static func bound(_ count: Int, _ range: ClosedRange<Int>) -> String? {
        if count < range.lowerBound {
            "Member must have length greater than or equal to \(range.lowerBound)"
        } else if count > range.upperBound {
            "Member must have length less than or equal to \(range.upperBound)"
        } else {
            nil
        }
    }

    package mutating func add(_ value: String, _ member: String, _ constraint: String) {
        sentences.append(
            "Value '\(value)' at '\(member)' failed to satisfy constraint: \(constraint)"
        )
    }

    /// Adds a violation without its value, which must not be repeated: AWS leaves secrets out.
    package mutating func addUnseen(_ member: String, _ constraint: String) {
        sentences.append("Value at '\(member)' failed to satisfy constraint: \(constraint)")
    }

    /// Throws the service's own validation fault if anything was wrong.
    package func check(code: String = "ValidationException") throws {
        guard !sentences.isEmpty else { return }
        let noun = sentences.count == 1 ? "error" : "errors"
        throw ServiceFault(
            code,
            "\(sentences.count) validation \(noun) detected: " + sentences.joined(separator: "; ")
        )
    }
}
