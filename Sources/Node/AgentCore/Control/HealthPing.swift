import Logging
import Vocabulary

/// Tells the server every five minutes that the node lives, and what it is.
///
/// The stock agent hibernates when its first ping fails. Ours tries again soon.
struct HealthPing {
    let node: NodeID
    let server: any NodeServer
    let logger: Logger

    func run() async {
        var failures = 0
        var repetition = Repetition()
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            do {
                try await server.reportHealth(HealthReport(of: node))
                failures = 0
                repetition = Repetition()
                logger.debug("UpdateInstanceInformation: the node is alive")
                await Task.pause(Limits.agentHealthInterval)
            } catch {
                guard !Task.isCancelled else { return }
                failures += 1
                logger.log(
                    level: repetition.level(of: error),
                    "UpdateInstanceInformation failed: \(error)"
                )
                await server.awaitCredentials(after: error, begun: begun)
                await Task.pause(
                    min(.seconds(1 << min(failures, 10)), Limits.agentHealthLongestPause)
                )
            }
        }
    }
}
