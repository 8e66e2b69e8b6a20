import Simulation
import Testing
import Vocabulary

@Suite("Identifiers")
struct IdentifierTests {
    @Test(arguments: [
        ("123456789012", true), ("000000000000", true), ("12345678901", false),
        ("1234567890123", false), ("12345678901a", false), ("١23456789012", false), ("", false),
    ])
    func `of accounts are twelve digits`(text: String, isValid: Bool) {
        #expect(((try? AccountID(parsing: text)) != nil) == isValid)
    }

    @Test(arguments: [
        ("us-east-1", true), ("cn-north-1", true), ("eu", false), ("US-east-1", false),
        ("us_east_1", false), ("", false), (String(repeating: "x", count: 100), true),
        (String(repeating: "x", count: 101), false),
    ])
    func `of regions are lower-case words`(text: String, isValid: Bool) {
        #expect(((try? Region(parsing: text)) != nil) == isValid)
    }

    @Test(arguments: [
        ("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"),
    ])
    func `of regions tell the partition`(text: String, partition: String) throws {
        let region = try Region(parsing: text)
        #expect(region.partition.rawValue == partition)
        let scope = Scope(account: try AccountID(parsing: "111122223333"), region: region)
        let key = scope.arn(service: "kms", resource: "key/x")
        #expect(key.description == "arn:\(partition):kms:\(text):111122223333:key/x")
        let user = scope.globalARN(service: "iam", resource: "user/x")
        #expect(user.description == "arn:\(partition):iam::111122223333:user/x")
    }

    @Test(arguments: [
        ("mi-0123456789abcdef0", true), ("mi-0123456789abcdef", false),
        ("mi-0123456789abcdef01", false), ("mi-0123456789ABCDEF0", false),
        ("i-0123456789abcdef00", false), ("", false),
    ])
    func `of nodes are mi- and seventeen digits`(text: String, isValid: Bool) {
        #expect(((try? NodeID(parsing: text)) != nil) == isValid)
    }

    @Test(arguments: [
        ("alice-0123456789abcdef0", true), ("a.b@c+d=e,f_g-h-0123456789abcdef0", true),
        ("-0123456789abcdef0", true), ("alice", false), ("alice-0123456789abcdef", false),
        ("al/ice-0123456789abcdef0", false), ("al ice-0123456789abcdef0", false),
        (String(repeating: "x", count: 78) + "-0123456789abcdef0", true),
        (String(repeating: "x", count: 79) + "-0123456789abcdef0", false),
    ])
    func `of sessions are an owner and seventeen digits`(text: String, isValid: Bool) {
        #expect(((try? SessionID(parsing: text)) != nil) == isValid)
    }

    @Test(arguments: ["alice", "a/b c", "", String(repeating: "é", count: 200), "x+y=z,@_.-"])
    func `of new sessions and nodes are valid`(owner: String) throws {
        let entropy = SeededEntropy(seed: 3)
        let id = SessionID(owner: owner, entropy: entropy)
        #expect(try SessionID(parsing: id.description) == id)
        #expect(id.description.utf8.count <= Limits.sessionIDLength)
        let node = NodeID(entropy: entropy)
        #expect(try NodeID(parsing: node.description) == node)
    }
}

@Suite("An ARN")
struct ARNTests {
    @Test(arguments: [
        "arn:aws:kms:us-east-1:111122223333:key/x", "arn:aws:iam::111122223333:user/a/b",
        "arn:aws:logs:us-east-1:111122223333:log-group:NAME:*", "arn:aws:s3:::bucket",
    ])
    func `is read and written alike`(text: String) throws {
        #expect(try ARN(parsing: text).description == text)
    }

    @Test func `keeps colons in the resource`() throws {
        let arn = try ARN(parsing: "arn:aws:logs:r:1:log-group:NAME:*")
        #expect(arn.resource == "log-group:NAME:*")
        #expect(arn.service == "logs")
    }

    @Test(arguments: [
        "", "arn", "arn:aws:kms:r:1", "arn:aws:kms:r:1:", "arn::kms:r:1:x",
        "urn:aws:kms:r:1:x", "arn:aws::r:1:x",
    ])
    func `has six parts`(text: String) {
        #expect(throws: InvalidIdentifier(kind: "ARN", text: text)) { try ARN(parsing: text) }
    }
}

@Suite("Entropy")
struct EntropyTests {
    @Test(arguments: [0, 1, 255, 256, 257, 1000])
    func `of the system gives as many bytes as asked`(count: Int) {
        let bytes = SystemEntropy().bytes(count)
        #expect(bytes.count == count)
        // Nine in ten values of a byte occur among a thousand, but for one time in many universes.
        if count == 1000 { #expect(Set(bytes).count > 230) }
    }

    @Test func `of the system fills all of it`() {
        // A byte that was never filled would be zero in every try.
        var seen = [UInt8](repeating: 0, count: 600)
        for _ in 0..<30 {
            for (index, byte) in SystemEntropy().bytes(600).enumerated() { seen[index] |= byte }
        }
        #expect(!seen.contains(0))
    }

    @Test func `of a seed is the same each time`() {
        #expect(SeededEntropy(seed: 5).bytes(20) == SeededEntropy(seed: 5).bytes(20))
        #expect(SeededEntropy(seed: 5).bytes(20) != SeededEntropy(seed: 6).bytes(20))
    }

    @Test(arguments: [0, 1, 2, 17, 40])
    func `gives hexadecimal digits`(count: Int) {
        let digits = SeededEntropy().hexDigits(count)
        #expect(digits.utf8.count == count)
        #expect(digits.isLowercaseHex)
    }

    @Test func `gives UUIDs of version 4`() {
        for seed in 0..<50 as Range<UInt64> {
            let parts = SeededEntropy(seed: seed).uuid().split(separator: "-").map(String.init)
            #expect(parts.map(\.utf8.count) == [8, 4, 4, 4, 12])
            #expect(parts.joined().isLowercaseHex)
            #expect(parts[2].hasPrefix("4"))
            #expect(parts[3].first.map { "89ab".contains($0) } == true)
        }
    }

    @Test func `gives characters of an alphabet, each as often`() {
        let text = SeededEntropy(seed: 9).characters(30_000, of: "abc")
        let counts = Dictionary(grouping: text) { $0 }.mapValues(\.count)
        #expect(counts.keys.sorted() == ["a", "b", "c"])
        #expect(counts.values.allSatisfy { (9_500...10_500).contains($0) })
    }
}
