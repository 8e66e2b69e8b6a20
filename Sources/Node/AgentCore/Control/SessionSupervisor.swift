import Logging
import SessionWire
import Synchronization
import Vocabulary
import Waiting

/// The sessions of this node: starts them, ends them, and reports how they ended.
///
/// Sessions outlive the control channel. Each is a child task of `run`.
final class SessionSupervisor: Sendable {
    private struct Start: Sendable {
        let plan: SessionPlan
        let handle: SessionHandle
    }

    private struct State {
        var running: [SessionID: SessionHandle] = [:]
        var isStopping = false
    }

    /// Rung after each session.
    let sessionEnded = Doorbell()
    private let around: SessionSurroundings
    private let completions: Completions
    private let logger: Logger
    private let state = Mutex(State())
    private let starts: AsyncStream<Start>
    private let continuation: AsyncStream<Start>.Continuation

    init(around: SessionSurroundings, completions: Completions) {
        self.around = around
        self.completions = completions
        logger = around.log.logger("sekisho-agent", "SessionSupervisor")
        (starts, continuation) = AsyncStream.makeStream()
    }

    /// Runs the sessions until `stop`, and until the last of them is over.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await start in starts {
                group.addTask {
                    let report = await SessionRun(
                        plan: start.plan,
                        around: self.around,
                        handle: start.handle
                    ).run()
                    self.state.withLock { $0.running[start.plan.session] = nil }
                    self.completions.add(report)
                    self.sessionEnded.ring()
                }
            }
        }
    }

    /// Starts what an `interactive_shell` asks for; what cannot be started is reported as failed.
    ///
    /// The same session again, while it runs, is the server's caution and changes nothing.
    func start(_ message: InteractiveShell) {
        guard let task = message.task, let session = try? SessionID(parsing: task.sessionID) else {
            logger.error("An interactive_shell message was unreadable and is dropped")
            return
        }
        do {
            let plan = try SessionPlan(session: session, task: task)
            let handle = SessionHandle()
            let accepted = try state.withLock { state throws(SessionRefusal) in
                guard state.running[session] == nil else { return false }
                guard !state.isStopping else {
                    throw SessionRefusal("The agent on the node is stopping.")
                }
                guard state.running.count < Limits.agentSessions else {
                    throw SessionRefusal(
                        "The node already runs \(Limits.agentSessions) sessions; end one first."
                    )
                }
                state.running[session] = handle
                return true
            }
            if accepted { continuation.yield(Start(plan: plan, handle: handle)) }
        } catch {
            logger.error("Session \(session) is not started: \(error.output)")
            completions.add(
                AgentTaskComplete(
                    taskID: session.description,
                    finalTaskStatus: "Failed",
                    instanceID: around.node.id.description,
                    output: error.output
                )
            )
        }
    }

    /// Ends a session that the server no longer wants, if it runs here.
    func terminate(_ text: String) {
        guard let session = try? SessionID(parsing: text) else { return }
        if let handle = state.withLock({ $0.running[session] }) { handle.terminate("") }
    }

    /// Ends all sessions and takes no more; `run` returns when they are over.
    func stop(_ reason: String) {
        let handles = state.withLock { state in
            state.isStopping = true
            return Array(state.running.values)
        }
        for handle in handles { handle.terminate(reason) }
        continuation.finish()
    }

    var runningCount: Int { state.withLock { $0.running.count } }
}
