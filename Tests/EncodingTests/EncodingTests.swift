import Encoding
import Testing

@Suite("Base 64 and base 16 of RFC 4648")
struct RFC4648Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `base 64 is that of section 10`(plain: String, encoded: String) throws {
        #expect(Base64.text(of: plain.utf8) == encoded)
        #expect(try Base64.bytes(of: encoded) == Array(plain.utf8))
        #expect(try Base64.canonicalBytes(of: encoded) == Array(plain.utf8))
    }

    @Test func `every letter of base 64 stands for its value`() throws {
        let all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let bytes = try Base64.bytes(of: all)
        #expect(bytes.count == 48)
        #expect(bytes.prefix(3) == [0x00, 0x10, 0x83])
        #expect(bytes.suffix(3) == [0xF3, 0xDF, 0xBF])
        #expect(Base64.text(of: bytes) == all)
    }

    @Test(arguments: [
        ("Zg", MalformedText.length(2)), ("Zg=", .length(3)), ("Z===", .unexpected(at: 1)),
        ("====", .unexpected(at: 0)), ("Zg==Zg==", .unexpected(at: 2)),
        ("Zm9-", .unexpected(at: 3)), ("Zm9_", .unexpected(at: 3)), ("Zm\n=", .unexpected(at: 2)),
        ("Zm9v\n", .length(5)), ("=Zm9", .unexpected(at: 0)),
    ])
    func `what is no base 64 is refused at its place`(text: String, why: MalformedText) {
        #expect(throws: why) { try Base64.bytes(of: text) }
    }

    @Test
    func `bits too many in the last letter are left alone, unless a text must be the only one`()
        throws
    {
        #expect(try Base64.bytes(of: "Zh==") == Array("f".utf8))
        #expect(throws: MalformedText.unexpected(at: 1)) { try Base64.canonicalBytes(of: "Zh==") }
        #expect(throws: MalformedText.unexpected(at: 2)) { try Base64.canonicalBytes(of: "Zm9=") }
    }

    @Test(arguments: [("", ""), ("f", "66"), ("foobar", "666f6f626172")])
    func `base 16 is that of section 10, in lower case`(plain: String, encoded: String) throws {
        #expect(Hex.text(of: plain.utf8) == encoded)
        #expect(try Hex.bytes(of: encoded) == Array(plain.utf8))
        #expect(try Hex.bytes(of: encoded.uppercased()) == Array(plain.utf8))
    }

    @Test func `sixteen bytes are a UUID, as RFC 9562 writes its example`() throws {
        let bytes = try Hex.bytes(of: "F81D4FAE7DEC11D0A76500A0C91E6BF6")
        #expect(Hex.uuid(bytes) == "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
    }

    @Test func `every byte comes back from its digits`() throws {
        let all = Array(UInt8.min...UInt8.max)
        #expect(try Hex.bytes(of: Hex.text(of: all), in: .lowercase) == all)
    }

    @Test(arguments: [
        ("6", MalformedText.length(1)), ("6g", .unexpected(at: 1)), ("/0", .unexpected(at: 0)),
        (":0", .unexpected(at: 0)), ("@0", .unexpected(at: 0)), ("`0", .unexpected(at: 0)),
    ])
    func `what is no digit is refused at its place`(text: String, why: MalformedText) {
        #expect(throws: why) { try Hex.bytes(of: text) }
    }

    @Test func `capitals are refused where only small digits may stand`() {
        #expect(throws: MalformedText.unexpected(at: 1)) {
            try Hex.bytes(of: "0A", in: .lowercase)
        }
    }
}

@Suite("Percent-escapes of RFC 3986")
struct PercentTests {
    private static let unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

    @Test func `only unreserved characters stand as they are`() {
        let kept = (UInt8.min...UInt8.max).filter { Percent.encode([$0]) == [$0] }
        #expect(Set(kept) == Set(Self.unreserved.utf8))
    }

    @Test func `all else is an escape with capital digits, a byte each`() {
        #expect(Percent.encode("{\"a\": ü}/~") == "%7B%22a%22%3A%20%C3%BC%7D%2F~")
        let path = Percent.encode("a b/c".utf8, keeping: [UInt8(ascii: "/")])
        #expect(path == Array("a%20b/c".utf8))
    }

    @Test func `every byte comes back from its escape`() throws {
        let all = Array(UInt8.min...UInt8.max)
        #expect(try Percent.bytes(of: Percent.encode(all)) == all)
        #expect(try Percent.bytes(of: Percent.encode(all), plus: .space) == all)
    }

    @Test func `a plus sign is a space in forms only`() throws {
        #expect(try Percent.text(of: "a+b%2Bc%2bd".utf8) == "a+b+c+d")
        #expect(try Percent.text(of: "a+b%2Bc%2bd".utf8, plus: .space) == "a b+c+d")
    }

    @Test func `a sign that begins no escape stands for itself, where one asks for that`() {
        #expect(Percent.lenientBytes(of: "%zz%4%41%".utf8) == Array("%zz%4A%".utf8))
        #expect(Percent.lenientBytes(of: "a+b".utf8, plus: .space) == Array("a b".utf8))
    }

    @Test(arguments: [
        ("%", MalformedText.length(1)), ("a%4", .length(3)), ("%zz", .unexpected(at: 1)),
        ("%4g", .unexpected(at: 2)), ("%+1", .unexpected(at: 1)), ("%ff", .notUTF8),
    ])
    func `what is no escape is refused at its place`(text: String, why: MalformedText) {
        #expect(throws: why) { try Percent.text(of: text.utf8) }
    }
}

