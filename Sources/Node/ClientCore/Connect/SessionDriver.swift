import AWSClient
package import Logging
import NIOCore
import SessionWire
package import Vocabulary
import Waiting
import WebSocketTransport

/// Runs one session from StartSession to the last byte shown.
///
/// The decisions are `ClientSessionMachine`'s; this is the shell around it. One task owns the machine and
/// carries out its actions in order; child tasks wait for the socket, the person, the terminal and the clock,
/// and put what happened in line for it.
package struct SessionDriver: Sendable {
    let calls: SessionCalls
    let console: any Console
    let clock: any WallClock
    let entropy: any Entropy
    let logger: Logger

    package init(
        calls: SessionCalls,
        console: any Console,
        clock: any WallClock = SystemClock(),
        entropy: any Entropy = SystemEntropy(),
        logger: Logger
    ) {
        self.calls = calls
        self.console = console
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
    }

    /// Starts the session and returns when it is over; each element of `interruptions` asks it to end now.
    package func run(
        _ request: SessionRequest,
        interruptions: AsyncStream<Void> = AsyncStream { $0.finish() }
    ) async -> ConnectOutcome {
        let ticket: SessionTicket
        do {
            ticket = try await calls.start(request)
        } catch {
            return .failed("\(error)")
        }
        logger.debug("session started", metadata: ["session": "\(ticket.session)"])
        let loop = SessionLoop(driver: self, ticket: ticket, request: request)
        let outcome = await withDiscardingTaskGroup { group in
            let outcome = await loop.run(interruptions: interruptions, in: &group)
            group.cancelAll()
            return outcome
        }
        console.leaveRawMode()
        return outcome
    }
}

/// What happens to a session, as its one task sees it.
enum SessionEvent: Sendable {
    /// The channel is open, for the first time or again; what is put into the box is sent.
    case connected(outbox: EventQueue<[UInt8]>)
    case message([UInt8])
    /// The channel broke, or could not be opened; the text says how.
    case broken(String)
    /// There is no session to come back to.
    case gone(String?)
    case key(GeneratedDataKey)
    case keyFailed(String)
    case typed([UInt8])
    case inputEnded
    /// So many bytes of output have been shown.
    case shown(Int)
    case size(TerminalSize)
    /// A deadline of the machine has come.
    case due
    case interrupted
}

extension SessionDriver {
    /// Carries one channel from dial to end, and reports each step.
    func carryChannel(
        _ ticket: SessionTicket,
        token: String,
        clientID: String,
        events: EventQueue<SessionEvent>
    ) async {
        do {
            let connection = try await calls.dial(ticket.streamURL)
            let opening = ChannelOpening.clientData(
                token: token,
                clientID: clientID,
                clientVersion: Self.clientVersion,
                entropy: entropy
            )
            try await connection.send(.text(opening.text))
            let outbox = EventQueue<[UInt8]>(capacity: .max)
            events.put(.connected(outbox: outbox))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while let bytes = await outbox.next() {
                        try await connection.send(.binary(ByteBuffer(bytes: bytes)))
                    }
                }
                group.addTask {
                    for try await message in connection.inbound {
                        // Text frames are not part of the protocol after the first one.
                        guard case .binary(let bytes) = message else { continue }
                        await events.send(.message(Array(bytes.readableBytesView)))
                    }
                }
                // Whichever ends first, the other has nothing to wait for.
                let first = await group.nextResult()
                outbox.finish()
                await connection.close()
                group.cancelAll()
                try first?.get()
            }
            events.put(.broken("the server closed the connection"))
        } catch {
            events.put(.broken("\(error)"))
        }
    }

    /// After a pause, asks whether the session is still there, and opens its channel again.
    func resumeChannel(
        _ ticket: SessionTicket,
        after milliseconds: Int64,
        clientID: String,
        events: EventQueue<SessionEvent>
    ) async {
        guard (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil else { return }
        do {
            guard let token = try await calls.resume(ticket.session) else {
                return events.put(.gone(nil))
            }
            await carryChannel(ticket, token: token, clientID: clientID, events: events)
        } catch AWSClientError.service(let code, let message, let status, _) where status < 500 {
            // A refusal does not pass; 5xx and a server that is not there may.
            events.put(.gone("\(code): \(message)"))
        } catch {
            events.put(.broken("\(error)"))
        }
    }

    /// Ends the session at the server, within a few seconds or not at all.
    func terminate(_ session: String) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await calls.terminate(session) }
            group.addTask { try? await Task.sleep(for: Limits.clientTerminateTimeout) }
            await group.next()
            group.cancelAll()
        }
    }

    /// The version that stock agents are told: they hold back features from clients below 1.2.331.0.
    static let clientVersion = "1.2.700.0"
}
