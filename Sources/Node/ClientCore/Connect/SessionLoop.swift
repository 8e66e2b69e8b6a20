import FoundationEssentials
import SessionWire
import Vocabulary
import Waiting

/// The one task that owns a session's machine.
///
/// A class, since it is the session while it lasts; it never leaves the task that runs it.
final class SessionLoop {
    private let driver: SessionDriver
    private let ticket: SessionTicket
    private let isCommand: Bool
    private let clientID: String
    private let events = EventQueue<SessionEvent>(capacity: Limits.clientEventsInLine)
    /// One element lets the person's input be read once.
    private let readings = EventQueue<Void>(capacity: .max)
    private let shows = EventQueue<Show>(capacity: .max)

    private var machine: ClientSessionMachine
    private var escape = TerminalEscape()
    private var outbox: EventQueue<[UInt8]>?
    private var reconnection: Reconnection?
    private var isReady = false
    private var tellsExitStatus = false
    private var isReading = false
    private var isInputOver = false
    private var endsWithNewline = true
    private var bytesToShow = 0
    private var dueAt: Int64?
    private var exitCode: Int32?
    private var outcome: ConnectOutcome?

    private enum Show: Sendable {
        case output([UInt8])
        case error([UInt8])
    }

    private var console: any Console { driver.console }
    private var now: Int64 { Int64(driver.clock.now().timeIntervalSince1970 * 1000) }

    init(driver: SessionDriver, ticket: SessionTicket, request: SessionRequest) {
        self.driver = driver
        self.ticket = ticket
        isCommand = request.command != nil
        clientID = driver.entropy.uuid()
        machine = ClientSessionMachine(
            ClientSessionMachine.Configuration(
                sessionID: ticket.session,
                targetID: request.target,
                clientVersion: SessionDriver.clientVersion
            ),
            entropy: driver.entropy
        )
    }

    func run(
        interruptions: AsyncStream<Void>,
        in group: inout DiscardingTaskGroup
    ) async -> ConnectOutcome {
        let (driver, ticket, clientID, events) = (driver, ticket, clientID, events)
        group.addTask {
            await driver.carryChannel(
                ticket,
                token: ticket.token,
                clientID: clientID,
                events: events
            )
        }
        group.addTask { for await _ in interruptions { events.put(.interrupted) } }
        startShowing(in: &group)
        startReading(in: &group)
        while outcome == nil, let event = await events.next() {
            await handle(event, in: &group)
            schedule(in: &group)
            readMoreIfWanted()
        }
        await showTheRest()
        outbox?.finish()
        readings.finish()
        shows.finish()
        events.finish()
        return outcome ?? .failed("The session ended unexpectedly.")
    }

    private func handle(_ event: SessionEvent, in group: inout DiscardingTaskGroup) async {
        switch event {
        case .connected(let box):
            outbox = box
            if reconnection != nil, isReady { console.notify("[sekisho] The connection is back.") }
            reconnection = nil
            await carryOut(machine.connected(now: now), in: &group)
        case .message(let bytes):
            await carryOut(machine.received(bytes, now: now), in: &group)
        case .broken(let reason): reconnect(because: reason, in: &group)
        case .gone(let reason): outcome = ended(reason ?? "")
        case .key(let key):
            await carryOut(machine.dataKeyGenerated(key, now: now), in: &group)
        case .keyFailed(let reason):
            console.notify("[sekisho] The session cannot be encrypted: \(reason)")
            await carryOut(machine.dataKeyFailed(reason, now: now), in: &group)
        case .typed(let bytes): await typed(bytes, in: &group)
        case .inputEnded: await inputEnded(in: &group)
        case .shown(let count): await shown(count, in: &group)
        case .size(let size): await carryOut(machine.resize(size, now: now), in: &group)
        case .due:
            dueAt = nil
            await carryOut(machine.tick(now: now), in: &group)
        case .interrupted: await leave("The session was interrupted, and is ended.")
        }
    }

    private func carryOut(
        _ actions: [ClientSessionMachine.Action],
        in group: inout DiscardingTaskGroup
    ) async {
        for action in actions where outcome == nil {
            switch action {
            case .send(let bytes): outbox?.put(bytes)
            case .generateDataKey(let request): generateDataKey(request, in: &group)
            case .ready(let agreement): await begin(agreement, in: &group)
            case .deliverOutput(let bytes): await show(.output(bytes), bytes.count, in: &group)
            case .deliverErrorOutput(let bytes): await show(.error(bytes), bytes.count, in: &group)
            case .exit(let code): exitCode = code
            case .portConnectionFailed:
                console.notify("[sekisho] The node could not connect to its port.")
            case .closed(let output): outcome = ended(output)
            case .fail(let reason): await leave(reason)
            }
        }
    }

    /// The end that the server told of: with the status of what ran, when that has arrived.
    ///
    /// Without it nobody knows whether what ran succeeded, so that it counts as a failure: the agent stopped, or
    /// somebody ended the session. Only a shell of a stock agent has none in an orderly end.
    private func ended(_ output: String) -> ConnectOutcome {
        let reason = output.isEmpty ? nil : output
        if let exitCode { return ConnectOutcome(status: exitCode, reason: reason) }
        if let reason { return .failed(reason) }
        guard isReady else { return .failed("The session ended before it had begun: try again.") }
        guard isCommand || tellsExitStatus else { return ConnectOutcome(status: 0) }
        return .failed("The session ended, and the exit status of what ran in it is not known.")
    }

    private func leave(_ reason: String) async {
        await driver.terminate(ticket.session)
        outcome = .failed(reason)
    }

