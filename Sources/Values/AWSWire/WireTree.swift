/// A value between a Swift type and the text of the query protocol or of XML.
///
/// Both write a structure as named members, a list as members called `member` and a map as entries with a
/// key and a value, and know no other leaf than text.
indirect enum WireTree: Equatable, Sendable {
    case text(String)
    case structure([Member])
    case list([WireTree])
    case map([Member])

    struct Member: Equatable, Sendable {
        var name: String
        var value: WireTree
    }
}

/// What was read from a form or an XML document: text, or members in the order they came in.
struct WireNode: Equatable, Sendable {
    struct Child: Equatable, Sendable {
        var name: String
        var node: WireNode
    }

    var text = ""
    var children: [Child] = []

    /// The first member of that name.
    subscript(_ name: String) -> WireNode? {
        children.first { $0.name == name }?.node
    }

    /// The members of a list.
    var members: [WireNode] {
        children.lazy.filter { $0.name == "member" }.map(\.node)
    }

    /// The entries of a map, or the members as they stand when they are no entries.
    var fields: [Child] {
        guard let first = children.first, first.name == "entry" else { return children }
        return children.compactMap { child in
            guard let key = child.node["key"], let value = child.node["value"] else { return nil }
            return Child(name: key.text, node: value)
        }
    }
}
