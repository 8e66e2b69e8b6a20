import FoundationEssentials
import Glibc

/// One number, and what it is of.
struct Measurement: Encodable {
    let area: String
    let what: String
    let value: Double
    let unit: String

    init(_ area: Area, _ what: String, _ value: Double, _ unit: String) {
        self.area = area.rawValue
        self.what = what
        self.value = value
        self.unit = unit
    }
}

/// Prints each number as a line of JSON when it is there, and all of them as a table at the end.
struct Report {
    private var rows: [[String]] = []

    mutating func add(_ measurement: Measurement) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        if let line = try? encoder.encode(measurement) {
            print(String(decoding: line, as: UTF8.self))
            fflush(nil)
        }
        rows.append([
            measurement.area, measurement.what, Self.text(measurement.value), measurement.unit,
        ])
    }

    func printTable() {
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 2 ? space + cell : cell + space
            }
            let line = Array((cells.joined(separator: "  ") + "\n").utf8)
            _ = write(STDERR_FILENO, line, line.count)
        }
    }

    /// Three digits that matter.
    private static func text(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        let places = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        let scale = pow(10, Double(places))
        let rounded = (value * scale).rounded() / scale
        return places == 0 ? "\(Int(rounded))" : "\(rounded)"
    }
}

/// Times of single operations, for their percentiles.
struct Latencies {
    private var seconds: [Double] = []

    mutating func add(_ duration: Duration) { seconds.append(duration / .seconds(1)) }

    mutating func add(_ other: Latencies) { seconds += other.seconds }

    var count: Int { seconds.count }

    /// The time that so many of a hundred stay under, in milliseconds.
    func percentile(_ percent: Double) -> Double {
        guard !seconds.isEmpty else { return .nan }
        let sorted = seconds.sorted()
        let index = min(sorted.count - 1, Int(Double(sorted.count) * percent / 100))
        return sorted[index] * 1000
    }
}

/// Repeats something for about a second, and says how long one takes, in seconds of CPU and of the wall.
enum Repeat {
    static func measure(
        _ body: (_ times: Int) throws -> Void
    ) rethrows -> (wall: Double, cpu: Double) {
        var times = 1
        while true {
            let (wall, cpu) = (ContinuousClock.now, clock())
            try body(times)
            let seconds = (ContinuousClock.now - wall) / .seconds(1)
            if seconds >= 0.5 {
                let used = Double(clock() - cpu) / Double(CLOCKS_PER_SEC)
                return (seconds / Double(times), used / Double(times))
            }
            times = seconds < 0.01 ? times * 16 : Int(Double(times) * 0.8 / seconds) + 1
        }
    }
}
