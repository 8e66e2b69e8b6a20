import Encoding

/// Dates as policies write them: the W3C's profile of ISO 8601, or seconds since 1970.
///
/// Read by hand: Foundation's strategies take one form each and allocate, and this runs while a request waits.
enum PolicyDate {
    /// Seconds since 1970-01-01T00:00:00Z; nil if the text is no date.
    static func seconds(_ text: String) -> Double? {
        if !isYear(text), let number = PolicyNumber.read(text) { return number }
        var reader = Reader(bytes: Array(text.utf8))
        return reader.date()
    }

    /// Four digits are a year in the W3C's profile, and would be a second of the first hours of 1970.
    private static func isYear(_ text: String) -> Bool {
        text.utf8.count == 4 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        mutating func date() -> Double? {
            guard let year = number(digits: 4) else { return nil }
            var (month, day) = (1, 1)
            if accept("-") {
                guard let value = number(digits: 2) else { return nil }
                month = value
                if accept("-") {
                    guard let value = number(digits: 2) else { return nil }
                    day = value
                }
            }
            guard let civil = CivilDate(year: year, month: month, day: day) else { return nil }
            let midnight = Double(civil.daysSince1970 * 86_400)
            if index == bytes.count { return midnight }
            guard accept("T") || accept("t"), let time = time() else { return nil }
            return midnight + time
        }

        private mutating func time() -> Double? {
            guard let hour = number(digits: 2), accept(":"), let minute = number(digits: 2),
                hour < 24, minute < 60
            else { return nil }
            var seconds = Double(hour * 3600 + minute * 60)
            if accept(":") {
                guard let second = number(digits: 2), second <= 60 else { return nil }
                seconds += Double(second)
                if accept(".") {
                    let start = index
                    while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
                    let digits = String(decoding: bytes[start..<index], as: UTF8.self)
                    guard let fraction = Double("0." + digits), !digits.isEmpty else { return nil }
                    seconds += fraction
                }
            }
            guard let offset = zone(), index == bytes.count else { return nil }
            return seconds - offset
        }

        private mutating func zone() -> Double? {
            if accept("Z") || accept("z") { return 0 }
            let sign: Double = accept("+") ? 1 : accept("-") ? -1 : 0
            guard sign != 0, let hour = number(digits: 2), hour < 24 else { return nil }
            _ = accept(":")
            guard let minute = number(digits: 2), minute < 60 else { return nil }
            return sign * Double(hour * 3600 + minute * 60)
        }

        private mutating func accept(_ letter: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: letter) else { return false }
            index += 1
            return true
        }

        private mutating func number(digits: Int) -> Int? {
            guard index + digits <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[index..<index + digits] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            index += digits
            return value
        }
    }
}
