/// A hybrid node: `mi-` and 17 hexadecimal digits.
package struct NodeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    package init(parsing text: String) throws(InvalidIdentifier) {
        guard text.hasPrefix("mi-"), text.utf8.count == 20, text.dropFirst(3).isLowercaseHex else {
            throw InvalidIdentifier(kind: "managed node ID", text: text)
        }
        description = text
    }

    /// Makes a new one from nine random bytes, of which the last half byte is not used.
    package init(entropy: some Entropy) {
        description = "mi-" + entropy.hexDigits(17)
    }

    package static func < (left: NodeID, right: NodeID) -> Bool {
        left.description < right.description
    }
}

/// A session: the name of the user or role session, `-`, and 17 hexadecimal digits.
///
/// AWS's sample policies rest on this form (`session/${aws:username}-*`), and the agent uses it as a
/// directory and log stream name, so that it holds only what both allow.
package struct SessionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    package init(parsing text: String) throws(InvalidIdentifier) {
        let allowed = text.utf8.allSatisfy(Self.isAllowed)
        guard (1...Limits.sessionIDLength).contains(text.utf8.count), allowed,
            let dash = text.lastIndex(of: "-"), text[text.index(after: dash)...].isLowercaseHex,
            text[text.index(after: dash)...].utf8.count == 17
        else {
            throw InvalidIdentifier(kind: "session ID", text: text)
        }
        description = text
    }

    /// Makes a new one for the person of that name.
    ///
    /// Names of users and role sessions may hold `+ = , . @ -`, all of which AWS keeps here. A name is
    /// cut to leave room for the digits: the limit of the field is 96 characters.
    package init(owner: String, entropy: some Entropy) {
        let kept = owner.utf8.filter(Self.isAllowed).prefix(Limits.sessionIDLength - 18)
        description = String(decoding: kept, as: UTF8.self) + "-" + entropy.hexDigits(17)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "@"),
            UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ","):
            true
        default: false
        }
    }

    package static func < (left: SessionID, right: SessionID) -> Bool {
        left.description < right.description
    }
}

extension StringProtocol {
    /// Whether every character is one of `0-9a-f`; true of the empty text.
    package var isLowercaseHex: Bool {
        utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
