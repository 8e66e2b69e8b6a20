import AWSWire
import FoundationEssentials
import Testing
import Vocabulary

@Suite("AWS's JSON")
struct AWSJSONTests {
    private func decode(_ text: String) throws -> Sample {
        try AWSJSON.decode(Sample.self, from: Array(text.utf8))
    }

    @Test func `what is encoded decodes to the same`() throws {
        let bytes = try AWSJSON.encode(Sample.full)
        #expect(try AWSJSON.decode(Sample.self, from: bytes) == Sample.full)
    }

    @Test func `dates are seconds, data is base64, nil is left out, slashes are plain`() throws {
        let value = Sample(
            Name: "a/b",
            Created: Date(timeIntervalSince1970: 1_767_323_045),
            Blob: Data([250, 251, 252])
        )
        let text = String(decoding: try AWSJSON.encode(value), as: UTF8.self)
        #expect(text.contains(#""Created":1767323045"#))
        #expect(text.contains(#""Blob":"+vv8""#))
        #expect(text.contains(#""Name":"a/b""#))
        #expect(!text.contains("Count"))
    }

    @Test func `an empty body, null members and members we do not know are accepted`() throws {
        #expect(try AWSJSON.decode(Sample.self, from: []) == Sample())
        #expect(try decode(#"{"Name":null,"Tags":null,"Other":{"deep":[1,2]}}"#) == Sample())
    }

    @Test(arguments: [
        ("1767323045", 1_767_323_045.0), ("1767323045.25", 1_767_323_045.25),
        ("1.767323045E9", 1_767_323_045),
        (#""2026-01-02T03:04:05Z""#, 1_767_323_045),
        (#""2026-01-02T03:04:05.250Z""#, 1_767_323_045.25),
        (#""1767323045""#, 1_767_323_045),
    ])
    func `a timestamp may be seconds or ISO 8601`(_ text: String, _ seconds: Double) throws {
        #expect(try decode("{\"Created\":\(text)}").Created?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        #"{"Name":1}"#, #"{"Count":"1"}"#, #"{"Count":1.5}"#, #"{"Count":1e400}"#,
        #"{"Count":99999999999999999999}"#, #"{"IsOn":"true"}"#, #"{"IsOn":1}"#, #"{"Tags":{}}"#,
        #"{"Names":"x"}"#, #"{"Names":[1]}"#, #"{"Context":[]}"#, #"{"Inner":[]}"#,
        #"{"Blob":"***"}"#, #"{"Blob":1}"#, #"{"Created":"yesterday"}"#, #"{"Created":1e300}"#,
        #"{"Inner":{}}"#, "[]", "1", "\"x\"", "{", "{]", "{\"Name\":\"a}", "{\"a\":1,}", "[1,]",
        "nul",
        "{\"Name\":\"\u{0}\"}", "<xml/>",
    ])
    func `a value of the wrong kind is a serialization exception`(_ text: String) {
        let fault = #expect(throws: ServiceFault.self) { try decode(text) }
        #expect(fault?.code == "SerializationException")
        #expect(fault?.status == 400)
        #expect(fault?.message.isEmpty == false)
    }

    @Test func `bytes that are no UTF-8 are a serialization exception`() {
        #expect(throws: ServiceFault.self) {
            try AWSJSON.decode(
                Sample.self,
                from: Array(#"{"Name":""#.utf8) + [0xFF, 0xFE, 0x22, 0x7D]
            )
        }
    }

    @Test(arguments: [
        "01", "-", "+1", "1.", ".5", "1e", "0x1", "NaN", "tru", "'a'", "{\"a\" 1}", "{a:1}",
        "[1 2]",
        "{} {}", "\u{FEFF}{}", "{\"a\":\"\t\"}",
    ])
    func `what RFC 8259 does not allow is refused, even where nobody looks`(_ value: String) {
        let body =
            value.hasPrefix("{") || value.hasPrefix("\u{FEFF}") ? value : "{\"Other\":\(value)}"
        #expect(throws: ServiceFault.self) { try decode(body) }
    }

    @Test(arguments: [
        (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u00fc\u6f22"#, "ü漢"),
        (#"\ud83d\ude00"#, "\u{1F600}"), (#"a\u0000b"#, "a\u{0}b"),
    ])
    func `escapes are undone`(_ escaped: String, _ text: String) throws {
        #expect(try decode("{\"Name\":\"\(escaped)\"}").Name == text)
        #expect(try decode("{\"N\\u0061me\":\"x\"}").Name == "x")
    }

    @Test(arguments: [
        #"\x"#, #"\u12"#, #"\u12g4"#, #"\ud83d"#, #"\ude00"#, #"\ud83dx"#, #"\ud83d\u0041"#,
    ])
    func `broken escapes are refused`(_ escaped: String) {
        #expect(throws: ServiceFault.self) { try decode("{\"Name\":\"\(escaped)\"}") }
    }

    @Test(arguments: [
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("-0", 0), ("1.0", 1),
        ("2e3", 2000),
    ])
    func `whole numbers are read to their bounds`(_ text: String, _ number: Int) throws {
        #expect(try decode("{\"Count\":\(text)}").Count == number)
    }

    @Test func `of a name that comes twice the last value counts, in small and large structures`()
        throws
    {
        #expect(try decode(#"{"Name":"a","Name":"b"}"#).Name == "b")
        let many = (0..<1000).map { "\"k\($0)\":\"v\($0)\"" }.joined(separator: ",")
        let context = try decode("{\"Context\":{\(many),\"k7\":\"last\"}}").Context
        #expect(context?.count == 1000)
        #expect(context?["k7"] == "last")
        #expect(context?["k999"] == "v999")
    }

    @Test func `the fault names the member that does not fit`() {
        let fault = #expect(throws: ServiceFault.self) {
            try decode(#"{"Tags":[{"Key":"a"},{"Key":1}]}"#)
        }
        #expect(fault?.message == "Member 'Tags.1.Key' is a number where a string belongs.")
    }

    @Test func `it nests to its limit and no deeper`() throws {
        func nested(_ depth: Int) -> String {
            "{\"Other\":" + String(repeating: "[", count: depth)
                + String(repeating: "]", count: depth) + "}"
        }
        _ = try decode(nested(Limits.wireNesting - 1))
        #expect(throws: ServiceFault.self) { try decode(nested(Limits.wireNesting)) }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `a million levels deep is refused and stops nothing`(_ level: String) {
        let text = String(repeating: level, count: 1_000_000)
        let fault = #expect(throws: ServiceFault.self) { try decode(text) }
        #expect(fault?.code == "SerializationException")
    }

    @Test func `cut at any byte it is refused, and stops nothing`() throws {
        let bytes = try AWSJSON.encode(Sample.full)
        for count in 1..<bytes.count {
            #expect(throws: ServiceFault.self, "cut at \(count)") {
                try AWSJSON.decode(Sample.self, from: Array(bytes.prefix(count)))
            }
        }
    }

    @Test func `with any byte changed it decodes or is refused, and stops nothing`() throws {
        let bytes = try AWSJSON.encode(Sample.full)
        for index in bytes.indices {
            for replacement: UInt8 in [0, 0x22, 0x5C, 0x7B, 0x80, 0xFF] {
                var changed = bytes
                changed[index] = replacement
                do {
                    _ = try AWSJSON.decode(Sample.self, from: changed)
                } catch {
                    #expect(error.code == "SerializationException")
                }
            }
        }
    }
}
