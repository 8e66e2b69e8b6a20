import Vocabulary

/// Reads the XML that AWS's services answer with: elements, text, comments, and nothing dangerous.
///
/// A document type is refused, so that there are no entities but the five of XML and the numeric ones.
/// Attributes are read past; names lose their prefix. Depth and number of elements are limited.
struct XMLReader {
    struct Root {
        let name: String
        let node: WireNode
    }

    private let bytes: [UInt8]
    private var index = 0
    private var elements = 0

    static func read(_ bytes: [UInt8]) throws(MalformedBody) -> Root {
        var reader = XMLReader(bytes: bytes)
        try reader.skipMisc()
        guard let root = try reader.element(depth: 1) else {
            throw MalformedBody("no root element")
        }
        try reader.skipMisc()
        guard reader.index == bytes.count else {
            throw MalformedBody("text after the root element")
        }
        return root
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// One element with all that is in it; the reader stands at its `<`.
    private mutating func element(depth: Int) throws(MalformedBody) -> Root? {
        guard take("<") else { return nil }
        guard depth <= Limits.wireNesting else { throw MalformedBody("elements nest too deep") }
        elements += 1
        guard elements <= Limits.xmlElementCount else { throw MalformedBody("too many elements") }
        let qualified = try name()
        let isEmpty = try skipAttributes()
        var node = WireNode()
        if !isEmpty { try content(of: qualified, into: &node, depth: depth) }
        let local = qualified.split(separator: UInt8(ascii: ":")).last ?? []
        return Root(name: String(decoding: local, as: UTF8.self), node: node)
    }

    private mutating func content(
        of qualified: ArraySlice<UInt8>,
        into node: inout WireNode,
        depth: Int
    ) throws(MalformedBody) {
        var text: [UInt8] = []
        while index < bytes.count {
            if take("</") {
                guard try name() == qualified else {
                    throw MalformedBody("an element is not closed")
                }
                skipSpace()
                guard take(">") else { throw MalformedBody("a closing tag is broken") }
                // Space between elements is layout; space in a leaf is what it says.
                if node.children.isEmpty {
                    guard let valid = String(validating: text, as: UTF8.self) else {
                        throw MalformedBody("text is not UTF-8")
                    }
                    node.text = valid
                }
                return
            } else if take("<!--") {
                try skip(past: "-->")
            } else if take("<![CDATA[") {
                let start = index
                try skip(past: "]]>")
                text += bytes[start..<(index - 3)]
            } else if take("<?") {
                try skip(past: "?>")
            } else if bytes[index] == UInt8(ascii: "<") {
                guard let child = try element(depth: depth + 1) else { break }
                node.children.append(WireNode.Child(name: child.name, node: child.node))
            } else if take("&") {
                text += try reference()
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        throw MalformedBody("the document ends inside an element")
    }

    /// What a reference stands for; the reader stands past its ampersand.
    private mutating func reference() throws(MalformedBody) -> [UInt8] {
        let start = index
        while index < bytes.count, index - start < 10, bytes[index] != UInt8(ascii: ";") {
            index += 1
        }
        guard index < bytes.count, bytes[index] == UInt8(ascii: ";") else {
            throw MalformedBody("a reference has no end")
        }
        let name = String(decoding: bytes[start..<index], as: UTF8.self)
        index += 1
        switch name {
        case "amp": return [UInt8(ascii: "&")]
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default: break
        }
        let isHexadecimal = name.hasPrefix("#x") || name.hasPrefix("#X")
        guard name.hasPrefix("#"),
            let value = UInt32(
                name.dropFirst(isHexadecimal ? 2 : 1),
                radix: isHexadecimal ? 16 : 10
            ),
            let scalar = Unicode.Scalar(value)
        else { throw MalformedBody("an entity is not known") }
        return Array(String(scalar).utf8)
    }

    private mutating func name() throws(MalformedBody) -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count, Self.isName(bytes[index]) { index += 1 }
        guard index > start else { throw MalformedBody("a tag has no name") }
        return bytes[start..<index]
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: false
        }
    }

    /// Reads to the end of an opening tag; true if the element ends there too.
    private mutating func skipAttributes() throws(MalformedBody) -> Bool {
        while true {
            skipSpace()
            if take("/>") { return true }
            if take(">") { return false }
            _ = try name()
            skipSpace()
            guard take("=") else { throw MalformedBody("an attribute has no value") }
            skipSpace()
            if take("\"") {
                try skip(past: "\"")
            } else if take("'") {
                try skip(past: "'")
            } else {
                throw MalformedBody("an attribute is not quoted")
            }
        }
    }

    /// Steps over a declaration, comments and space before and after the root; a document type is refused.
    private mutating func skipMisc() throws(MalformedBody) {
        while true {
            skipSpace()
            if take("<?") {
                try skip(past: "?>")
            } else if take("<!--") {
                try skip(past: "-->")
            } else {
                return
            }
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func skip(past end: StaticString) throws(MalformedBody) {
        while index < bytes.count {
            if take(end) { return }
            index += 1
        }
        throw MalformedBody("the document ends too early")
    }

    /// Steps over the text if it stands here.
    private mutating func take(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes.count - index >= wanted.count else { return false }
        for offset in 0..<wanted.count where bytes[index + offset] != wanted[offset] {
            return false
        }
        index += wanted.count
        return true
    }
}
