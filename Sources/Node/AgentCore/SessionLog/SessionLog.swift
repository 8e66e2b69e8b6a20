import AWSClient
import FoundationEssentials
import Logging
import Synchronization
import Vocabulary
import Waiting

/// The console log of one session, from the terminal to the log group.
///
/// It lives in memory only and holds at most `Limits.sessionLogBufferBytes`: while it has no room, the
/// terminal is not read, and the shell waits. `run` uploads once a tick. When the group takes no more even
/// after `Limits.sessionLogAttempts`, a required log says so and takes nothing further; another is given up
/// with a warning.
final class SessionLog: Sendable {
    private enum Phase {
        case open
        /// No more output will come; what is left is being uploaded.
        case ending
        case over
    }

    private struct State {
        var shaper: LogShaper
        var phase = Phase.open
    }

    /// Ticks after which plain text goes out though it does not fill an event.
    ///
    /// AWS's agent keeps it to the end. Then a log that cannot be written shows only when all was said, and
    /// a machine that dies takes the whole log with it.
    private static let plainPace = 10

    private let destination: LogDestination
    private let event: StreamedEvent?
    private let isRequired: Bool
    private let server: any NodeServer
    private let clock: any WallClock
    private let tick: Duration
    private let logger: Logger
    private let state: Mutex<State>
    private let bell = Doorbell()

    /// With `event` the log is streamed as AWS's JSON, without it is plain text.
    init(
        destination: LogDestination,
        event: StreamedEvent?,
        isRequired: Bool,
        server: any NodeServer,
        clock: any WallClock,
        tick: Duration,
        logger: Logger
    ) {
        self.destination = destination
        self.event = event
        self.isRequired = isRequired
        self.server = server
        self.clock = clock
        self.tick = tick
        self.logger = logger
        state = Mutex(State(shaper: LogShaper(event == nil ? .plain : .streaming)))
    }

    /// Records what the terminal printed, before anybody is shown it.
    func append(_ bytes: [UInt8]) {
        let isFull = state.withLock { state in
            guard state.phase == .open else { return false }
            state.shaper.append(bytes)
            return state.shaper.pendingBytes >= Limits.sessionLogBufferBytes / 2
        }
        if isFull { bell.ring() }
    }

    var hasRoom: Bool {
        state.withLock {
            $0.phase != .open || $0.shaper.pendingBytes < Limits.sessionLogBufferBytes
        }
    }

    /// No more output will come: `run` uploads the rest at once and returns.
    func end() {
        state.withLock { if $0.phase == .open { $0.phase = .ending } }
        bell.ring()
    }

    /// Uploads until the end.
    ///
    /// `onRoom` is called when there is room again. Returns nil when all that was recorded is in the group
    /// or was given up by `bestEffort`, else why the required log is not whole.
    func run(onRoom: @Sendable () -> Void) async -> String? {
        var hasMore = false
        var ticks = 0
        while true {
            let isEnding = state.withLock { $0.phase == .ending }
            // A shell that prints fast must not wait for a tick between two full calls.
            if !isEnding, !hasMore { await bell.wait(upTo: tick) }
            let (pieces, isEnd) = state.withLock { state in
                let isEnd = state.phase == .ending
                let pieces = state.shaper.take(
                    Limits.sessionLogEventsPerCall,
                    isDue: ticks >= Self.plainPace,
                    isEnd: isEnd
                )
                return (pieces, isEnd)
            }
            ticks = pieces.isEmpty ? ticks + 1 : 0
            guard !pieces.isEmpty else {
                if isEnd { return nil }
                hasMore = false
                continue
            }
            hasMore = pieces.count == Limits.sessionLogEventsPerCall
            if let reason = await upload(lines(pieces)) {
                state.withLock { $0 = State(shaper: LogShaper(.plain), phase: .over) }
                onRoom()
                return isRequired ? reason : nil
            }
            onRoom()
        }
    }

    private func lines(_ pieces: [LogShaper.Piece]) -> [LogLine] {
        let now = clock.now()
        let milliseconds = Int64(now.timeIntervalSince1970 * 1000)
        return pieces.map { piece in
            switch piece {
            case .lines(let lines):
                LogLine(timestamp: milliseconds, message: event?.message(lines, at: now) ?? "")
            case .text(let bytes):
                LogLine(timestamp: milliseconds, message: String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    /// Uploads the events; nil when they are durable, else why they cannot be.
    private func upload(_ lines: [LogLine]) async -> String? {
        for attempt in 1... {
            let begun = ContinuousClock.now
            do {
                try await server.putLogEvents(lines, to: destination)
                return nil
            } catch {
                logger.error("Unable to put log events in \(destination.group), err: \(error)")
                guard
                    RetryPolicy.isPassing(error) || error.isKeyTrouble
                        || CredentialPause.isRefusal(of: error),
                    attempt < Limits.sessionLogAttempts
                else {
                    return "the log group \(destination.group) does not take it: \(error)"
                }
                await server.pause(tick, after: error, begun: begun)
            }
        }
        return nil
    }
}

extension AWSClientError {
    /// Whether the group's key cannot be used now, which may be mended while the session waits.
    fileprivate var isKeyTrouble: Bool {
        guard let code else { return false }
        return code.hasPrefix("KMS") || code == "OperationAbortedException"
    }
}

extension Task where Success == Never, Failure == Never {
    /// Sleeps; a cancelled task goes on at once.
    static func pause(_ duration: Duration) async {
        try? await sleep(for: duration)
    }
}
