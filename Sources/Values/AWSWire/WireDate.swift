import FoundationEssentials

/// Timestamps as clients write them.
enum WireDate {
    /// Reads ISO 8601 with or without fractions, or seconds since 1970; nil for anything else.
    static func parse(_ text: String) -> Date? {
        if let seconds = Double(text) { return date(seconds: seconds) }
        if let date = try? Date(text, strategy: Date.ISO8601FormatStyle()) { return date }
        return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// A date of the calendar's years 1 to 9999; nil for infinities, not-a-numbers and what lies outside.
    static func date(seconds: Double) -> Date? {
        guard (-62_135_596_800...253_402_300_799).contains(seconds) else { return nil }
        return Date(timeIntervalSince1970: seconds)
    }
}
