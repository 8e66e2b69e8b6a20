import Glibc
import NIOCore
import SwiftASN1
package import Vocabulary
import X509

/// Something that a server certificate speaks for: a DNS name, perhaps with a leading `*.`, or an IP address.
package enum CertificateName: Hashable, Sendable, CustomStringConvertible {
    case dns(String)
    /// The four or sixteen bytes of an address.
    case address([UInt8])

    package init(parsing text: String) throws(InvalidIdentifier) {
        if let bytes = Self.addressBytes(of: text) {
            self = .address(bytes)
            return
        }
        let name = text.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let areLabelsRight = labels.enumerated().allSatisfy { index, label in
            index == 0 && label == "*" && labels.count > 1 || Self.isLabel(label)
        }
        // A last label of digits would be an address that did not parse, not a name.
        let isNumeric = labels.last.map { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard name.utf8.count <= Limits.hostNameLength, areLabelsRight, isNumeric == false else {
            throw InvalidIdentifier(kind: "DNS name or IP address", text: text)
        }
        self = .dns(name)
    }

    package var description: String {
        switch self {
        case .dns(let name): return name
        case .address(let bytes):
            let packed = ByteBuffer(bytes: bytes)
            return (try? SocketAddress(packedIPAddress: packed, port: 0).ipAddress) ?? "?"
        }
    }

    var generalName: GeneralName {
        switch self {
        case .dns(let name): .dnsName(name)
        case .address(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
        }
    }

    init?(_ name: GeneralName) {
        switch name {
        case .dnsName(let text): self = .dns(text)
        case .ipAddress(let octets): self = .address(Array(octets.bytes))
        default: return nil
        }
    }

    /// What every server of ours answers to.
    package static let loopback: [CertificateName] = [
        .dns("localhost"), .address([127, 0, 0, 1]),
        .address([UInt8](repeating: 0, count: 15) + [1]),
    ]

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
    }

    private static func addressBytes(of text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var six = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET6, text, &six) == 1 { return six }
        return nil
    }
}
