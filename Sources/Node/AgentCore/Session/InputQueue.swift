import PseudoTerminal
import Synchronization
import Waiting

/// What was typed and not yet taken by the shell.
///
/// Its size is held by the driver, which stops taking input from the client when it grows.
final class InputQueue: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    private let bell = Doorbell()

    /// Adds input; returns how much waits now.
    func put(_ input: [UInt8]) -> Int {
        let count = bytes.withLock { bytes in
            bytes += input
            return bytes.count
        }
        bell.ring()
        return count
    }

    /// Types into the terminal, until it closes or the task is cancelled.
    func run(_ terminal: TerminalSession, _ events: SessionEvents) async {
        while !Task.isCancelled {
            let input = bytes.withLock { bytes in
                defer { bytes = [] }
                return bytes
            }
            guard !input.isEmpty else {
                await bell.wait()
                continue
            }
            guard (try? await terminal.write(input)) != nil else { return }
            events.post(.inputTaken(bytes.withLock { $0.count }))
        }
    }
}
