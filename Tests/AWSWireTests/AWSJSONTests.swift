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
        #"{"Inner":{}}"#, "[]", "1", "\"x\"", "{", "{]", "{\"Name\":\"a}", "nul",
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
