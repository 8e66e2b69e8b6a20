import PolicyEngine
import Testing

@Suite("A condition operator")
struct ConditionOperatorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let operand: String
        let value: String
        let holds: Bool

        init(_ name: String, _ operand: String, _ value: String, _ holds: Bool) {
            self.name = name
            self.operand = operand
            self.value = value
            self.holds = holds
        }

        var testDescription: String { "\(name) \(operand) \(value)" }
    }

    static let single: [Case] = [
        Case("StringEquals", "\"a\"", "a", true),
        Case("StringEquals", "\"a\"", "A", false),
        Case("StringEquals", "\"a*\"", "ab", false),
        Case("StringEquals", "[\"a\",\"b\"]", "b", true),
        Case("StringEquals", "[]", "b", false),
        Case("stringequals", "\"a\"", "a", true),
        Case("StringNotEquals", "\"a\"", "a", false),
        Case("StringNotEquals", "[\"a\",\"b\"]", "b", false),
        Case("StringNotEquals", "[\"a\",\"b\"]", "c", true),
        Case("StringEqualsIgnoreCase", "\"Ä\"", "ä", true),
        Case("StringNotEqualsIgnoreCase", "\"A\"", "a", false),
        Case("StringNotEqualsIgnoreCase", "\"A\"", "b", true),
        Case("StringLike", "\"a*c\"", "abc", true),
        Case("StringLike", "\"a?c\"", "aéc", true),
        Case("StringLike", "\"a?c\"", "ac", false),
        Case("StringLike", "\"a*c\"", "a:b:c", true),
        Case("StringNotLike", "\"a*\"", "abc", false),
        Case("StringNotLike", "\"a*\"", "bc", true),
        Case("NumericEquals", "5", "5.0", true),
        Case("NumericEquals", "\"5\"", "05", true),
        Case("NumericEquals", "\"5\"", "five", false),
        Case("NumericNotEquals", "5", "6", true),
        Case("NumericNotEquals", "5", "5", false),
        Case("NumericLessThan", "5", "4.9", true),
        Case("NumericLessThan", "5", "5", false),
        Case("NumericLessThanEquals", "5", "5", true),
        Case("NumericGreaterThan", "-1", "0", true),
        Case("NumericGreaterThan", "5", "5", false),
        Case("NumericGreaterThanEquals", "5", "5", true),
        Case("NumericGreaterThanEquals", "5", "nan", false),
        Case("DateEquals", "\"2026-01-02T03:04:05Z\"", "1767323045", true),
        Case("DateEquals", "\"2026-01-02T04:04:05+01:00\"", "2026-01-02T03:04:05Z", true),
        Case("DateEquals", "\"2026\"", "2026-01-01T00:00Z", true),
        Case("DateEquals", "1767323045", "2026-01-02T03:04:05.000Z", true),
        Case("DateNotEquals", "\"2026-01-02\"", "2026-01-02T00:00:00Z", false),
        Case("DateLessThan", "\"2026-03-01\"", "2026-02-28T23:59:59Z", true),
        Case("DateLessThan", "\"2024-03-01\"", "2024-02-29T23:59:59Z", true),
        Case("DateLessThanEquals", "\"1969-12-31T23:59:59Z\"", "-1", true),
        Case("DateGreaterThan", "\"2026-01-01T00:00:00Z\"", "2025-12-31T23:59:59.9Z", false),
        Case("DateGreaterThanEquals", "\"2026-01-01T00:00:00Z\"", "2026-01-01", true),
        Case("DateLessThan", "\"2026-01-01T00:00:00Z\"", "yesterday", false),
        Case("Bool", "true", "true", true),
        Case("Bool", "\"TRUE\"", "true", true),
        Case("Bool", "\"false\"", "true", false),
        Case("BinaryEquals", "\"AQID\"", "AQID", true),
        Case("BinaryEquals", "\"AQID\"", "AQIE", false),
        Case("IpAddress", "\"203.0.113.0/24\"", "203.0.113.77", true),
        Case("IpAddress", "\"203.0.113.0/24\"", "203.0.114.1", false),
        Case("IpAddress", "\"203.0.113.128/25\"", "203.0.113.127", false),
        Case("IpAddress", "\"0.0.0.0/0\"", "1.2.3.4", true),
        Case("IpAddress", "\"0.0.0.0/0\"", "::1", false),
        Case("IpAddress", "\"203.0.113.7\"", "203.0.113.7", true),
        Case("IpAddress", "\"2001:db8:1234::/48\"", "2001:0DB8:1234:5678::1", true),
        Case("IpAddress", "\"2001:db8:1234::/48\"", "2001:db8:1235::1", false),
        Case("IpAddress", "\"::ffff:1.2.3.4\"", "::ffff:102:304", true),
        Case("NotIpAddress", "\"203.0.113.0/24\"", "203.0.113.77", false),
        Case("NotIpAddress", "\"203.0.113.0/24\"", "198.51.100.1", true),
        Case(
            "ArnEquals",
            "\"arn:aws:logs:*:1:log-group:a*\"",
            "arn:aws:logs:r:1:log-group:ab",
            true
        ),
        Case("ArnLike", "\"arn:aws:logs:*:log-group:a\"", "arn:aws:logs:r:1:log-group:a", false),
        Case("ArnLike", "\"arn:aws:logs:*:*:*\"", "arn:aws:logs:r:1:log-group:a:b", true),
        Case("ArnNotEquals", "\"arn:aws:s3:::a\"", "arn:aws:s3:::b", true),
        Case("ArnNotLike", "\"arn:aws:s3:::*\"", "arn:aws:s3:::b", false),
        Case("Null", "true", "here", false),
        Case("Null", "\"false\"", "here", true),
    ]

    @Test(arguments: single)
    func `compares one value`(one: Case) throws {
        let condition = "{\"\(one.name)\":{\"x:Key\":\(one.operand)}}"
        #expect(try Fixture.condition(condition, ["X:kEY": [one.value]]) == one.holds)
    }

    /// What each operator says of a key that the request does not have.
    static let missing: [(String, String, Bool)] = [
        ("StringEquals", "\"a\"", false), ("StringNotEquals", "\"a\"", true),
        ("StringEqualsIgnoreCase", "\"a\"", false), ("StringNotEqualsIgnoreCase", "\"a\"", true),
        ("StringLike", "\"*\"", false), ("StringNotLike", "\"*\"", true),
        ("NumericEquals", "1", false), ("NumericNotEquals", "1", true),
        ("NumericLessThan", "1", false), ("DateEquals", "\"2026\"", false),
        ("DateNotEquals", "\"2026\"", true), ("Bool", "true", false), ("Bool", "false", false),
        ("BinaryEquals", "\"AQID\"", false), ("IpAddress", "\"0.0.0.0/0\"", false),
        ("NotIpAddress", "\"0.0.0.0/0\"", true), ("ArnEquals", "\"arn:aws:s3:::*\"", false),
        ("ArnNotEquals", "\"arn:aws:s3:::*\"", true), ("Null", "true", true),
        ("Null", "false", false),
    ]

    @Test(arguments: missing)
    func `says of a missing key`(name: String, operand: String, holds: Bool) throws {
        #expect(try Fixture.condition("{\"\(name)\":{\"x:key\":\(operand)}}", [:]) == holds)
        let noValues = ["x:key": [String]()]
        #expect(try Fixture.condition("{\"\(name)\":{\"x:key\":\(operand)}}", noValues) == holds)
        guard name != "Null" else { return }
        let ifExists = "{\"\(name)IfExists\":{\"x:key\":\(operand)}}"
        #expect(try Fixture.condition(ifExists, [:]))
        let forAll = "{\"ForAllValues:\(name)\":{\"x:key\":\(operand)}}"
        #expect(try Fixture.condition(forAll, [:]))
        let forAny = "{\"ForAnyValue:\(name)\":{\"x:key\":\(operand)}}"
        #expect(try !Fixture.condition(forAny, [:]))
    }

    /// The operator, the values of the request, and whether it holds against ["a", "b"].
    static let several: [(String, [String], Bool)] = [
        ("ForAllValues:StringEquals", ["a"], true),
        ("ForAllValues:StringEquals", ["a", "b"], true),
        ("ForAllValues:StringEquals", ["a", "c"], false),
        ("ForAnyValue:StringEquals", ["a", "c"], true),
        ("ForAnyValue:StringEquals", ["c"], false),
        ("ForAllValues:StringNotEquals", ["c", "d"], true),
        ("ForAllValues:StringNotEquals", ["c", "a"], false),
        ("ForAnyValue:StringNotEquals", ["c", "a"], true),
        ("ForAnyValue:StringNotEquals", ["a", "b"], false),
        ("StringEquals", ["c", "a"], true),
        ("StringNotEquals", ["c", "a"], false),
        ("ForAnyValue:StringEqualsIfExists", ["c"], false),
        ("forallvalues:stringlikeifexists", ["b"], true),
    ]

    @Test(arguments: several)
    func `asks keys of several values`(name: String, values: [String], holds: Bool) throws {
        let condition = "{\"\(name)\":{\"x:key\":[\"a\",\"b\"]}}"
        #expect(try Fixture.condition(condition, ["x:key": values]) == holds)
    }

    @Test func `all operators and all keys must hold`() throws {
        let condition = """
            {"StringEquals":{"x:a":"1","x:b":"2"},"NumericLessThan":{"x:c":3}}
            """
        let good = ["x:a": ["1"], "x:b": ["2"], "x:c": ["2"]]
        #expect(try Fixture.condition(condition, good))
        for key in good.keys {
            var bad = good
            bad[key] = ["9"]
            #expect(try !Fixture.condition(condition, bad))
        }
    }

    @Test(arguments: [
        ("x:Key", "X:kEY", true), ("x:key", "x:keys", false), ("x:keys", "x:key", false),
        ("x:Stra\u{DF}e/\u{C9}t\u{C9}", "X:STRA\u{DF}E/\u{E9}T\u{C9}", true),
        ("x:\u{E9}", "x:e\u{301}", true), ("x:e\u{301}", "x:\u{C9}", true),
        ("x:\u{E9}", "x:e", false), ("x:e", "x:\u{C9}", false), ("x:k", "x:\u{212A}", true),
    ])
    func `keys are the same in capitals and small letters`(
        asked: String,
        given: String,
        isSame: Bool
    ) throws {
        let condition = "{\"StringEquals\":{\"\(asked)\":\"1\"}}"
        #expect(try Fixture.condition(condition, [given: ["1"]]) == isSame)
    }

    @Test func `a key that is given in two spellings has the values of both`() throws {
        let values = ["x:key": ["1"], "X:KEY": ["2"]]
        for value in ["1", "2"] {
            let condition = "{\"ForAnyValue:StringEquals\":{\"x:Key\":\"\(value)\"}}"
            #expect(try Fixture.condition(condition, values))
        }
        #expect(
            try !Fixture.condition("{\"ForAllValues:StringEquals\":{\"x:Key\":\"1\"}}", values)
        )
    }

    @Test(arguments: [
        ("IpAddress", "1.2.3.4/33"), ("IpAddress", "1.2.3"), ("IpAddress", "1.2.3.4/"),
        ("IpAddress", ":::1"), ("IpAddress", "1:2:3:4:5:6:7:8:9"), ("Bool", "yes"),
        ("DateEquals", "2026-02-30"), ("DateEquals", "2026-01-01T00:00:00"),
        ("NumericEquals", "0x1"),
        ("BinaryEquals", "%"), ("Null", "maybe"),
    ])
    func `a value that is none is refused with the policy`(name: String, operand: String) {
        #expect(throws: PolicyDocumentError.self) {
            try Fixture.condition("{\"\(name)\":{\"x:key\":\"\(operand)\"}}", [:])
        }
    }
}
