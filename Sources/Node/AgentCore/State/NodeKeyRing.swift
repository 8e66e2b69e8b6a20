import Synchronization

/// The key that the node signs with, and, while it is being changed, the one that may have taken its place.
///
/// The server knows one key at a time and switches when it hears of the new one. Whether it heard is not
/// known when its answer is lost, or when the agent dies meanwhile. So the candidate lies beside the key in
/// `private-key.pem.candidate` until a call has been accepted under one of them; that one stays.
package final class NodeKeyRing: Sendable {
    private struct State {
        var active: NodeKey
        var spare: NodeKey?
        /// Whether `active` is the one in the candidate's file.
        var isSwapped = false
    }

    static let candidateFile = NodeKey.file + ".candidate"

    private let directory: StateDirectory
    private let newKey: @Sendable () throws -> NodeKey
    private let state: Mutex<State>

    /// The keys of the node that is registered in `directory`; `newKey` is a parameter for tests.
    package init(
        in directory: StateDirectory,
        newKey: @escaping @Sendable () throws -> NodeKey = { try NodeKey() }
    ) throws(AgentFailure) {
        self.directory = directory
        self.newKey = newKey
        let active = try NodeKey.load(from: directory)
        let spare =
            directory.holds(Self.candidateFile)
            ? try NodeKey.load(from: directory, as: Self.candidateFile) : nil
        state = Mutex(State(active: active, spare: spare))
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
        return candidate
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

    /// The server takes the key in use: it stays, and the other one goes.
    ///
    /// What cannot be renamed now is settled at another time; both files are there until then.
    func settle() throws(AgentFailure) {
        let (isPending, isSwapped) = state.withLock { ($0.spare != nil, $0.isSwapped) }
        guard isPending else { return }
        if isSwapped {
            try directory.moveIfPresent(Self.candidateFile, to: NodeKey.file)
            directory.sync()
        } else {
            directory.remove(Self.candidateFile)
        }
        state.withLock { state in
            state.spare = nil
            state.isSwapped = false
        }
    }
}
