import FoundationEssentials
import Logging
import NIOCore
import SessionWire
import Vocabulary
import WebSocketTransport

/// The node's line to the server, opened again for ever.
///
/// It carries only what concerns whole sessions: starts, ends and acknowledgements.
struct ControlChannel {
    let server: any NodeServer
    let supervisor: SessionSupervisor
    let completions: Completions
    let entropy: any Entropy
    let logger: Logger

    /// Runs until cancelled.
    func run() async {
        var failures = 0
        var repetition = Repetition()
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            do {
                let connection = try await server.openControlChannel()
                let again = failures > 0 ? ", after \(failures) failures" : ""
                logger.info("Set up control channel successfully\(again)")
                failures = 0
                repetition = Repetition()
                await serve(connection)
                await connection.close()
                guard !Task.isCancelled else {
                    return logger.debug("The control channel is closed")
                }
                logger.info("The control channel was lost; it is opened again")
            } catch {
                guard !Task.isCancelled else { return }
                failures += 1
                logger.log(
                    level: repetition.level(of: error),
                    "Setting up the control channel failed: \(error)"
                )
                await server.awaitCredentials(after: error, begun: begun)
            }
            await Task.pause(ReconnectPause.after(failures: failures, entropy: entropy))
        }
    }

    /// Serves one connection until it ends.
    private func serve(_ connection: WebSocketConnection) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    for try await message in connection.inbound { receive(message) }
                } catch is CancellationError {
                    // The agent stops, or the sending half ended first.
                } catch {
                    logger.info("The control channel broke: \(error)")
                }
            }
            group.addTask {
                // Ends when the channel does; what was not acknowledged goes over the next one.
                try? await completions.run { message in
                    try await connection.send(.binary(ByteBuffer(bytes: message.encoded())))
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Acts on one message; what is malformed or unknown is dropped, as the stock agent does.
    private func receive(_ message: WebSocketMessage) {
        let bytes: [UInt8] =
            switch message {
            case .binary(let buffer): Array(buffer.readableBytesView)
            case .text(let text): Array(text.utf8)
            }
        guard let message = try? AgentMessage(parsing: bytes) else {
            logger.warning("A malformed message on the control channel is dropped")
            return
        }
        switch message.type {
        case .interactiveShell:
            guard let shell = InteractiveShell(json: message.payload) else { return }
            supervisor.start(shell)
        case .channelClosed:
            guard let closed = ChannelClosed(json: message.payload) else { return }
            supervisor.terminate(closed.sessionID)
        case .agentTaskAcknowledge:
            guard let acknowledged = AgentTaskAcknowledge(json: message.payload) else { return }
            completions.acknowledge(acknowledged.messageID)
        default:
            logger.debug("A message of type \(message.type) is dropped")
        }
    }
}
