import FoundationEssentials
import Synchronization
package import Vocabulary

/// The key that the node signs with, and, while it is being changed, the one that may have taken its place.
///
/// The server knows one key at a time and switches when it hears of the new one. Whether it heard is not
/// known when its answer is lost, or when the agent dies meanwhile; and a request that was lost may yet arrive.
/// So the candidate lies beside the key in `private-key.pem.candidate` until a call has been accepted under it, or
/// under the old key at a time when the server would not accept the request for the change any more.
package final class NodeKeyRing: Sendable {
    private struct State {
        var active: NodeKey
        var spare: NodeKey?
        /// Whether `active` is the one in the candidate's file.
        var isSwapped = false
        /// When a request that tells the server of the candidate may last have been signed.
        var lastSent: Date
    }

    static let candidateFile = NodeKey.file + ".candidate"

    /// Seconds after which a signed request is dead, by the clock of its signer.
    ///
    /// A call that the server accepts shows that the two clocks are at most the allowed skew apart. Once that call
    /// was signed this much later, more than the skew has passed for the server as well.
    private static let lifetime = TimeInterval(2 * Limits.signatureSkew)

    private let directory: StateDirectory
    private let clock: any WallClock
    private let newKey: @Sendable () throws -> NodeKey
    private let state: Mutex<State>

    /// The keys of the node that is registered in `directory`; `newKey` is a parameter for tests.
    package init(
        in directory: StateDirectory,
        clock: any WallClock = SystemClock(),
        newKey: @escaping @Sendable () throws -> NodeKey = { try NodeKey() }
    ) throws(AgentFailure) {
        self.directory = directory
        self.clock = clock
        self.newKey = newKey
        let active = try NodeKey.load(from: directory)
        let spare =
            directory.holds(Self.candidateFile)
            ? try NodeKey.load(from: directory, as: Self.candidateFile) : nil
        state = Mutex(State(active: active, spare: spare, lastSent: clock.now()))
    }

    /// Signs with the key in use.
    package func signature(of stringToSign: String) throws -> String {
        try state.withLock { $0.active }.signature(of: stringToSign)
    }

    /// Makes a candidate, on disk before anybody hears of it; nil while an older one is not settled.
    func makeCandidate() throws -> NodeKey? {
        guard state.withLock({ $0.spare == nil }) else { return nil }
        let candidate = try newKey()
        try candidate.store(in: directory, as: Self.candidateFile)
        state.withLock { $0.spare = candidate }
        candidateWasSent()
        return candidate
    }

    /// A request that tells of the candidate was signed just now, whatever became of it.
    func candidateWasSent() {
        state.withLock { $0.lastSent = clock.now() }
    }

    /// Signs with the other key from now on; false when there is none.
    func swap() -> Bool {
        state.withLock { state in
            guard let spare = state.spare else { return false }
            state.spare = state.active
            state.active = spare
            state.isSwapped.toggle()
            return true
        }
    }

    /// The server takes the key in use: it stays, and the other one goes as soon as it cannot become the server's.
    ///
    /// `asked` is when the call was begun that the server accepted under the key in use. What cannot be renamed now is
    /// settled at another time; both files are there until then.
    func settle(asked: Date) throws(AgentFailure) {
        let (isPending, isSwapped, lastSent) = state.withLock {
            ($0.spare != nil, $0.isSwapped, $0.lastSent)
        }
        guard isPending, isSwapped || asked > lastSent.addingTimeInterval(Self.lifetime) else {
            return
        }
        if isSwapped {
            try directory.moveIfPresent(Self.candidateFile, to: NodeKey.file)
            try directory.sync()
        } else {
            directory.remove(Self.candidateFile)
        }
        state.withLock { state in
            state.spare = nil
            state.isSwapped = false
        }
    }
}
