import Logging
import PseudoTerminal
import Sealing
import SessionDocument
import SessionWire
import Vocabulary
import Waiting

/// Decides what a session does next: drives its machine, its shell and its log.
///
/// It is told one event at a time and never waits; what takes time is returned as work for child tasks, which
/// answer with events.
struct SessionDriver {
    typealias Work = @Sendable () async -> Void

    private enum Shell {
        /// The handshake is not over.
        case absent
        /// The log is being checked and the shell started.
        case preparing
        case running(TerminalSession)
        /// Hung up; killed if it does not go by itself.
        case dying(TerminalSession)
        case over
    }

    private let plan: SessionPlan
    private let around: SessionSurroundings
    private let handle: SessionHandle
    private let logger: Logger
    let outbox = Outbox()
    let ticker = SessionTicker()
    private let outputGate = Gate(isOpen: true)
    private let input = InputQueue()
    private var machine: AgentSessionMachine
    private var shell = Shell.absent
    private var log: SessionLog?
    private var logHasEnded = true
    private var hasFinished = false
    /// The shell's status, from its end until the log is whole.
    private var codeToTell: Int32?
    private var channelHasEnded = false
    /// Once set, output is neither sent nor logged: it could not be logged whole.
    private var discardsOutput = false
    private var isEnding = false
    private var isHungUp = false
    /// The terminal is closed: what was read of it is dealt with, whoever is too slow for it.
    private var isKilled = false
    private var acceptsInput = false
    private var work: [Work] = []
    private(set) var completion: AgentTaskComplete

    init(
        plan: SessionPlan,
        around: SessionSurroundings,
        handle: SessionHandle,
        logger: Logger
    ) {
        self.plan = plan
        self.around = around
        self.handle = handle
        self.logger = logger
        machine = AgentSessionMachine(
            AgentSessionMachine.Configuration(
                sessionID: plan.session.description,
                instanceID: around.node.id.description,
                agentVersion: Release.version,
                sessionType: plan.type,
                kmsKeyID: plan.preferences.kmsKeyID
            ),
            entropy: around.entropy
        )
        completion = AgentTaskComplete(
            taskID: plan.session.description,
            finalTaskStatus: "Success",
            instanceID: around.node.id.description,
            cloudWatchGroup: plan.preferences.logGroup ?? "",
            cloudWatchStream: plan.preferences.logGroup == nil ? "" : plan.session.description
        )
    }

    /// Whether all is done: the last output delivered, the log uploaded, the channel closed.
    var isOver: Bool {
        guard case .over = shell else { return false }
        return hasFinished && channelHasEnded && logHasEnded && (!isHungUp || isKilled)
    }

    // MARK: Events

    /// Deals with one event; returns what is to be done beside.
    mutating func handle(_ event: SessionEvents.Event) -> [Work] {
        let now = around.milliseconds
        switch event {
        case .connected: perform(machine.connected(now: now))
        case .disconnected: machine.disconnected()
        case .message(let bytes): perform(machine.received(bytes, now: now))
        case .channelRefused(let reason): channelRefused(reason)
        case .channelEnded: channelHasEnded = true
        case .dataKey(let key): perform(machine.dataKeyDecrypted(key, now: now))
        case .dataKeyRefused(let reason): perform(machine.dataKeyFailed(reason, now: now))
        case .started(let terminal, let log): started(terminal, log)
        case .refused(let reason): refused(reason)
        case .output(let bytes): output(bytes)
        case .shellEnded(let status): shellEnded(status)
        case .inputTaken(let count): inputTaken(count)
        case .logHasRoom: break
        case .logEnded(let problem): logEnded(problem)
        case .tick: perform(machine.tick(now: now))
        case .terminate(let reason): terminate(reason)
        case .killed: isKilled = true
        }
        outputGate.set(
            open: discardsOutput || isKilled
                || machine.canAcceptOutput && log?.hasRoom != false
        )
        ticker.set(running: machine.nextDeadline != nil)
        defer { work = [] }
        return work
    }

