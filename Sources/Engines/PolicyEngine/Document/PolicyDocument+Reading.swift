import Vocabulary

extension PolicyDocument {
    /// Reads, checks and compiles a policy; the error says what is wrong and in which line and column.
    ///
    /// What the grammar does not have is refused: an element that was silently ignored could mean that a
    /// denial is.
    package init(parsing text: String, as kind: Kind) throws(PolicyDocumentError) {
        let reader = PolicyReader(text: text, kind: kind)
        do {
            self = try reader.document(try reader.json())
        } catch {
            let (line, column) = reader.position(of: error.offset)
            throw PolicyDocumentError(reason: error.reason, line: line, column: column)
        }
    }
}

/// A reason and the byte it points at.
struct PolicyFlaw: Error {
    let reason: PolicyDocumentError.Reason
    let offset: Int
}

/// Turns the JSON of a policy into statements.
struct PolicyReader {
    let text: String
    let kind: PolicyDocument.Kind

    func json() throws(PolicyFlaw) -> PolicyJSON {
        guard text.utf8.count <= Limits.policyDocumentBytes else {
            throw PolicyFlaw(reason: .notJSON("longer than any policy may be"), offset: 0)
        }
        do {
            return try PolicyJSONReader.read(text)
        } catch {
            throw PolicyFlaw(reason: .notJSON(error.reason), offset: error.offset)
        }
    }

    func position(of offset: Int) -> (line: Int, column: Int) {
        let before = text.utf8.prefix(offset)
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { text.utf8.index(after: $0) }
        let column = text.utf8.distance(from: lineStart ?? before.startIndex, to: before.endIndex)
        return (line, column + 1)
    }

    func document(_ root: PolicyJSON) throws(PolicyFlaw) -> PolicyDocument {
        guard case .object(let members) = root.value else {
            throw PolicyFlaw(reason: .notObject("the document"), offset: root.offset)
        }
        let known = ["Version", "Id", "Statement"]
        if let unknown = members.first(where: { !known.contains($0.name) }) {
            throw PolicyFlaw(reason: .unknownElement(unknown.name), offset: unknown.offset)
        }
        let version = try version(members["Version"])
        let id: String? =
            if let member = members["Id"] { try string(member) } else { nil }
        guard let statement = members["Statement"] else {
            throw PolicyFlaw(reason: .missingStatement, offset: root.offset)
        }
        let elements = statement.value.elements
        guard !elements.isEmpty else {
            throw PolicyFlaw(reason: .missingStatement, offset: statement.value.offset)
        }
        var statements: [Statement] = []
        var sids: Set<String> = []
        for (index, element) in elements.enumerated() {
            let statement = try self.statement(
                element,
                at: index,
                hasVariables: version == .current
            )
            if let sid = statement.sid, !sid.isEmpty, !sids.insert(sid).inserted {
                throw PolicyFlaw(reason: .duplicateSid(sid), offset: element.offset)
            }
            statements.append(statement)
        }
        return PolicyDocument(kind: kind, version: version, id: id, statements: statements)
    }

    private func version(
        _ member: PolicyJSON.Member?
    ) throws(PolicyFlaw) -> PolicyDocument.Version {
        guard let member else { return .first }
        let text = try string(member)
        guard let version = PolicyDocument.Version(rawValue: text) else {
            throw PolicyFlaw(reason: .badVersion(text), offset: member.value.offset)
        }
        return version
    }

    func string(_ member: PolicyJSON.Member) throws(PolicyFlaw) -> String {
        guard case .string(let text) = member.value.value else {
            throw PolicyFlaw(
                reason: .wrongType(element: member.name, expected: "a string"),
                offset: member.value.offset
            )
        }
        return text
    }

    /// A string, or a list of strings, each with its place.
    func strings(
        _ member: PolicyJSON.Member
    ) throws(PolicyFlaw) -> [(text: String, offset: Int)] {
        var texts: [(text: String, offset: Int)] = []
        for element in member.value.elements {
            guard case .string(let text) = element.value else {
                throw PolicyFlaw(
                    reason: .wrongType(
                        element: member.name,
                        expected: "a string or a list of strings"
                    ),
                    offset: element.offset
                )
            }
            texts.append((text, element.offset))
        }
        return texts
    }
}

extension [PolicyJSON.Member] {
    /// The member of that name.
    subscript(_ name: String) -> PolicyJSON.Member? { first { $0.name == name } }
}
