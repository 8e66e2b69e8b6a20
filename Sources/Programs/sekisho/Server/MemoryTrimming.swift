import PseudoTerminal
import ServiceLifecycle
import Vocabulary

/// Gives back the memory of connections that are over.
///
/// A thousand nodes that come back at once leave holes all over the heap, which malloc keeps for itself.
struct MemoryTrimming: Service {
    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: Limits.memoryTrimInterval)
                ProcessMemory.trim()
            }
        }
    }
}
