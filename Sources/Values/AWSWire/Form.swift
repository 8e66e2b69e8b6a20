import Encoding
import Vocabulary

/// `application/x-www-form-urlencoded`, and what the dots in its names mean.
enum Form {
    /// The tree that the names of a form describe.
    ///
    /// Of a name that comes twice the last value counts, as with AWS.
    static func node(of form: some StringProtocol) throws(ServiceFault) -> WireNode {
        let branch = Branch()
        var (count, nodes) = (0, 0)
        for pair in form.split(separator: "&") {
            count += 1
            guard count <= Limits.formParameterCount else {
                throw ServiceFault("MalformedQueryString", "The form has too many parameters.")
            }
            let halves = pair.utf8.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard halves[0].count <= Limits.formNameLength else {
                throw ServiceFault("MalformedInput", "A parameter's name is too long.")
            }
            let name = try decoded(halves[0])
            let value = halves.count > 1 ? try decoded(halves[1]) : ""
            let steps = name.split(separator: ".", omittingEmptySubsequences: false)
            guard steps.count <= Limits.wireNesting else {
                throw ServiceFault("MalformedInput", "A parameter's name nests too deep.")
            }
            branch.at(steps, &nodes).text = value
            guard nodes <= Limits.formNodeCount else {
                throw ServiceFault("MalformedQueryString", "The form has too many parts.")
            }
        }
        return branch.node
    }

    /// A node while it is put together; a class, since its children are reached by name again and again.
    private final class Branch {
        var text = ""
        private var names: [String] = []
        private var children: [String: Branch] = [:]

        /// The node at the end of the steps; those that are made on the way are added to `made`.
        func at(_ steps: [Substring], _ made: inout Int) -> Branch {
            var current = self
            for step in steps {
                let name = String(step)
                if let next = current.children[name] {
                    current = next
                    continue
                }
                let next = Branch()
                made += 1
                current.names.append(name)
                current.children[name] = next
                current = next
            }
            return current
        }

        var node: WireNode {
            var node = WireNode(text: text)
            for name in names {
                guard let child = children[name] else { continue }
                if name == "member" || name == "entry", let items = child.numbered {
                    node.children += items.map { WireNode.Child(name: name, node: $0.node) }
                } else {
                    node.children.append(WireNode.Child(name: name, node: child.node))
                }
            }
            return node
        }

        /// The children in the order of the numbers they are called by; nil if one has another name.
        private var numbered: [Branch]? {
            let items = children.compactMap { name, branch in Int(name).map { ($0, branch) } }
            guard !items.isEmpty, items.count == children.count else { return nil }
            return items.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// The text that percent-escapes and plus signs stand for.
    static func decoded(_ text: some Collection<UInt8>) throws(ServiceFault) -> String {
        do {
            return try Percent.text(of: text, plus: .space)
        } catch {
            throw malformed
        }
    }

    private static let malformed = ServiceFault(
        "MalformedQueryString",
        "The query string contains a syntax error."
    )

    /// The parameters that a tree stands for, with their dotted names.
    static func flatten(
        _ tree: WireTree,
        under prefix: String,
        into parameters: inout [(name: String, value: String)]
    ) {
        let dot = prefix.isEmpty ? "" : "\(prefix)."
        switch tree {
        case .text(let text):
            parameters.append((prefix, text))
        case .structure(let members):
            for member in members {
                flatten(member.value, under: dot + member.name, into: &parameters)
            }
        case .list(let items):
            // An empty list is written as an empty parameter, so that it differs from none.
            if items.isEmpty { parameters.append((prefix, "")) }
            for (index, item) in items.enumerated() {
                flatten(item, under: "\(dot)member.\(index + 1)", into: &parameters)
            }
        case .map(let members):
            for (index, member) in members.enumerated() {
                parameters.append(("\(dot)entry.\(index + 1).key", member.name))
                flatten(member.value, under: "\(dot)entry.\(index + 1).value", into: &parameters)
            }
        }
    }

    static func text(of parameters: [(name: String, value: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in parameters {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            bytes += Percent.encode(name.utf8)
            bytes.append(UInt8(ascii: "="))
            bytes += Percent.encode(value.utf8)
        }
        return bytes
    }
}
