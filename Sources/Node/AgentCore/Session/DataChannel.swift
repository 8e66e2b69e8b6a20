import AWSClient
import Logging
import NIOCore
import Vocabulary
import WebSocketTransport

/// Keeps a session's data channel open: dials, dials again when it is lost, and carries messages both ways.
///
/// The shell lives on while there is no channel. It ends when the server says that the session is over, or
/// after `Limits.dataChannelAbsence`. Pauses are those of AWS's agent (session-protocol 5.1 and 9.1), which
/// gives up after six attempts and then forgets its shell.
struct DataChannel {
    let session: SessionID
    let server: any NodeServer
    let entropy: any Entropy
    let logger: Logger

    /// Runs until the outbox is finished and sent, the channel is refused, or the task is cancelled.
    func run(_ outbox: Outbox, _ events: SessionEvents) async {
        var isFirst = true
        while !Task.isCancelled {
            guard let connection = await dial(isFirst: isFirst, events) else { return }
            isFirst = false
            outbox.clear()
            events.post(.connected)
            let isOver = await carry(connection, outbox, events)
            await connection.close()
            if isOver {
                events.post(.channelEnded)
                return
            }
            events.post(.disconnected)
            logger.info("The data channel was lost; it is opened again")
        }
    }

    private func dial(isFirst: Bool, _ events: SessionEvents) async -> WebSocketConnection? {
        let began = ContinuousClock.now
        var attempt = 0
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            do {
                return try await server.openDataChannel(session)
            } catch {
                guard !Task.isCancelled else { return nil }
                let reason = "Setting up data channel with id \(session) failed: \(error)"
                logger.error("\(reason)")
                attempt += 1
                let isLate =
                    isFirst
                    ? attempt >= Limits.dataChannelAttempts
                    : ContinuousClock.now - began > Limits.dataChannelAbsence
                if isLate || Self.isFinal(error) {
                    events.post(.channelRefused(reason))
                    return nil
                }
                let base = Duration.milliseconds(100) + .milliseconds(100) * entropy.fraction()
                let pause = min(base * (1 << min(attempt - 1, 10)), Limits.dataChannelLongestPause)
                await server.pause(pause, after: error, begun: begun)
            }
        }
        return nil
    }

    /// Whether asking again would get the same answer.
    private static func isFinal(_ error: any Error) -> Bool {
        switch error {
        case let error as AWSClientError:
            guard case .service(_, let message, let status, _) = error else { return false }
            if message.contains("Session is already terminated") { return true }
            return (400..<500).contains(status) && !RetryPolicy.isPassing(error)
                && !CredentialPause.isRefusal(of: error) && error.code != "RequestTimeTooSkewed"
        default: return false
        }
    }

    /// Carries until one side ends; true when it was ours, with all sent.
    private func carry(
        _ connection: WebSocketConnection,
        _ outbox: Outbox,
        _ events: SessionEvents
    ) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    for try await message in connection.inbound {
                        switch message {
                        case .binary(let bytes):
                            try await events.postMessage(Array(bytes.readableBytesView))
                        case .text(let text):
                            try await events.postMessage(Array(text.utf8))
                        }
                    }
                } catch is CancellationError {
                } catch {
                    logger.info("The data channel broke: \(error)")
                }
                return false
            }
            group.addTask {
                do {
                    while let messages = try await outbox.next() {
                        for message in messages {
                            try await connection.send(.binary(ByteBuffer(bytes: message)))
                        }
                    }
                    return true
                } catch {
                    return false
                }
            }
            let isOver = await group.next() ?? false
            group.cancelAll()
            return isOver
        }
    }
}
