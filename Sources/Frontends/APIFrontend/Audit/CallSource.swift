/// Where calls come from, as far as they are counted together.
///
/// An IPv4 address, or the 64 bits that IPv6 gives to one subscriber: within those, addresses cost nothing.
struct CallSource: Hashable, Sendable, CustomStringConvertible {
    let description: String

    /// Makes one of an address in the form of `PeerAddress`; nil stands for a caller without an address.
    init(address: String?) {
        let address = address ?? ""
        guard address.contains(":") else {
            description = address.isEmpty ? "unknown" : address
            return
        }
        let network = Self.groups(address).prefix(4).map { String($0, radix: 16) }
        description = network.joined(separator: ":") + "::/64"
    }

    /// The eight groups of an IPv6 address, the left out ones written out as 0.
    private static func groups(_ address: String) -> [UInt16] {
        func parsed(_ text: Substring) -> [UInt16] {
            text.split(separator: ":").map { UInt16($0, radix: 16) ?? 0 }
        }
        guard let gap = address.firstRange(of: "::") else { return parsed(address[...]) }
        let (head, tail) = (
            parsed(address[..<gap.lowerBound]), parsed(address[gap.upperBound...])
        )
        return head + Array(repeating: 0, count: max(0, 8 - head.count - tail.count)) + tail
    }
}