@Suite("Checksums")
struct ChecksumTests {
    @Test func `of the check string are the catalogued ones`() {
        let check = Array("123456789".utf8)
        #expect(CRC32.of(check, .castagnoli) == 0xE306_9283)
        #expect(CRC32.of(check, .ieee) == 0xCBF4_3926)
        #expect(CRC64.of(check) == 0xAE8B_1486_0A79_9888)
    }

    @Test func `of iSCSI's examples are those of RFC 3720`() {
        #expect(CRC32.of([UInt8](repeating: 0, count: 32), .castagnoli) == 0x8A91_36AA)
        #expect(CRC32.of([UInt8](repeating: 0xFF, count: 32), .castagnoli) == 0x62A8_AB43)
        #expect(CRC32.of(Array(0..<32), .castagnoli) == 0x46DD_794E)
        #expect(CRC32.of(Array((0..<32).reversed()), .castagnoli) == 0x113F_DB5C)
        #expect(CRC32.of([], .castagnoli) == 0)
    }

    @Test(arguments: 0...33)
    func `are the same in two pieces, wherever they are cut`(cut: Int) {
        let bytes = [UInt8](1...33)
        var checksum = CRC32(.castagnoli)
        bytes.withUnsafeBytes {
            checksum.add(UnsafeRawBufferPointer(rebasing: $0[..<cut]))
            checksum.add(UnsafeRawBufferPointer(rebasing: $0[cut...]))
        }
        #expect(checksum.value == CRC32.of(bytes, .castagnoli))
    }

    @Test func `of an integer are those of its bytes, most significant first`() {
        var checksum = CRC32(.castagnoli)
        checksum.add(UInt32(0x3132_3334))
        checksum.add(UInt32(0x3536_3738))
        checksum.add(UInt8(0x39))
        #expect(checksum.value == 0xE306_9283)
    }
}

@Suite("Big-endian integers")
struct BigEndianTests {
    @Test func `are written and read most significant byte first`() {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt16(0x0102))
        bytes.append(bigEndian: UInt32(0x0304_0506))
        bytes.append(bigEndian: Int64(-2))
        #expect(bytes == [1, 2, 3, 4, 5, 6] + [UInt8](repeating: 0xFF, count: 7) + [0xFE])
        bytes.withUnsafeBytes {
            #expect($0.bigEndian(at: 0, as: UInt16.self) == 0x0102)
            #expect($0.bigEndian(at: 2, as: UInt32.self) == 0x0304_0506)
            #expect($0.bigEndian(at: 6, as: Int64.self) == -2)
        }
        #expect(Int64(bigEndian: bytes[6...]) == -2)
    }

    @Test func `have exactly their bytes`() {
        #expect(UInt32(bigEndian: [0, 0, 1]) == nil)
        #expect(UInt32(bigEndian: [0, 0, 0, 1]) == 1)
        #expect(UInt32(bigEndian: [0, 0, 0, 0, 1]) == nil)
    }
}

@Suite("Days and seconds of the calendar")
struct CivilDateTests {
    @Test(arguments: [
        (1970, 1, 1, 0), (1969, 12, 31, -1), (1970, 12, 31, 364), (2000, 2, 29, 11_016),
        (2000, 3, 1, 11_017), (2024, 2, 29, 19_782), (1900, 2, 28, -25_509), (1900, 3, 1, -25_508),
        (1, 1, 1, -719_162), (0, 1, 1, -719_528), (9999, 12, 31, 2_932_896),
    ])
    func `are numbered from 1970`(year: Int, month: Int, day: Int, number: Int) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(date.daysSince1970 == number)
        #expect(CivilDate(daysSince1970: number) == date)
    }

    @Test(arguments: [
        (2023, 2, 29), (1900, 2, 29), (2100, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 0, 1),
        (2024, 13, 1), (2024, 1, 0), (2024, 1, 32), (-1, 1, 1), (10_000, 1, 1),
    ])
    func `are none if no calendar has them`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test func `follow each other without a gap for four hundred years`() throws {
        let first = try #require(CivilDate(year: 1800, month: 1, day: 1)).daysSince1970
        for number in first..<first + 146_097 {
            let date = CivilDate(daysSince1970: number)
            let same = CivilDate(year: date.year, month: date.month, day: date.day)
            guard same?.daysSince1970 == number else {
                Issue.record("day \(number) is \(date)")
                return
            }
        }
    }

    @Test(arguments: [
        (0, "19700101T000000Z", "1970-01-01T00:00:00Z"),
        (-1, "19691231T235959Z", "1969-12-31T23:59:59Z"),
        (1_767_323_045, "20260102T030405Z", "2026-01-02T03:04:05Z"),
        (-62_167_219_200, "00000101T000000Z", "0000-01-01T00:00:00Z"),
        (253_402_300_799, "99991231T235959Z", "9999-12-31T23:59:59Z"),
    ])
    func `are written in both forms and read`(seconds: Int, basic: String, extended: String) {
        let time = CivilTime(secondsSince1970: seconds)
        #expect(time.basic == basic)
        #expect(time.extended == extended)
        #expect(CivilTime(basic: basic) == time)
    }

    @Test func `end with the years of four digits`() {
        #expect(CivilTime(secondsSince1970: 253_402_300_800).basic == "99991231T235959Z")
        #expect(CivilTime(secondsSince1970: -62_167_219_201).basic == "00000101T000000Z")
        #expect(CivilTime(secondsSince1970: .max).basic == "99991231T235959Z")
        #expect(CivilTime(secondsSince1970: .min).basic == "00000101T000000Z")
    }

    @Test(arguments: [
        "20260102T030405", "20260102 030405Z", "20260229T000000Z", "20260102T240000Z",
        "20260102T006000Z", "20260102T000060Z", "2026010aT000000Z", "2026-01-02T03:04:05Z", "",
    ])
    func `are none in any other text`(text: String) {
        #expect(CivilTime(basic: text) == nil)
    }
}
