import PseudoTerminal
import Sealing
import WebSocketTransport

/// What happens to a session, in the order it happened, for the one task that decides.
///
/// What comes from outside waits for room, so that neither a fast shell nor a fast peer fills memory. What
/// the session's own tasks say goes in at once; each says little.
final class SessionEvents: Sendable {
    enum Event: Sendable {
        case connected
        case disconnected
        case message([UInt8])
        /// The server will not have this session's data channel any more, or not at all.
        case channelRefused(String)
        /// The channel is closed and all was sent.
        case channelEnded
        case dataKey(Secret)
        case dataKeyRefused(String)
        case started(TerminalSession, SessionLog?)
        case refused(String)
        case output([UInt8])
        case shellEnded(ChildStatus)
        case inputTaken(Int)
        case logHasRoom
        case logEnded(String?)
        case tick
        case terminate(String)
        case killed
    }

    /// An event, and the room that it takes until it is dealt with.
    struct Entry: Sendable {
        let event: Event
        fileprivate var budget: ByteBudget?
        fileprivate var cost = 0

        /// Gives the room back.
        func done() { budget?.give(cost) }
    }

    /// For the one task that decides; it calls `done` on each.
    let entries: AsyncStream<Entry>
    private let continuation: AsyncStream<Entry>.Continuation
    private let messages: ByteBudget
    private let output: ByteBudget

    init(messageBytes: Int, outputBytes: Int) {
        (entries, continuation) = AsyncStream.makeStream()
        messages = ByteBudget(messageBytes)
        output = ByteBudget(outputBytes)
    }

    /// Puts in what must not wait.
    func post(_ event: Event) {
        continuation.yield(Entry(event: event))
    }

    /// Puts in a message of the peer, when there is room.
    func postMessage(_ bytes: [UInt8]) async throws {
        let cost = bytes.count + 64
        try await messages.take(cost)
        continuation.yield(Entry(event: .message(bytes), budget: messages, cost: cost))
    }

    /// Puts in output of the shell, when there is room.
    func postOutput(_ bytes: [UInt8]) async throws {
        try await output.take(bytes.count)
        continuation.yield(Entry(event: .output(bytes), budget: output, cost: bytes.count))
    }
}
