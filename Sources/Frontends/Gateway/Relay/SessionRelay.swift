import ServiceKit
import Synchronization
import Vocabulary

/// One session that runs over this server: what its node was told, and its machine, under a lock of its own.
///
/// What one session's ends send is decided here and costs no other session, nor whoever looks one up. A class, since it
/// is the identity of a session for all that hold it.
final class SessionRelay: Sendable {
    private struct State {
        /// What the node was told, to tell it again; nil for a session found in the directory.
        var start: SessionStart?
        /// Nil until the directory was asked about it.
        var machine: RelayMachine?
        /// Let go of before the directory was asked: whoever still holds it must begin anew with another one.
        var isRetired = false
    }

    let node: NodeID
    private let state = Mutex(State())

    init(node: NodeID) {
        self.node = node
    }

    var start: SessionStart? { state.withLock(\.start) }

    /// Whether the directory was asked about it.
    var isKnown: Bool { state.withLock { $0.machine != nil } }

    /// The node has been told of the session; false when it is retired.
    func started(_ start: SessionStart, now: Int64) -> Bool {
        state.withLock { state in
            guard !state.isRetired else { return false }
            state.start = start
            state.machine?.started(now: now)
            return true
        }
    }

    /// Takes in what the directory says of the session, once; false when it is retired.
    func learn(_ session: RelayedSession, now: Int64) -> Bool {
        state.withLock { state in
            guard !state.isRetired else { return false }
            if state.machine == nil {
                state.machine = RelayMachine(session, isNew: state.start != nil, now: now)
            }
            return true
        }
    }

    /// Retires it, unless the directory was asked about it meanwhile; false then.
    func retireIfUnknown() -> Bool {
        state.withLock { state in
            guard state.machine == nil else { return false }
            state.isRetired = true
            return true
        }
    }

    /// Lets the machine decide; nil when there is none yet.
    func decide<Decision: Sendable>(_ body: (inout RelayMachine) -> Decision) -> Decision? {
        state.withLock { state in
            // Taken out and put back, so that what it keeps is not copied.
            guard var machine = state.machine.take() else { return nil }
            defer { state.machine = machine }
            return body(&machine)
        }
    }
}
