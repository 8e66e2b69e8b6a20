import SessionWire

/// Reads the members of one object of a document, and says in words what is wrong with them.
struct DocumentReader {
    private let members: [String: JSONValue]
    /// Where the object stands, such as `inputs`.
    private let place: String

    init(_ members: [String: JSONValue], in place: String) {
        self.members = members
        self.place = place
    }

    subscript(name: String) -> JSONValue? { members[name] }

    var names: [String] { members.keys.sorted() }

    func allowOnly(_ allowed: Set<String>) throws(DocumentProblem) {
        for name in names where !allowed.contains(name) {
            throw .content("'\(name)' is not a member of \(place).")
        }
    }

    func string(_ name: String) throws(DocumentProblem) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let value): return value
        case .some(let other):
            throw .content("\(name) in \(place) must be a string, not \(other.kind).")
        }
    }

    func object(_ name: String) throws(DocumentProblem) -> [String: JSONValue]? {
        switch members[name] {
        case nil, .null: return nil
        case .object(let value): return value
        case .some(let other):
            throw .content("\(name) in \(place) must be an object, not \(other.kind).")
        }
    }

    /// A boolean; where `lenient`, also its word as a string, as the agent takes it.
    func bool(_ name: String, lenient: Bool) throws(DocumentProblem) -> Bool? {
        switch members[name] {
        case nil, .null: return nil
        case .bool(let value): return value
        case .string(let text) where lenient:
            switch text {
            case "": return false
            case "1", "t", "T", "true", "TRUE", "True": return true
            case "0", "f", "F", "false", "FALSE", "False": return false
            default: throw .content("\(name) in \(place) must be true or false, not '\(text)'.")
            }
        case .some(let other):
            throw .content("\(name) in \(place) must be a JSON boolean, not \(other.kind).")
        }
    }

    /// A whole number, or its digits in a string; the empty string stands for none.
    func integer(
        _ name: String,
        _ range: ClosedRange<Int>
    ) throws(DocumentProblem) -> Int? {
        let value: Int
        switch members[name] {
        case nil, .null, .string(""): return nil
        case .integer(let number): value = Int(clamping: number)
        case .string(let text):
            guard let number = Int(text), text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { throw .content("\(name) in \(place) must be a whole number, not '\(text)'.") }
            value = number
        case .some(let other):
            throw .content("\(name) in \(place) must be a whole number, not \(other.kind).")
        }
        guard range.contains(value) else {
            throw .content(
                "\(name) in \(place) must be from \(range.lowerBound) to \(range.upperBound), "
                    + "not \(value)."
            )
        }
        return value
    }

    func strings(_ name: String) throws(DocumentProblem) -> [String]? {
        switch members[name] {
        case nil, .null: return nil
        case .array(let values):
            var strings: [String] = []
            for value in values {
                guard case .string(let text) = value else {
                    throw .content("\(name) in \(place) must be a list of strings.")
                }
                strings.append(text)
            }
            return strings
        case .some(let other):
            throw .content("\(name) in \(place) must be a list of strings, not \(other.kind).")
        }
    }
}
