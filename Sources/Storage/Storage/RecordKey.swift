// Storage: the three seams everything durable stands on (ordered records, an append log, immutable blobs),
// each with a version in memory. The seams know nothing of AWS; what is put into them is sealed already.

package import Vocabulary

/// The name of a record: a path of components, ordered component by component.
///
/// Encoding: each component's UTF-8 with `00` written as `01 01` and `01` as `01 02`, then one `00` to end
/// it. A `00` therefore always ends a component: the order of the bytes is the order of the paths, and what
/// begins with a path's bytes is exactly what is below it. `FF` occurs nowhere, since UTF-8 has none.
/// Keys are not secret: they hold names and ids, never contents. See docs/formats/records.md.
package struct RecordKey: Hashable, Comparable, Sendable {
    package let bytes: [UInt8]

    package init(_ components: [String]) {
        var bytes: [UInt8] = []
        for component in components {
            for byte in component.utf8 {
                if byte <= 1 {
                    bytes.append(1)
                    bytes.append(byte + 1)
                } else {
                    bytes.append(byte)
                }
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
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                current.append(byte &- 1)
                isEscaped = false
            } else if byte == 1 {
                isEscaped = true
            } else if byte == 0 {
                result.append(String(decoding: current, as: UTF8.self))
                current = []
            } else {
                current.append(byte)
            }
        }
        return result
    }

    /// A key past everything below this one, and before everything else that is past it.
    package var endOfRange: RecordKey { RecordKey(encoded: bytes + [0xFF]) }

    /// The least key that is greater than this one.
    package var next: RecordKey { RecordKey(encoded: bytes + [0]) }

    /// Whether this key is `prefix` or something below it.
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
