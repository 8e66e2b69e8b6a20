import Simulation
import Storage
import Testing
import Vocabulary

@Suite("A record key")
struct RecordKeyTests {
    /// Names that differ by what the encoding treats apart: nothing, `00`, `01`, and what sorts beside them.
    private static let alphabet = ["", "\u{0}", "\u{1}", "\u{2}", "a", "é"]

    @Test(
        arguments: [
            (["a"], [0x61, 0x00]),
            (["a", ""], [0x61, 0x00, 0x00]),
            (["\u{0}"], [0x01, 0x01, 0x00]),
            (["\u{1}"], [0x01, 0x02, 0x00]),
            ([], []),
        ] as [([String], [UInt8])]
    )
    func `is encoded as docs/formats/records.md says`(components: [String], bytes: [UInt8]) {
        #expect(RecordKey(components).bytes == bytes)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `keeps components, order and prefixes`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let paths = (0..<60).map { _ in
            (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                (0..<Int.random(in: 0...2, using: &generator)).map { _ in
                    Self.alphabet.randomElement(using: &generator) ?? ""
                }.joined()
            }
        }
        for left in paths {
            #expect(RecordKey(left).components == left, "seed \(seed)")
            for right in paths {
                let (first, second) = (RecordKey(left), RecordKey(right))
                #expect((first < second) == precedes(left, right), "seed \(seed): \(left) \(right)")
                #expect(first.hasPrefix(second) == left.starts(with: right), "seed \(seed)")
                let isInRange = first >= second && first < second.endOfRange
                #expect(isInRange == left.starts(with: right), "seed \(seed): \(left) \(right)")
            }
        }
    }

    private func precedes(_ left: [String], _ right: [String]) -> Bool {
        left.lexicographicallyPrecedes(right) {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    @Test func `begins with the account and the region`() throws {
        let account = try AccountID(parsing: "111122223333")
        let scope = Scope(account: account, region: try Region(parsing: "us-east-1"))
        let key = RecordKey(scope, "kms", "key")
        #expect(key.components == ["111122223333", "us-east-1", "kms", "key"])
        #expect(RecordKey(account, "iam").components == ["111122223333", "", "iam"])
        #expect(key.appending("x").hasPrefix(key))
    }

    @Test(arguments: [(0, "00000000000000000000"), (UInt64.max, "18446744073709551615")])
    func `holds numbers so that they sort`(number: UInt64, text: String) {
        #expect(String(sortable: number) == text)
    }
}
