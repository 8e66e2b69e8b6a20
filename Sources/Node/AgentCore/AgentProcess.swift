import NIOCore
import PseudoTerminal
import Vocabulary

/// How the agent's process uses its machine: as little as it can, since it waits nearly always.
package enum AgentProcess {
    /// To be called before anything else.
    ///
    /// One thread carries all sockets: a machine of many cores would otherwise get a thread for each, and
    /// memory with every one.
    package static func economize() {
        ProcessMemory.limitArenas(to: Limits.agentArenas)
        NIOSingletons.groupLoopCountSuggestion = 1
        NIOSingletons.blockingPoolThreadCountSuggestion = 1
    }
}
