import FoundationEssentials
import Glibc
package import Logging
import Synchronization
package import Vocabulary

/// The agent's own log, to standard error and to a file that never grows past a bound.
///
/// Lines look as the stock agent's do, so that what people know how to search for is found:
/// `2006-01-02 15:04:05.0000 ERROR [sekisho-session-worker] [SESSION] [DataBackend] message`. When the file
/// cannot be written the line still goes to standard error.
package final class AgentLog: Sendable {
    private let file: Mutex<RotatingFile?>
    private let clock: any WallClock
    private let writesToStandardError: Bool
    private let level: Logger.Level

    package init(
        file path: String?,
        standardError: Bool = true,
        level: Logger.Level = .info,
        clock: any WallClock = SystemClock()
    ) {
        self.level = level
        file = Mutex(path.map { RotatingFile(path: $0) })
        writesToStandardError = standardError
        self.clock = clock
    }

    /// A logger whose lines carry these contexts, each in brackets.
    package func logger(_ contexts: String..., atLeast least: Logger.Level = .trace) -> Logger {
        var logger = Logger(label: contexts.first ?? "sekisho-agent") { _ in
            AgentLogHandler(log: self, contexts: contexts)
        }
        logger.logLevel = max(level, least)
        return logger
    }

    func write(_ level: Logger.Level, _ contexts: [String], _ message: String) {
        let tags = contexts.map { "[\($0)] " }.joined()
        let line =
            "\(Self.timestamp(clock.now())) \(Self.name(of: level)) \(tags)"
            + "\(Self.oneLine(message))\n"
        let bytes = Array(line.utf8)
        file.withLock { $0?.append(bytes) }
        if writesToStandardError { writeAll(bytes, to: STDERR_FILENO) }
    }

    private static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "CRITICAL"
        }
    }

    /// Local time with four digits of the second, as Go's layout `2006-01-02 15:04:05.0000`.
    static func timestamp(_ date: Date) -> String {
        let ticks = Int64((date.timeIntervalSince1970 * 10_000).rounded(.down))
        var seconds = time_t(ticks / 10_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let day =
            "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))"
            + "-\(padded(Int(parts.tm_mday), 2))"
        let time =
            "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2))"
            + ":\(padded(Int(parts.tm_sec), 2))"
        return "\(day) \(time).\(padded(Int(ticks % 10_000), 4))"
    }

    /// The text without what could look like another line or move a terminal's cursor.
    private static func oneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
            )
        )
    }
}

/// Gives swift-log's messages to the agent's log.
private struct AgentLogHandler: LogHandler {
    let log: AgentLog
    let contexts: [String]
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    init(log: AgentLog, contexts: [String]) {
        self.log = log
        self.contexts = contexts
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let fields = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        log.write(event.level, contexts + fields, event.message.description)
    }
}
