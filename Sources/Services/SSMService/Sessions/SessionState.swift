/// Where a session stands.
///
/// Transitions are values without clock or store, so that the whole table is a test. Whatever ends a session
/// may be told twice, and in any order with the rest: the node reports a failure two times, and a session may
/// end before anybody attached.
enum SessionState: String, Codable, CaseIterable, Sendable {
    /// The token is out and the node is told; one end may be attached.
    case created
    /// Both ends are attached.
    case connected
    /// The person's end is gone; ResumeSession brings it back.
    case disconnected
    /// Somebody ended it, and the node has not said yet that it is over.
    case terminating
    case terminated
    case failed

    enum Event: CaseIterable, Sendable {
        /// Both ends are attached.
        case attached
        /// The person's end is gone.
        case clientLost
        /// A person, a limit or the node ends it.
        case endRequested
        /// The node has completed it, or nobody will.
        case completed
        /// The node could not serve it.
        case failed
    }

    var isEnded: Bool { self == .terminated || self == .failed }

    /// The state after an event; the same where the event changes nothing.
    func after(_ event: Event) -> SessionState {
        switch (self, event) {
        case (.terminated, _), (.failed, _): self
        case (_, .completed): .terminated
        case (_, .failed): .failed
        case (_, .endRequested): .terminating
        case (.terminating, _): .terminating
        case (_, .attached): .connected
        case (_, .clientLost): .disconnected
        }
    }

    /// The word of DescribeSessions.
    var status: String {
        switch self {
        case .created: "Connecting"
        case .connected: "Connected"
        case .disconnected: "Disconnected"
        case .terminating: "Terminating"
        case .terminated: "Terminated"
        case .failed: "Failed"
        }
    }
}
