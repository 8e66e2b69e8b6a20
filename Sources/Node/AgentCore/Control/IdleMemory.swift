import PseudoTerminal
import Vocabulary

/// Gives memory back while no session runs, which is nearly always.
///
/// What a session or a ping made resident (buffers, above all pages of code) would stay so for ever otherwise.
struct IdleMemory {
    let supervisor: SessionSupervisor

    /// Runs until cancelled.
    func run() async {
        while !Task.isCancelled {
            await Task.pause(Limits.agentIdlePause)
            if supervisor.runningCount == 0 { ProcessMemory.release() }
            await supervisor.sessionEnded.wait(upTo: Limits.agentHealthInterval)
        }
    }
}
