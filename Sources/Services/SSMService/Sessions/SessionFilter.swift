import FoundationEssentials
import ServiceKit
import Vocabulary

/// One filter of DescribeSessions; all that are given must match.
struct SessionFilter: CustomStringConvertible {
    let description: String
    private let test: (SessionRecord) -> Bool

    func matches(_ record: SessionRecord) -> Bool { test(record) }

    init(_ filter: DescribeSessionsInput.Filter) throws {
        var violations = ConstraintViolations()
        violations.required(filter.key, "filters.member.key")
        violations.required(filter.value, "filters.member.value")
        violations.length(filter.value, "filters.member.value", 1...400)
        try violations.check()
        let key = filter.key ?? ""
        let value = filter.value ?? ""
        description = "\(key)=\(value)"
        switch key {
        case "InvokedAfter":
            let date = try Self.date(value, key)
            test = { $0.started >= date }
        case "InvokedBefore":
            let date = try Self.date(value, key)
            test = { $0.started < date }
        case "Target": test = { $0.node == value }
        case "Owner": test = { $0.owner == value }
        case "Status": test = { $0.state.status == value }
        case "SessionId": test = { $0.id == value }
        case "AccessType": test = { _ in value == "Standard" }
        default: throw SSMFault.invalidFilterKey(key)
        }
    }

    /// A point in time, in ISO 8601 with or without fractions of a second.
    private static func date(_ text: String, _ key: String) throws -> Date {
        let plain = Date.ISO8601FormatStyle()
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        if let date = (try? plain.parse(text)) ?? (try? fractional.parse(text)) { return date }
        throw SSMFault.validation(
            "The value '\(text)' of filter \(key) is not a time. Write it like 2026-01-31T12:00:00Z."
        )
    }
}
