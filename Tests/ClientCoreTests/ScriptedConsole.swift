import SessionWire
import Synchronization

@testable import ClientCore

/// A terminal that types lines when it is asked, each after the one before was shown, and keeps what it sees.
final class ScriptedConsole: Console {
    private struct State {
        var lines: [String]
        var shown = ""
        var notices: [String] = []
        var rawModes: [Bool] = []
    }

    private let state: Mutex<State>
    let isInteractive: Bool

    init(typing lines: [String] = [], isInteractive: Bool = true) {
        state = Mutex(State(lines: lines))
        self.isInteractive = isInteractive
    }

    var shown: String { state.withLock { $0.shown } }
    var notices: [String] { state.withLock { $0.notices } }
    var rawModes: [Bool] { state.withLock { $0.rawModes } }

    func read() async -> [UInt8]? {
        let line = state.withLock { $0.lines.isEmpty ? nil : $0.lines.removeFirst() }
        if let line { return Array(line.utf8) }
        // A person who types no more does not close the terminal.
        if isInteractive { try? await Task.sleep(for: .seconds(600)) }
        return nil
    }

    func write(_ bytes: [UInt8]) async {
        state.withLock { $0.shown += String(decoding: bytes, as: UTF8.self) }
    }

    func writeError(_ bytes: [UInt8]) async { await write(bytes) }

    func notify(_ line: String) { state.withLock { $0.notices.append(line) } }

    func sizes() -> AsyncStream<TerminalSize> {
        AsyncStream { continuation in
            continuation.yield(TerminalSize(columns: 80, rows: 24))
            continuation.finish()
        }
    }

    func enterRawMode() { state.withLock { $0.rawModes.append(true) } }
    func leaveRawMode() { state.withLock { $0.rawModes.append(false) } }
}
