import SessionWire

/// When a document is read, which decides how strictly.
package enum DocumentReading: Equatable, Sendable {
    /// At the server, while it is written: nothing unknown is taken, and a value may be left to a parameter.
    case authoring
    /// At the server, when a session starts: as strict, with every reference replaced.
    case starting
    /// On the node: what the node acts on has to make sense. The rest is the server's to refuse, and whatever
    /// a later server says that this node does not know is left alone.
    case onNode
}

/// Reads the members of one object of a document, and says in words what is wrong with them.
///
/// A member is known because somebody reads it, so that there is no list of names to keep beside the reading.
/// The last word is `refuseOthers`.
struct DocumentReader {
    private let members: [String: JSONValue]
    /// Where the object stands, such as `inputs`.
    private let place: String
    let reading: DocumentReading
    private var known: Set<String> = []

    init(_ members: [String: JSONValue], in place: String, _ reading: DocumentReading) {
        self.members = members
        self.place = place
        self.reading = reading
    }

    /// A member that is there, be it null or a reference.
    func has(_ name: String) -> Bool { members[name] != nil }

    /// The first member that nobody has read; none on the node, which leaves alone what it does not know.
    var unknown: String? {
        guard reading != .onNode else { return nil }
        return members.keys.sorted().first { !known.contains($0) }
    }

    /// The names that were read, whether or not there was something.
    var knownNames: [String] { known.sorted() }

    func refuseOthers() throws(DocumentProblem) {
        guard let unknown else { return }
        throw .content("'\(unknown)' is not a member of \(place).")
    }

    /// The value of a member: nil for null too, and for what a parameter will say.
    mutating func value(
        _ name: String,
        mayBeReference: Bool = true
    ) -> JSONValue? {
        known.insert(name)
        switch members[name] {
        case nil, .null: return nil
        case .some(let value):
            let isLeft = mayBeReference && reading == .authoring
            return isLeft && ParameterReferences.isReference(value) ? nil : value
        }
    }

    mutating func string(_ name: String) throws(DocumentProblem) -> String? {
        switch value(name) {
        case nil: return nil
        case .string(let value): return value
        case .some(let other):
            throw .content("\(name) in \(place) must be a string, not \(other.kind).")
        }
    }

    /// A string that means nothing when it is empty: preferences leave out and leave empty alike.
    mutating func text(_ name: String) throws(DocumentProblem) -> String? {
        guard let text = try string(name), !text.isEmpty else { return nil }
        return text
    }

    mutating func object(_ name: String) throws(DocumentProblem) -> [String: JSONValue]? {
        switch value(name) {
        case nil: return nil
        case .object(let value): return value
        case .some(let other):
            throw .content("\(name) in \(place) must be an object, not \(other.kind).")
        }
    }

    /// A boolean; where `asWord`, also its word as a string, as stock agents take it.
    ///
    /// Where they take no string, a reference cannot stand either: they read the document before they put
    /// anything into it.
    mutating func bool(_ name: String, asWord: Bool) throws(DocumentProblem) -> Bool? {
        switch value(name, mayBeReference: asWord) {
        case nil: return nil
        case .bool(let value): return value
        case .string(let text) where asWord:
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
    mutating func integer(
        _ name: String,
        _ range: ClosedRange<Int>
    ) throws(DocumentProblem) -> Int? {
        let value: Int
        switch self.value(name) {
        case nil, .string(""): return nil
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

    mutating func strings(_ name: String) throws(DocumentProblem) -> [String]? {
        switch value(name) {
        case nil: return nil
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
