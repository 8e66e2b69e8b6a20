import FoundationEssentials

// What the tests of the wire formats share: one value with every kind of member.

struct Sample: Codable, Equatable, Sendable {
    var Name: String?
    var Count: Int?
    var Ratio: Double?
    var IsOn: Bool?
    var Created: Date?
    var Blob: Data?
    var Tags: [Tag]?
    var Names: [String]?
    var Context: [String: String]?
    var Inner: Tag?

    struct Tag: Codable, Equatable, Sendable {
        var Key: String
        var Value: String?
    }

    static let full = Sample(
        Name: "a <b> & \"c\" 'd' ü 漢 \u{1F600}\r\n\t",
        Count: -42,
        Ratio: 1.5,
        IsOn: true,
        Created: Date(timeIntervalSince1970: 1_767_323_045),
        Blob: Data([0, 1, 2, 250, 251, 252]),
        Tags: [Tag(Key: "a", Value: "1"), Tag(Key: "b", Value: nil)],
        Names: ["x", "", "z=1&y"],
        Context: ["aws:logs:arn": "arn:aws:logs:us-east-1:1:log-group:a"],
        Inner: Tag(Key: "k", Value: "v")
    )
}

/// An operation's answer that says nothing.
struct Nothing: Codable, Equatable, Sendable {}
