import Encoding
package import FoundationEssentials

/// A moment to the second, written as signatures write it: `20260102T030405Z`.
package struct SigningTime: Equatable, Comparable, Sendable, CustomStringConvertible {
    /// The text, such as `20260102T030405Z`.
    package let description: String
    /// Seconds since 1970.
    package let seconds: Int

    /// The beginning of the year 1; AWS's calendar has no year 0.
    private static let firstSecond = -62_135_596_800

    package init(_ date: Date) {
        // What lies outside of the calendar's four-digit years has no such text, and is far from any clock.
        let bounded = min(
            max(date.timeIntervalSince1970, Double(Self.firstSecond)),
            Double(CivilTime.range.upperBound)
        )
        let time = CivilTime(secondsSince1970: Int(bounded.rounded(.down)))
        seconds = time.secondsSince1970
        description = time.basic
    }

    /// Reads `20260102T030405Z`; nil for any other form and for dates that are in no calendar.
    package init?(parsing text: some StringProtocol) {
        guard let time = CivilTime(basic: text) else { return nil }
        seconds = time.secondsSince1970
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
