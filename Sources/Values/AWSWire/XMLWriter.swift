/// Writes XML into bytes, escaping what must be.
struct XMLWriter {
    private(set) var bytes: [UInt8] = []

    mutating func open(_ name: String, attribute: (name: String, value: String)? = nil) {
        append("<\(name)")
        if let attribute {
            append(" \(attribute.name)=\"")
            appendEscaped(attribute.value)
            append("\"")
        }
        append(">")
    }

    mutating func close(_ name: String) { append("</\(name)>") }

    /// A tree as an element of that name.
    mutating func write(_ tree: WireTree, as name: String) {
        open(name)
        switch tree {
        case .text(let text): appendEscaped(text)
        case .structure(let members):
            for member in members { write(member.value, as: member.name) }
        case .list(let items):
            for item in items { write(item, as: "member") }
        case .map(let members):
            for member in members {
                open("entry")
                write(.text(member.name), as: "key")
                write(member.value, as: "value")
                close("entry")
            }
        }
        close(name)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Escapes the five characters with a name, and line ends, which a reader would otherwise normalise.
    ///
    /// Characters that XML 1.0 cannot hold at all become U+FFFD, so that the document stays readable.
    private mutating func appendEscaped(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": append("&amp;")
            case "<": append("&lt;")
            case ">": append("&gt;")
            case "\"": append("&quot;")
            case "'": append("&#39;")
            case "\r": append("&#xD;")
            case "\t", "\n": bytes.append(UInt8(scalar.value))
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": append("\u{FFFD}")
            default:
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}
