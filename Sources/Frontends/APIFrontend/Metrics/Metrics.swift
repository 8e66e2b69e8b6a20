import Synchronization

/// Counts what the server does, for `GET /metrics` in Prometheus's text format.
///
/// A class, since all connections count into the same numbers. Labels are the names of our own services and
/// operations and HTTP status codes, never anything that a caller makes up.
package final class Metrics: Sendable {
    /// Stands for every service and operation that we do not have.
    static let unknown = "unknown"
    /// Upper bounds of the duration buckets, in seconds.
    static let bounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30,
    ]

    fileprivate struct Series: Hashable, Comparable {
        let service: String
        let operation: String

        static func < (left: Series, right: Series) -> Bool {
            (left.service, left.operation) < (right.service, right.operation)
        }
    }

    fileprivate struct Counts {
        var byStatus: [Int: UInt64] = [:]
        var buckets = [UInt64](repeating: 0, count: Metrics.bounds.count)
        var count: UInt64 = 0
        var seconds = 0.0
    }

    private struct State {
        var calls: [Series: Counts] = [:]
        var openWebSockets = 0
        var refusedBodies: UInt64 = 0
        var countedRefusals: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    func countCall(service: String, operation: String, status: Int, duration: Duration) {
        let seconds = duration / .seconds(1)
        let series = Series(service: service, operation: operation)
        state.withLock { state in
            state.calls[series, default: Counts()].count(status: status, seconds: seconds)
        }
    }

    func webSocketOpened() { state.withLock { $0.openWebSockets += 1 } }

    func webSocketClosed() { state.withLock { $0.openWebSockets -= 1 } }

    func bodyRefused() { state.withLock { $0.refusedBodies += 1 } }

    func refusalCounted() { state.withLock { $0.countedRefusals += 1 } }

    /// All numbers as text, in an order that does not change between readings.
    package func text() -> String {
        let (calls, openWebSockets, refusedBodies, countedRefusals) = state.withLock {
            ($0.calls, $0.openWebSockets, $0.refusedBodies, $0.countedRefusals)
        }
        var lines = [
            "# HELP sekisho_requests_total Calls answered, by HTTP status.",
            "# TYPE sekisho_requests_total counter",
        ]
        let sorted = calls.sorted { $0.key < $1.key }
        for (series, counts) in sorted {
            for (status, count) in counts.byStatus.sorted(by: { $0.key < $1.key }) {
                lines.append(
                    "sekisho_requests_total{\(series.labels),status=\"\(status)\"} \(count)"
                )
            }
        }
        lines += [
            "# HELP sekisho_request_seconds Seconds from the whole request to its answer.",
            "# TYPE sekisho_request_seconds histogram",
        ]
        for (series, counts) in sorted {
            var total: UInt64 = 0
            for (bound, count) in zip(Self.bounds, counts.buckets) {
                total += count
                lines.append(
                    "sekisho_request_seconds_bucket{\(series.labels),le=\"\(bound)\"} \(total)"
                )
            }
            lines += [
                "sekisho_request_seconds_bucket{\(series.labels),le=\"+Inf\"} \(counts.count)",
                "sekisho_request_seconds_sum{\(series.labels)} \(counts.seconds)",
                "sekisho_request_seconds_count{\(series.labels)} \(counts.count)",
            ]
        }
        lines += [
            "# HELP sekisho_open_websockets Control and data channels that are open now.",
            "# TYPE sekisho_open_websockets gauge",
            "sekisho_open_websockets \(openWebSockets)",
            "# HELP sekisho_refused_bodies_total Requests whose body was larger than allowed.",
            "# TYPE sekisho_refused_bodies_total counter",
            "sekisho_refused_bodies_total \(refusedBodies)",
            "# HELP sekisho_refusals_counted_total Refused calls of unknown callers without a record of their own.",
            "# TYPE sekisho_refusals_counted_total counter",
            "sekisho_refusals_counted_total \(countedRefusals)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Metrics.Series {
    fileprivate var labels: String { "service=\"\(service)\",operation=\"\(operation)\"" }
}

extension Metrics.Counts {
    fileprivate mutating func count(status: Int, seconds: Double) {
        byStatus[status, default: 0] += 1
        if let bucket = Metrics.bounds.firstIndex(where: { seconds <= $0 }) { buckets[bucket] += 1 }
        count += 1
        self.seconds += seconds
    }
}
