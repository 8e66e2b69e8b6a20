@preconcurrency import Dispatch
import Glibc
package import PseudoTerminal
package import SessionWire

/// Standard input, output and error of the program.
///
/// Reads and writes block, so each has a dispatch queue of its own and never a thread of the cooperative pool.
package final class LocalConsole: Console {
    private let terminal: LocalTerminal
    private let readQueue = DispatchQueue(label: "sekisho.console.read")
    private let writeQueue = DispatchQueue(label: "sekisho.console.write")
    /// A byte in this pipe ends a read that waits; -1 when there could be no pipe.
    private let wake: (read: Int32, write: Int32)

    package init(terminal: LocalTerminal = LocalTerminal()) {
        self.terminal = terminal
        var ends: [Int32] = [-1, -1]
        // Without a pipe a wait for input lasts until there is some.
        _ = pipe(&ends)
        for end in ends where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = (ends[0], ends[1])
    }

    deinit {
        for end in [wake.read, wake.write] where end >= 0 { close(end) }
    }

    package var isInteractive: Bool { terminal.isInteractive }

    package func read() async -> [UInt8]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                readQueue.async { [self] in continuation.resume(returning: blockingRead()) }
            }
        } onCancel: {
            _ = Glibc.write(wake.write, [0], 1)
        }
    }

    package func write(_ bytes: [UInt8]) async {
        await written(bytes, to: STDOUT_FILENO)
    }

    package func writeError(_ bytes: [UInt8]) async {
        await written(bytes, to: STDERR_FILENO)
    }

    package func notify(_ line: String) {
        // In raw mode a line feed does not return the carriage; in any other, the return does no harm.
        let text = line.replacing("\n", with: "\r\n") + "\r\n"
        Self.blockingWrite(Array(text.utf8), to: STDERR_FILENO)
    }

    package func sizes() -> AsyncStream<SessionWire.TerminalSize> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: SessionWire.TerminalSize.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let sizes = terminal.sizes()
        // Ends with the stream it feeds: `onTermination` cancels it.
        let forwarding = Task {
            for await size in sizes {
                continuation.yield(
                    SessionWire.TerminalSize(
                        columns: UInt32(size.columns),
                        rows: UInt32(size.rows)
                    )
                )
            }
        }
        continuation.onTermination = { _ in forwarding.cancel() }
        return stream
    }

    package func enterRawMode() {
        // A terminal that cannot be raw still works line by line.
        try? terminal.enterRawMode()
    }

    package func leaveRawMode() { terminal.restore() }

    private func written(_ bytes: [UInt8], to descriptor: Int32) async {
        await withCheckedContinuation { continuation in
            writeQueue.async {
                Self.blockingWrite(bytes, to: descriptor)
                continuation.resume()
            }
        }
    }

    private func blockingRead() -> [UInt8]? {
        while true {
            var waiting = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waiting, 2, -1) > 0 else {
                if errno == EINTR { continue }
                return nil
            }
            guard waiting[1].revents == 0 else { return nil }
            var bytes = [UInt8](repeating: 0, count: 16 * 1024)
            let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return count > 0 ? Array(bytes[..<count]) : nil
        }
    }

    /// Writes all of it; a reader that is gone (EPIPE) loses what it does not want.
    private static func blockingWrite(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
                _ = poll(&waiting, 1, -1)
            } else if errno != EINTR {
                // Nobody reads any more (`| head -1`): the session ends as at a hang-up, not never.
                if errno == EPIPE { kill(getpid(), SIGHUP) }
                return
            }
        }
    }
}
