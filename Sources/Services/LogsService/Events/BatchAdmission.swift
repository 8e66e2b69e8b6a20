import LogEngine
import Vocabulary

/// Decides what of a PutLogEvents call is stored.
///
/// Limits of the whole batch refuse the call; events that are too old, expired or too new are left out and
/// reported, as AWS documents.
struct BatchAdmission: Equatable {
    /// Which events are left out, by index.
    struct Rejected: Encodable, Equatable, Sendable {
        var tooNewLogEventStartIndex: Int?
        var tooOldLogEventEndIndex: Int?
        var expiredLogEventEndIndex: Int?
    }

    let accepted: [LogEvent]
    let rejected: Rejected?

    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - oldestKept: what the group's retention keeps.
    init(_ events: [LogEvent], now: Int64, oldestKept: Int64) throws(ServiceFault) {
        try Self.checkSizes(events)
        for (earlier, later) in zip(events, events.dropFirst())
        where earlier.timestamp > later.timestamp {
            throw LogsFault.invalidParameter(
                "Log events in a single PutLogEvents request must be in chronological order."
            )
        }
        let oldest = now - Limits.Logs.oldestEventMilliseconds
        let newest = now + Limits.Logs.newestEventMilliseconds
        let tooOldEnd = events.firstIndex { $0.timestamp >= oldest } ?? events.count
        let expiredEnd = events.firstIndex { $0.timestamp >= oldestKept } ?? events.count
        let tooNewStart = events.firstIndex { $0.timestamp > newest } ?? events.count
        let first = max(tooOldEnd, expiredEnd)
        accepted = first < tooNewStart ? Array(events[first..<tooNewStart]) : []
        if let first = accepted.first, let last = accepted.last,
            last.timestamp - first.timestamp > Limits.Logs.batchSpanMilliseconds
        {
            throw LogsFault.invalidParameter(
                "The batch of log events in a single PutLogEvents request cannot span more than "
                    + "24 hours."
            )
        }
        let rejected = Rejected(
            tooNewLogEventStartIndex: tooNewStart < events.count ? tooNewStart : nil,
            tooOldLogEventEndIndex: tooOldEnd > 0 ? tooOldEnd : nil,
            expiredLogEventEndIndex: expiredEnd > tooOldEnd ? expiredEnd : nil
        )
        self.rejected = rejected == Rejected() ? nil : rejected
    }

    private static func checkSizes(_ events: [LogEvent]) throws(ServiceFault) {
        var total = 0
        for event in events {
            let size = event.message.count + Limits.Logs.eventOverhead
            guard size <= Limits.Logs.eventBytes else {
                throw LogsFault.invalidParameter(
                    "Log event too large: \(size) bytes exceeds limit of \(Limits.Logs.eventBytes)"
                )
            }
            total += size
        }
        guard total <= Limits.Logs.batchBytes else {
            throw LogsFault.invalidParameter(
                "Upload too large: \(total) bytes exceeds limit of \(Limits.Logs.batchBytes)"
            )
        }
    }
}
