import Logging
import ServiceKit
import Vocabulary

/// Writing down what becomes of sessions.
extension Gateway {
    /// Carries out, one after another, what a session's machine asked for.
    func carryOut(_ actions: [RelayMachine.Action], for key: NodeRegistry.SessionKey) async {
        for action in actions {
            switch action {
            case .recordConnected:
                await record { try await directory.connected(key.session, in: key.scope) }
            case .recordDisconnected:
                await record { try await directory.disconnected(key.session, in: key.scope) }
            case .recordEnding:
                await record { try await directory.ending(key.session, in: key.scope) }
            case .recordEnded(let end):
                logger.info(
                    "session ended",
                    metadata: ["session": "\(key.session)", "status": "\(end.status.rawValue)"]
                )
                await recordEnd(end, of: key)
            default:
                await registry.perform(action, for: key)
            }
        }
    }

    /// Writes an end down; when the directory refuses, the end is kept and false is answered.
    @discardableResult
    func recordEnd(_ end: SessionEnd, of key: NodeRegistry.SessionKey) async -> Bool {
        do {
            try await directory.ended(key.session, end, in: key.scope)
            registry.recorded(key)
            return true
        } catch {
            let isKept = registry.keepUnrecorded(key, end)
            logger.error(
                "end of session not recorded",
                metadata: [
                    "session": "\(key.session)", "error": "\(error)",
                    "next": isKept
                        ? "tried again every second" : "left to the node to report again",
                ]
            )
            return false
        }
    }

    /// Tries again what the directory refused; one refusal leaves the rest for the next time.
    func recordKeptEnds() async {
        for (key, end) in registry.unrecordedEnds() {
            guard await recordEnd(end, of: key) else { return }
        }
    }

    /// Tells the directory something that a later report will correct if this one is refused.
    func record(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.error("directory refused", metadata: ["error": "\(error)"])
        }
    }
}
