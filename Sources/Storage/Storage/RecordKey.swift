// Storage: the three seams everything durable stands on (ordered records, an append log, immutable blobs),
// each with a version in memory. The seams know nothing of AWS; what is put into them is sealed already.

package import Vocabulary

/// The name of a record: a path of components, ordered component by component.
///
/// Encoding: each component's UTF-8 with a zero byte written as `00 FF`, then one `00` to end it. As UTF-8
/// never holds `FF`, the order of the bytes is the order of the paths, and the range of everything below
/// a path is a prefix. Keys are not secret: they hold names and ids, never contents.
package struct RecordKey: Hashable, Comparable, Sendable {
    package let bytes: [UInt8]

    package init(_ components: [String]) {
        var bytes: [UInt8] = []
        for component in components {
            for byte in component.utf8 {
                bytes.append(byte)
                if byte == 0 { bytes.append(0xFF) }
            }
            bytes.append(0)
        }
        self.bytes = bytes
    }

    /// A key of something that belongs to an account and a region.
    package init(_ scope: Scope, _ components: String...) {
        self.init([scope.account.description, scope.region.description] + components)
    }

    /// A key of something that belongs to an account in all its regions, as users and roles do.
    package init(_ account: AccountID, _ components: String...) {
        self.init([account.description, ""] + components)
    }

    /// A key as an engine stored it.
    package init(encoded bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The key of something below this one.
    package func appending(_ components: String...) -> RecordKey {
        RecordKey(encoded: bytes + RecordKey(components).bytes)
    }

    /// The components that made this key.
    package var components: [String] {
        var result: [String] = []
        var current: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] != 0 {
                current.append(bytes[index])
            } else if index + 1 < bytes.count, bytes[index + 1] == 0xFF {
                current.append(0)
                index += 1
            } else {
                result.append(String(decoding: current, as: UTF8.self))
                current = []
            }
            index += 1
        }
        return result
    }

    package func hasPrefix(_ prefix: RecordKey) -> Bool {
        bytes.starts(with: prefix.bytes)
    }

    package static func < (left: RecordKey, right: RecordKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension String {
    /// A number as a key component: twenty digits, so that keys sort as the numbers do.
    package init(sortable number: UInt64) {
        let digits = String(number)
        self = String(repeating: "0", count: 20 - digits.count) + digits
    }
}