    // MARK: The channel

    private func reconnect(because reason: String, in group: inout DiscardingTaskGroup) {
        machine.disconnected()
        outbox = nil
        if reconnection == nil, isReady {
            console.notify("[sekisho] The connection is lost (\(reason)); dialling again.")
        }
        var attempts = reconnection ?? Reconnection(now: now)
        let fraction = Double(driver.entropy.bytes(1)[0]) / 256
        guard let pause = attempts.nextPause(now: now, fraction: fraction) else {
            outcome = .failed("The connection was lost and did not come back: \(reason)")
            return
        }
        reconnection = attempts
        let (driver, ticket, clientID, events) = (driver, ticket, clientID, events)
        group.addTask {
            await driver.resumeChannel(ticket, after: pause, clientID: clientID, events: events)
        }
    }

    private func generateDataKey(
        _ request: DataKeyRequest,
        in group: inout DiscardingTaskGroup
    ) {
        let (calls, events) = (driver.calls, events)
        group.addTask {
            do {
                events.put(.key(try await calls.generateDataKey(request)))
            } catch {
                events.put(.keyFailed("\(error)"))
            }
        }
    }

    /// Has `tick` called when the machine wants it; a later one that is in line already does no harm.
    private func schedule(in group: inout DiscardingTaskGroup) {
        guard outcome == nil, let deadline = machine.nextDeadline,
            dueAt.map({ deadline < $0 }) ?? true
        else { return }
        dueAt = deadline
        let (pause, events) = (max(0, deadline - now), events)
        group.addTask {
            guard (try? await Task.sleep(for: .milliseconds(pause))) != nil else { return }
            events.put(.due)
        }
    }

    // MARK: The person

    private func begin(
        _ agreement: SessionAgreement,
        in group: inout DiscardingTaskGroup
    ) async {
        isReady = true
        tellsExitStatus = agreement.transport?.exitStatus ?? false
        if console.isInteractive {
            if !agreement.customerMessage.isEmpty { console.notify(agreement.customerMessage) }
            console.enterRawMode()
            let (console, events) = (console, events)
            group.addTask { for await size in console.sizes() { events.put(.size(size)) } }
        } else {
            // As the stock plugin has it: wide enough that a program does not wrap what goes into a file.
            let size = TerminalSize(columns: 300, rows: 100)
            await carryOut(machine.resize(size, now: now), in: &group)
        }
    }

    private func startReading(in group: inout DiscardingTaskGroup) {
        let (console, events, readings) = (console, events, readings)
        group.addTask {
            while await readings.next() != nil {
                guard let bytes = await console.read() else { return events.put(.inputEnded) }
                events.put(.typed(bytes))
            }
        }
    }

    /// Input is read once at a time, and only while the machine has room for it; so a hung session still
    /// hears `~.`, for which a person's keys are read even without room.
    private func readMoreIfWanted() {
        guard isReady, !isReading, !isInputOver, outcome == nil else { return }
        guard console.isInteractive || machine.canAcceptInput else { return }
        isReading = true
        readings.put(())
    }

    private func typed(_ bytes: [UInt8], in group: inout DiscardingTaskGroup) async {
        isReading = false
        guard console.isInteractive else { return await send(bytes, in: &group) }
        for action in escape.typed(bytes) {
            switch action {
            case .send(let bytes): await send(bytes, in: &group)
            case .help: console.notify(TerminalEscape.helpText)
            case .leave: await leave("You left the session, and it is ended.")
            }
        }
    }

    private func send(_ bytes: [UInt8], in group: inout DiscardingTaskGroup) async {
        endsWithNewline = bytes.last == UInt8(ascii: "\n")
        await carryOut(machine.input(bytes, now: now), in: &group)
    }

    /// The end of a file or pipe is what Ctrl-D is to a terminal; in the middle of a line it takes two.
    private func inputEnded(in group: inout DiscardingTaskGroup) async {
        isInputOver = true
        let ends: [UInt8] = endsWithNewline ? [0x04] : [0x04, 0x04]
        await carryOut(machine.input(ends, now: now), in: &group)
    }

    // MARK: What is shown

    private func startShowing(in group: inout DiscardingTaskGroup) {
        let (console, events, shows) = (console, events, shows)
        group.addTask {
            while let show = await shows.next() {
                switch show {
                case .output(let bytes):
                    await console.write(bytes)
                    events.put(.shown(bytes.count))
                case .error(let bytes):
                    await console.writeError(bytes)
                    events.put(.shown(bytes.count))
                }
            }
        }
    }

    private func show(
        _ show: Show,
        _ count: Int,
        in group: inout DiscardingTaskGroup
    ) async {
        let before = bytesToShow
        bytesToShow += count
        shows.put(show)
        guard before <= Limits.clientOutputBytes, bytesToShow > Limits.clientOutputBytes else {
            return
        }
        await carryOut(machine.setAcceptsOutput(false, now: now), in: &group)
    }

    private func shown(_ count: Int, in group: inout DiscardingTaskGroup) async {
        let before = bytesToShow
        bytesToShow -= count
        guard before > Limits.clientOutputBytes, bytesToShow <= Limits.clientOutputBytes else {
            return
        }
        await carryOut(machine.setAcceptsOutput(true, now: now), in: &group)
    }

    /// Waits until everything has been shown, unless the person wants to be gone.
    private func showTheRest() async {
        while bytesToShow > 0, let event = await events.next() {
            switch event {
            case .shown(let count): bytesToShow -= count
            case .interrupted: return
            default: continue
            }
        }
    }
}
