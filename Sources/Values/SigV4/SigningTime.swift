package import FoundationEssentials

/// A moment to the second, written as signatures write it: `20260102T030405Z`.
package struct SigningTime: Equatable, Comparable, Sendable, CustomStringConvertible {
    /// The text, such as `20260102T030405Z`.
    package let description: String
    /// Seconds since 1970.
    package let seconds: Int

    package init(_ date: Date) {
        // A date past the year 9999 or before the year 0 has no such text; both are far from any clock.
        let bounded = min(max(date.timeIntervalSince1970, -62_135_596_800), 253_402_300_799)
        seconds = Int(bounded.rounded(.down))
        let days = seconds.flooredDivision(by: 86_400)
        let second = seconds - days * 86_400
        let civil = CivilDate(daysSince1970: days)
        let numbers = [
            (civil.year, 4), (civil.month, 2), (civil.day, 2), (second / 3600, 2),
            (second / 60 % 60, 2), (second % 60, 2),
        ]
        var text: [UInt8] = []
        text.reserveCapacity(16)
        for (index, (number, width)) in numbers.enumerated() {
            if index == 3 { text.append(UInt8(ascii: "T")) }
            var divisor = width == 4 ? 1000 : 10
            while divisor > 0 {
                text.append(0x30 + UInt8(number / divisor % 10))
                divisor /= 10
            }
        }
        text.append(UInt8(ascii: "Z"))
        description = String(decoding: text, as: UTF8.self)
    }

    /// Reads `20260102T030405Z`; nil for any other form and for dates that are in no calendar.
    package init?(parsing text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard characters.count == 16, characters[8] == UInt8(ascii: "T"),
            characters[15] == UInt8(ascii: "Z")
        else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for character in characters[range] {
                guard (0x30...0x39).contains(character) else { return nil }
                value = value * 10 + Int(character - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8),
            let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15),
            hour < 24, minute < 60, second < 60,
            let days = CivilDate(year: year, month: month, day: day).daysSince1970
        else { return nil }
        seconds = days * 86_400 + hour * 3600 + minute * 60 + second
        description = String(text)
    }

    /// `20260102`, the first part of a credential scope.
    package var day: String { String(description.prefix(8)) }

    package var date: Date { Date(timeIntervalSince1970: Double(seconds)) }

    package func adding(seconds more: Int) -> SigningTime {
        SigningTime(date.addingTimeInterval(Double(more)))
    }

    package static func < (left: SigningTime, right: SigningTime) -> Bool {
        left.seconds < right.seconds
    }
}

/// A day of the Gregorian calendar, carried back over all years.
///
/// The arithmetic counts years from March, so that the leap day is the last of its year.
struct CivilDate {
    let year: Int
    let month: Int
    let day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(daysSince1970 days: Int) {
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

    /// Nil for a day that the calendar does not have.
    var daysSince1970: Int? {
        guard (1...12).contains(month), day >= 1 else { return nil }
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.flooredDivision(by: 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days =
            era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let back = CivilDate(daysSince1970: days)
        return back.year == year && back.month == month && back.day == day ? days : nil
    }
}

extension Int {
    func flooredDivision(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
