import FoundationEssentials
import Logging
import PseudoTerminal
import SessionWire
import Vocabulary
import Waiting

/// What a session needs of the node it runs on.
struct SessionSurroundings: Sendable {
    let node: NodeIdentity
    let server: any NodeServer
    let clock: any WallClock
    let entropy: any Entropy
    let log: AgentLog
    let environment: [String: String]
    /// How often logs are uploaded; a parameter for tests.
    var logTick = Limits.sessionLogTick
    /// What a hung-up shell has to end by itself; a parameter for tests.
    var grace = Limits.shellGrace

    /// The present in the milliseconds of the session's machine.
    var milliseconds: Int64 { Int64(clock.now().timeIntervalSince1970 * 1000) }
}

/// A session that is running: how others reach it.
final class SessionHandle: Sendable {
    let events = SessionEvents(
        messageBytes: Limits.sessionEventBytes,
        outputBytes: Limits.sessionOutputBytes
    )

    /// Ends it; `reason` is shown to the person, nothing when empty.
    func terminate(_ reason: String) { events.post(.terminate(reason)) }
}

/// Runs one session, from the message that starts it to the completion that reports its end.
///
/// One task decides (`SessionDriver`); the others carry bytes to and from it. All of them are children of
/// this call and are over when it returns.
struct SessionRun {
    let plan: SessionPlan
    let around: SessionSurroundings
    let handle: SessionHandle

    func run() async -> AgentTaskComplete {
        let logger = around.log.logger(
            "sekisho-session-worker",
            plan.session.description,
            "SESSION"
        )
        logger.info("Setting up datachannel for session: \(plan.session)")
        let driver = SessionDriver(plan: plan, around: around, handle: handle, logger: logger)
        let completion = await drive(driver, logger)
        logger.info("The session ended: \(completion.finalTaskStatus)")
        return completion
    }

    private func drive(_ initial: SessionDriver, _ logger: Logger) async -> AgentTaskComplete {
        let channel = DataChannel(
            session: plan.session,
            server: around.server,
            entropy: around.entropy,
            logger: logger
        )
        let events = handle.events
        return await withTaskGroup(of: Void.self) { group in
            var driver = initial
            group.addTask { await channel.run(initial.outbox, events) }
            group.addTask { await initial.ticker.run(events) }
            for await entry in events.entries {
                for work in driver.handle(entry.event) { group.addTask { await work() } }
                entry.done()
                if driver.isOver { break }
            }
            // Not over only when the whole agent is cancelled: no shell may stay behind.
            if !driver.isOver { driver.abandon() }
            group.cancelAll()
            return driver.completion
        }
    }
}

/// Rings while the session's machine waits for a time.
final class SessionTicker: Sendable {
    private let gate = Gate(isOpen: false)

    /// Whether there is a time to wait for.
    func set(running: Bool) { gate.set(open: running) }

    /// Acknowledgements are expected within 200 ms and more: 50 ms is near enough to any deadline.
    func run(_ events: SessionEvents) async {
        while !Task.isCancelled {
            await gate.pass()
            await Task.pause(.milliseconds(50))
            events.post(.tick)
        }
    }
}
