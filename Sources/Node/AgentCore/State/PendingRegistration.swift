import Vocabulary

/// A new registration that lies beside the one in force, until the server has answered.
///
/// Its key and its authority are written beside first, under names that nobody reads. `commit` then writes
/// `registration.json.next`: from that moment the new one counts, and before it the old one. What remains are
/// renames, which `complete` does again at the next start if a crash came between them.
struct PendingRegistration {
    let directory: StateDirectory

    private static let suffix = ".next"
    private static let state = NodeState.file + suffix
    private static let key = NodeKey.file + suffix
    private static let authority = NodeState.authorityFile + suffix

    /// Whether a new registration counts whose files have not all been renamed.
    static func isCommitted(in directory: StateDirectory) -> Bool {
        directory.holds(state)
    }

    /// Writes beside what the server's answer will need: a key that is lost then would be of no use.
    func stage(_ key: NodeKey, authority: [UInt8]?) throws(AgentFailure) {
        discard()
        try key.store(in: directory, as: Self.key)
        if let authority { try directory.write(Self.authority, authority) }
    }

    /// Makes the new registration the one that counts; when this throws, it does not.
    ///
    /// `complete` then brings it into force.
    func commit(_ state: NodeState) throws(AgentFailure) {
        try directory.write(Self.state, try directory.encoded(state))
    }

    /// Forgets a registration that came to nothing; one that is committed stays.
    func discard() {
        guard !Self.isCommitted(in: directory) else { return }
        directory.remove(Self.key)
        directory.remove(Self.authority)
    }

    /// Does the renames that are left; none, when there is nothing pending.
    ///
    /// Each may have happened already. The one of `registration.json` comes last, since it says that there is
    /// nothing left to do.
    static func complete(in directory: StateDirectory) throws(AgentFailure) {
        guard let state = try directory.nodeState(in: Self.state) else { return }
        try bringIntoForce(state, in: directory)
    }

    /// Like `complete`, for a machine that is about to register anew.
    ///
    /// A registration that cannot even be read is what is being replaced. One that can be read counts, so that
    /// nothing new may be written over its files before they are renamed.
    static func completeReadable(in directory: StateDirectory) throws(AgentFailure) {
        guard let state = try? directory.nodeState(in: Self.state) else { return }
        do {
            try bringIntoForce(state, in: directory)
        } catch {
            throw AgentFailure(
                "This machine is registered as \(state.instanceID), which has not taken effect yet: "
                    + "\(error) Mend that first. The activation was not used."
            )
        }
    }

    private static func bringIntoForce(
        _ state: NodeState,
        in directory: StateDirectory
    ) throws(AgentFailure) {
        try directory.moveIfPresent(key, to: NodeKey.file)
        if state.hasOwnAuthority {
            try directory.moveIfPresent(authority, to: NodeState.authorityFile)
        } else {
            directory.remove(NodeState.authorityFile)
        }
        directory.remove(NodeKeyRing.candidateFile)
        try directory.sync()
        try directory.moveIfPresent(Self.state, to: NodeState.file)
        try directory.sync()
    }
}