    private mutating func perform(_ actions: [AgentSessionMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let bytes): outbox.put(bytes)
            case .decryptDataKey(let ciphertext, let request): decrypt(ciphertext, request)
            case .start(let agreement): start(agreement)
            case .deliverInput(let bytes): deliver(bytes)
            case .resize(let size): terminal?.resize(WindowSize(clamping: size))
            case .disconnectFromPort: break
            case .terminate: terminate("")
            case .finished: finished()
            case .fail(let text):
                fail(AgentTaskComplete.errorHeading + text)
                // The machine is over and will not say that it has finished.
                finished()
            }
        }
    }

    private var terminal: TerminalSession? {
        switch shell {
        case .running(let terminal), .dying(let terminal): terminal
        case .absent, .preparing, .over: nil
        }
    }

    // MARK: Starting

    private mutating func decrypt(_ ciphertext: [UInt8], _ request: DataKeyRequest) {
        let server = around.server
        let events = handle.events
        let logger = logger
        work.append {
            do {
                events.post(.dataKey(try await server.decryptDataKey(ciphertext, request)))
            } catch {
                logger.error("Error when decrypting data key: \(error)")
                events.post(.dataKeyRefused("\(error)"))
            }
        }
    }

    private mutating func start(_ agreement: SessionAgreement) {
        logger.info("Handshake successfully completed.")
        guard !isEnding, case .absent = shell else { return }
        shell = .preparing
        let preparation = SessionPreparation(plan: plan, around: around)
        let events = handle.events
        work.append {
            switch await preparation.run() {
            case .success((let terminal, let log)): events.post(.started(terminal, log))
            case .failure(let refusal): events.post(.refused(refusal.output))
            }
        }
    }

    private mutating func started(_ terminal: TerminalSession, _ log: SessionLog?) {
        shell = .running(terminal)
        let events = handle.events
        let gate = outputGate
        let input = input
        if let log {
            self.log = log
            logHasEnded = false
            work.append {
                events.post(.logEnded(await log.run { events.post(.logHasRoom) }))
            }
        }
        work.append { await Self.read(terminal, through: gate, into: events) }
        work.append { await input.run(terminal, events) }
        guard !isEnding else {
            hangUp(terminal)
            return
        }
        let profile = plan.preferences.shellProfile
        if plan.command == nil, !profile.isEmpty { deliver(Array("\(profile)\n".utf8)) }
        acceptsInput = true
        perform(machine.setAcceptsInput(true, now: around.milliseconds))
    }

    private static func read(
        _ terminal: TerminalSession,
        through gate: Gate,
        into events: SessionEvents
    ) async {
        while true {
            await gate.pass()
            guard let bytes = await terminal.nextOutput() else { break }
            guard (try? await events.postOutput(bytes)) != nil else { return }
        }
        guard let status = try? await terminal.exitStatus() else { return }
        events.post(.shellEnded(status))
    }

    // MARK: Running

    private mutating func output(_ bytes: [UInt8]) {
        guard !discardsOutput else { return }
        log?.append(bytes)
        perform(machine.output(bytes, now: around.milliseconds))
    }

    private mutating func deliver(_ bytes: [UInt8]) {
        guard input.put(bytes) >= Limits.sessionInputBytes, acceptsInput else { return }
        acceptsInput = false
        perform(machine.setAcceptsInput(false, now: around.milliseconds))
    }

    private mutating func inputTaken(_ left: Int) {
        guard !acceptsInput, left <= Limits.sessionInputBytes / 2, case .running = shell else {
            return
        }
        acceptsInput = true
        perform(machine.setAcceptsInput(true, now: around.milliseconds))
    }

    // MARK: Ending

    private mutating func fail(_ output: String) {
        logger.error("\(output)")
        completion.finalTaskStatus = "Failed"
        if completion.output.isEmpty { completion.output = output }
        end()
    }

    private mutating func refused(_ output: String) {
        shell = .over
        fail(output)
        // The machine has nothing more to wait for: the shell never was.
        finishMachine()
    }

    private mutating func terminate(_ reason: String) {
        logger.info("The session is terminated. \(reason)")
        if completion.output.isEmpty { completion.output = reason }
        end()
    }

    /// Ends whatever there is, once.
    private mutating func end() {
        guard !isEnding else { return }
        isEnding = true
        machine.terminatedElsewhere()
        switch shell {
        case .running(let terminal): hangUp(terminal)
        case .absent:
            shell = .over
            finishMachine()
        case .preparing, .dying, .over: break
        }
    }

    /// Kills what runs, at once, for a driver that is asked no more.
    func abandon() {
        terminal?.killSession()
        terminal?.close()
    }

    /// SIGHUP to everything on the terminal, and after the grace SIGKILL to what is left.
    private mutating func hangUp(_ terminal: TerminalSession) {
        shell = .dying(terminal)
        isHungUp = true
        let grace = around.grace
        let events = handle.events
        terminal.hangUp()
        work.append {
            let end = ContinuousClock.now + grace
            while terminal.hasProcesses, ContinuousClock.now < end, !Task.isCancelled {
                await Task.pause(.milliseconds(20))
            }
            terminal.killSession()
            terminal.close()
            events.post(.killed)
        }
    }

    /// The person is told of the end when the log is whole, so that it can be read at once.
    private mutating func shellEnded(_ status: ChildStatus) {
        terminal?.close()
        shell = .over
        codeToTell = isEnding ? nil : status.shellCode
        log?.end()
        if logHasEnded { finishMachine() }
    }

    private mutating func logEnded(_ problem: String?) {
        logHasEnded = true
        if let problem {
            discardsOutput = true
            codeToTell = nil
            fail(
                "The session was ended because it could no longer be logged: \(problem). Mend the log "
                    + "group, or set sekishoLogging to bestEffort in the session preferences."
            )
        }
        if case .over = shell { finishMachine() }
    }

    /// Lets the machine deliver what is left; an end that has a reason is told by the completion instead.
    private mutating func finishMachine() {
        let actions = machine.finish(
            exitCode: codeToTell,
            announcing: completion.output.isEmpty,
            now: around.milliseconds
        )
        perform(actions)
    }

    private mutating func channelRefused(_ reason: String) {
        channelHasEnded = true
        machine.disconnected()
        fail(AgentTaskComplete.errorHeading + reason)
        // Nobody is left to deliver to.
        finished()
    }

    private mutating func finished() {
        guard !hasFinished else { return }
        hasFinished = true
        outbox.finish()
        let events = handle.events
        work.append {
            await Task.pause(Limits.dataChannelFarewell)
            events.post(.channelEnded)
        }
    }
}
