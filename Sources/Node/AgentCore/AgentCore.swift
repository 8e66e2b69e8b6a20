// AgentCore: the node. Registration, credentials, the control channel, and sessions: a shell on a terminal,
// recorded before it is shown. Follows AWS's agent where a server can tell, and docs/agent.md where it is better.

package import Vocabulary

/// A registered node: what it is called, and where its server is.
package struct NodeIdentity: Hashable, Sendable {
    package let id: NodeID
    package let region: Region

    package init(id: NodeID, region: Region) {
        self.id = id
        self.region = region
    }
}

/// Why the agent cannot do what its operator asked, in one sentence that says what to do.
package struct AgentFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension AgentFailure {
    /// What to do about a state that is of no use any more, as the end of a sentence.
    static let registerAnew =
        "register this node anew with a new activation (sekisho-agent register --replace …)"

    package static func notRegistered(_ directory: StateDirectory) -> AgentFailure {
        AgentFailure(
            "This machine is not registered (no registration in \(directory.path)): run "
                + "sekisho-agent register first."
        )
    }
}
