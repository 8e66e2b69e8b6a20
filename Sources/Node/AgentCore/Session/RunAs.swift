import PseudoTerminal
import SessionDocument

/// Decides whose rights a session gets (session-protocol 7.7).
///
/// Unlike AWS's agent it makes no account: without run-as the session is the agent's own user.
enum RunAs {
    /// What the machine says of users; a parameter, so that the table can be tested without accounts.
    struct Machine {
        let own: Account
        let isRoot: Bool
        let find: (String) throws -> Account?
    }

    enum Decision: Equatable {
        /// The agent's own user, with nothing changed.
        case own(Account)
        case other(Account)

        var account: Account {
            switch self {
            case .own(let account), .other(let account): account
            }
        }
    }

    static func decide(
        for plan: SessionPlan,
        on machine: Machine
    ) throws -> Decision {
        guard plan.preferences.isRunAsEnabled, !plan.runsElevated else {
            return .own(machine.own)
        }
        let isTagged = plan.requestedUser.contains { !$0.isWhitespace }
        let name = isTagged ? plan.requestedUser : plan.preferences.runAsDefaultUser
        guard name.contains(where: { !$0.isWhitespace }) else {
            throw SessionRefusal(
                "please set the RunAs default user (runAsDefaultUser in the session preferences)"
            )
        }
        guard let account = try machine.find(name) else {
            throw SessionRefusal(
                "Unable to start command: failed to start pty since RunAs user \(name) does not exist"
            )
        }
        if account.uid == machine.own.uid, !machine.isRoot { return .own(account) }
        guard machine.isRoot else {
            throw SessionRefusal(
                "Unable to start command: the agent must run as root to use RunAs (it runs as "
                    + "\(machine.own.name))"
            )
        }
        guard !account.isRoot else {
            throw SessionRefusal(
                "Unable to start command: invalid uid and gid: sessions are not run as \(name)"
            )
        }
        return .other(account)
    }
}
