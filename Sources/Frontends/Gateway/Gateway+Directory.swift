import Logging
import ServiceKit
import Vocabulary

/// Writing down what becomes of sessions.
extension Gateway {
    /// Carries out, one after another, what a session's machine asked for; false when its end is not written down.
    @discardableResult
    func carryOut(
        _ actions: [RelayMachine.Action],
        for key: NodeRegistry.SessionKey
    ) async -> Bool {
        var isRecorded = true
        for action in actions {
            switch action {
            case .recordConnected:
                await record { try await directory.connected(key.session, in: key.scope) }
            case .recordDisconnected:
                await record { try await directory.disconnected(key.session, in: key.scope) }
            case .recordEnding(let end):
                await record { try await directory.ending(key.session, end, in: key.scope) }
            case .recordEnded(let end):
                logger.info(
                    "session ended",
                    metadata: ["session": "\(key.session)", "status": "\(end.status.rawValue)"]
                )
                if await recordEnd(end, of: key) != nil { isRecorded = false }
            default:
                await registry.perform(action, for: key)
            }
        }
        return isRecorded
    }

    /// Writes an end down; when the directory refuses, the end is kept if there is room, and the fault is answered.
    func recordEnd(_ end: SessionEnd, of key: NodeRegistry.SessionKey) async -> ServiceFault? {
        do {
            try await directory.ended(key.session, end, in: key.scope)
            registry.recorded(key)
            return nil
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
            return ServiceFault(answering: error)
        }
    }

    /// Tries again what the directory refused.
    ///
    /// When it is full or cannot be reached, the rest is left for the next time; an end that is refused for a
    /// reason of its own holds up no other.
    func recordKeptEnds() async {
        for (key, end) in registry.unrecordedEnds() {
            if let fault = await recordEnd(end, of: key), fault.status == 503 { return }
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
