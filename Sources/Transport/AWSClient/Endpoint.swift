package import Vocabulary

/// The address of a server: `https://host[:port]`.
///
/// A path, a query or credentials in the URL are refused rather than ignored. The text is kept in the form
/// that goes into requests: lower-case scheme, no final slash, no default port.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: Int

    package init(parsing text: String) throws(InvalidIdentifier) {
        let invalid = InvalidIdentifier(kind: "endpoint URL (https://HOST[:PORT])", text: text)
        guard let schemeEnd = text.firstRange(of: "://") else { throw invalid }
        switch text[..<schemeEnd.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: throw invalid
        }
        var rest = text[schemeEnd.upperBound...]
        if rest.hasSuffix("/") { rest.removeLast() }
        var portText: Substring?
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]") else { throw invalid }
            host = String(rest[rest.index(after: rest.startIndex)..<close])
            let after = rest[rest.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw invalid }
            if after.hasPrefix(":") { portText = after.dropFirst() }
            guard host.utf8.allSatisfy(Self.isAddressByte) else { throw invalid }
        } else {
            let parts = rest.split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            host = String(parts[0])
            if parts.count == 2 { portText = parts[1] }
            guard host.utf8.allSatisfy(Self.isNameByte) else { throw invalid }
        }
        guard !host.isEmpty else { throw invalid }
        if let portText {
            guard let number = Int(portText), (1...65535).contains(number) else { throw invalid }
            port = number
        } else {
            port = isSecure ? 443 : 80
        }
    }

    /// What goes into the `Host` header: the port only when it is not the scheme's own.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Whether only the machine that the server runs on can reach it.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.utf8.allSatisfy { Self.isAddressByte($0) }
    }

    package var description: String { (isSecure ? "https://" : "http://") + authority }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
