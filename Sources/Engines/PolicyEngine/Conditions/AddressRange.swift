/// An IPv4 or IPv6 address with a prefix length: `203.0.113.0/24`, `2001:db8::/32`, or one address.
struct AddressRange: Equatable, Sendable {
    /// Four bytes or sixteen.
    private let bytes: [UInt8]
    private let prefixLength: Int

    /// Reads CIDR notation (RFC 4632, RFC 4291 section 2.3); nil if it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.version4(parts[0]) ?? Self.version6(parts[0]) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            prefixLength = bytes.count * 8
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]),
            length <= bytes.count * 8
        else { return nil }
        prefixLength = length
    }

    /// Whether all of `other` lies within; an address of the other family never does.
    func contains(_ other: AddressRange) -> Bool {
        guard bytes.count == other.bytes.count, other.prefixLength >= prefixLength else {
            return false
        }
        for (index, (mine, theirs)) in zip(bytes, other.bytes).enumerated() {
            let bits = min(8, prefixLength - index * 8)
            guard bits > 0 else { break }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            guard mine & mask == theirs & mask else { return false }
        }
        return true
    }

    private static func version4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.utf8.count),
                part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: Substring) -> [UInt8]? {
        guard text.contains(":") else { return nil }
        guard let gap = text.firstRange(ofText: "::") else {
            let bytes = groups(text)
            return bytes?.count == 16 ? bytes : nil
        }
        guard let head = groups(text[..<gap.lowerBound]),
            let tail = groups(text[gap.upperBound...]),
            head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// Groups of up to four digits between colons, of which the last may be an IPv4 address.
    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains("."), let last = version4(part) {
                bytes += last
                continue
            }
            let isHex = part.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte)
                    || (0x61...0x66).contains(byte)
            }
            guard (1...4).contains(part.utf8.count), isHex, let group = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes.count <= 16 ? bytes : nil
    }
}

extension Substring {
    /// Where `::` begins and ends.
    fileprivate func firstRange(ofText text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
