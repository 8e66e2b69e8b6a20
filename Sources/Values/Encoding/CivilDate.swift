/// A day of the Gregorian calendar, carried back over all years.
///
/// The arithmetic counts years from March, so that the leap day is the last of its year.
package struct CivilDate: Equatable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int

    /// The year, month and day that lies that many days after 1970-01-01.
    package init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Nil for a day that the calendar does not have, and for years past 9999 or before 0, which take more than
    /// four digits.
    package init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    package var daysSince1970: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.flooredDivision(by: 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A second of UTC as ISO 8601 writes it, in the years 0 to 9999.
package struct CivilTime: Equatable, Sendable {
    /// The seconds since 1970 that have a text: those of the years 0 to 9999.
    package static let range = -62_167_219_200...253_402_300_799

    package let secondsSince1970: Int

    /// Moments outside of `range` are moved to its ends.
    package init(secondsSince1970 seconds: Int) {
        secondsSince1970 = min(max(seconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// Reads the basic form, `20260102T030405Z`; nil for any other text and for what is in no calendar.
    package init?(basic text: some StringProtocol) {
        let text = Array(text.utf8)
        guard text.count == 16, text[8] == UInt8(ascii: "T"), text[15] == UInt8(ascii: "Z"),
            let year = decimal(text[0..<4]), let month = decimal(text[4..<6]),
            let day = decimal(text[6..<8]), let hour = decimal(text[9..<11]),
            let minute = decimal(text[11..<13]), let second = decimal(text[13..<15]),
            hour < 24, minute < 60, second < 60,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        secondsSince1970 = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
    }

    package var date: CivilDate {
        CivilDate(daysSince1970: secondsSince1970.flooredDivision(by: 86_400))
    }

    /// The basic form: `20260102T030405Z`.
    package var basic: String { text(dash: nil, colon: nil) }

    /// The extended form: `2026-01-02T03:04:05Z`.
    package var extended: String { text(dash: UInt8(ascii: "-"), colon: UInt8(ascii: ":")) }

    private func text(dash: UInt8?, colon: UInt8?) -> String {
        let date = date
        let second = secondsSince1970 - date.daysSince1970 * 86_400
        var text: [UInt8] = []
        text.reserveCapacity(20)
        func append(_ number: Int, divisor first: Int) {
            var divisor = first
            while divisor > 0 {
                text.append(0x30 + UInt8(number / divisor % 10))
                divisor /= 10
            }
        }
        append(date.year, divisor: 1000)
        if let dash { text.append(dash) }
        append(date.month, divisor: 10)
        if let dash { text.append(dash) }
        append(date.day, divisor: 10)
        text.append(UInt8(ascii: "T"))
        append(second / 3600, divisor: 10)
        if let colon { text.append(colon) }
        append(second / 60 % 60, divisor: 10)
        if let colon { text.append(colon) }
        append(second % 60, divisor: 10)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }
}

/// The number that decimal digits are; nil for anything else.
private func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        value = value * 10 + Int(digit - 0x30)
    }
    return value
}

extension Int {
    fileprivate func flooredDivision(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
