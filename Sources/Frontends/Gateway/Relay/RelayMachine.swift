package import NIOCore
package import ServiceKit
package import SessionWire
import Vocabulary

/// One connection, for as long as the process lives.
package struct ConnectionID: Hashable, Sendable {
    package let number: UInt64

    package init(number: UInt64) {
        self.number = number
    }
}

/// Decides what becomes of one session's messages, and when the session is over.
///
/// The two ends attach in either order, leave and come back. Messages pass byte for byte; acknowledgements are end
/// to end. What comes for an absent end is kept, once each. It owns no socket, task or clock: `now` is in
/// milliseconds since the epoch. States and times are drawn in docs/protocols/session.md.
package struct RelayMachine: Sendable {
    package enum Side: Hashable, Sendable {
        case agent, client

        package var other: Side { self == .agent ? .client : .agent }
    }

    package enum Action: Equatable, Sendable {
        /// Tell the node to start the session, over its control channel.
        case pushStart
        /// Tell the node that the session is over, over its control channel.
        case pushClosed
        /// Tell this connection whether its peer is there.
        case startPublication(ConnectionID)
        case pausePublication(ConnectionID)
        /// Tell this connection that the session is over, with what the person is shown.
        case channelClosed(ConnectionID, output: String)
        case disconnect(ConnectionID)
        /// For the directory: both ends are attached; the person's end is gone; it ends; it is over.
        case recordConnected
        case recordDisconnected
        case recordEnding(SessionEnd)
        case recordEnded(SessionEnd)
        /// Nothing more will come of this session: let go of it.
        case forget

        /// Whether it is for the directory, rather than for an end.
        package var isRecord: Bool {
            switch self {
            case .recordConnected, .recordDisconnected, .recordEnding, .recordEnded: true
            default: false
            }
        }
    }

    /// What becomes of one message of an end.
    package enum Routing: Equatable, Sendable {
        case forward(ConnectionID)
        /// Kept for later, taken in by the gateway itself, or dropped.
        case consumed
    }

    private enum Attachment {
        case absent(since: Int64)
        /// Attached, and what was kept is being sent to it; new messages queue behind that.
        case catchingUp(ConnectionID)
        case attached(ConnectionID)

        var connection: ConnectionID? {
            switch self {
            case .absent: nil
            case .catchingUp(let id), .attached(let id): id
            }
        }
    }

    private enum State {
        case live
        /// The node said that it is about to end, or the gateway ended it: only the node's report is missing.
        case ending(SessionEnd, since: Int64)
        case over
    }

    package let session: RelayedSession
    private var state = State.live
    private var agent: Attachment
    private var client: Attachment
    private var keptForAgent = RelayBuffer()
    private var keptForClient = RelayBuffer()
    private var agentHasAttached: Bool
    private var handshakeReadings = 0
    private var isPaused: Set<Side> = []
    private var activity: ActivityMeter
    private var createdAt: Int64
    private var pushes = 0

    /// A session that its node has just been told of, or one found in the directory after a restart.
    ///
    /// The node of one that was found is not told again: it runs the session, or has lost it.
    package init(_ session: RelayedSession, isNew: Bool, now: Int64) {
        self.session = session
        agentHasAttached = !isNew
        createdAt = now
        agent = .absent(since: now)
        client = .absent(since: now)
        activity = ActivityMeter(now: now)
    }

    /// The node has just been told of the session, which until now looked like one left by another server.
    package mutating func started(now: Int64) {
        guard case .absent = agent, case .live = state else { return }
        agentHasAttached = false
        agent = .absent(since: now)
        createdAt = now
    }

    package var isOver: Bool {
        if case .over = state { true } else { false }
    }

    package func connection(_ side: Side) -> ConnectionID? { self[side].connection }

    // MARK: Ends come and go

    /// An end opened its channel.
    ///
    /// Call `nextKept` until it has no more, and then carry out the actions.
    package mutating func attached(
        _ side: Side,
        _ connection: ConnectionID,
        now: Int64
    ) -> [Action] {
        guard case .live = state else { return refuse(side, connection) }
        var actions: [Action] = []
        if let older = self[side].connection {
            // Whoever it was, it must not come back and push this one out in turn.
            if side == .client {
                actions.append(
                    .channelClosed(older, output: "This session is continued by another client.")
                )
            }
            actions.append(.disconnect(older))
        }
        self[side] = .catchingUp(connection)
        isPaused.remove(side)
        if side == .agent { agentHasAttached = true }
        if side == .client { activity.touch(now: now) }
        if let peer = self[side.other].connection {
            isPaused.remove(side.other)
            actions += [.startPublication(peer), .recordConnected]
        }
        return actions
    }

    /// The next message kept for an end that has just attached; nil when it has caught up.
    package mutating func nextKept(for side: Side, _ connection: ConnectionID) -> ByteBuffer? {
        guard case .catchingUp(connection) = self[side] else { return nil }
        if let frame = takeKept(for: side) { return frame }
        self[side] = .attached(connection)
        return nil
    }

    /// A connection ended.
    ///
    /// Of one that was replaced before, nothing is thought any more.
    package mutating func detached(
        _ side: Side,
        _ connection: ConnectionID,
        now: Int64
    ) -> [Action] {
        guard self[side].connection == connection else { return [] }
        self[side] = .absent(since: now)
        guard side == .client, case .live = state else { return [] }
        return [.recordDisconnected]
    }

    // MARK: Messages

    /// Whether what is in this message is to be read before it is given to `received`.
    ///
    /// A session's handshake is read until one could be, and no more than `Limits.handshakeReadings` times: it is the
    /// node's to send as often as it likes.
    package mutating func wantsContents(
        _ header: AgentMessageHeader,
        from side: Side,
        _ connection: ConnectionID
    ) -> Bool {
        guard self[side].connection == connection, FrameContents.mayMatter(header, from: side)
        else { return false }
        guard header.type == .outputStreamData else { return true }
        guard handshakeReadings < Limits.handshakeReadings else { return false }
        handshakeReadings += 1
        return true
    }

    /// A message of an end: where to send it, and what else to do.
    ///
    /// `contents` is what is in it, read before where `wantsContents` says so.
    package mutating func received(
        from side: Side,
        _ connection: ConnectionID,
        _ header: AgentMessageHeader,
        _ frame: ByteBuffer,
        contents: FrameContents = .opaque,
        now: Int64
    ) -> (Routing, [Action]) {
        guard self[side].connection == connection, !isOver else { return (.consumed, []) }
        switch (side, header.type) {
        case (.agent, .agentSessionState):
            return (.consumed, contents == .terminating ? terminating(now: now) : [])
        case (.agent, .outputStreamData), (.client, .inputStreamData), (_, .acknowledge):
            if case .handshake = contents { handshakeReadings = Limits.handshakeReadings }
            activity.saw(header, frame, contents, from: side, now: now)
            if case .attached(let peer) = self[side.other] { return (.forward(peer), []) }
            let isKept = keep(frame, header, for: side.other)
            if !isKept, case .catchingUp(let peer) = self[side.other] {
                // Full, with the peer reading: whoever forwards this waits in line behind what was kept.
                return (.forward(peer), [])
            }
            return (.consumed, [])
        default:
            // An end may not speak for the gateway: what is not relayed goes no further.
            return (.consumed, [])
        }
    }

    /// The node reported the end of the session.
    package mutating func completed(_ end: SessionEnd) -> [Action] {
        var told = end
        switch state {
        case .over: return []
        case .live: break
        case .ending(let earlier, _):
            // Ended by us: our sentence stands; the node only adds where it put the log.
            told = SessionEnd(
                status: earlier.output.isEmpty ? end.status : earlier.status,
                output: earlier.output.isEmpty ? end.output : earlier.output,
                logGroup: end.logGroup,
                logStream: end.logStream
            )
        }
        return finish(told)
    }

    /// Somebody ended the session: the person, an administrator, a limit.
    package mutating func close(_ end: SessionEnd, now: Int64) -> [Action] {
        guard case .live = state else { return [] }
        state = .ending(end, since: now)
        var actions = [Action.recordEnding(end), .pushClosed]
        if let connection = agent.connection {
            actions.append(.channelClosed(connection, output: ""))
        }
        return actions + dismissClient(output: end.output)
    }

    // MARK: Time

    package mutating func tick(now: Int64) -> [Action] {
        switch state {
        case .over:
            return []
        case .ending(let end, let since):
            return now - since >= Limits.sessionEndMilliseconds ? finish(end) : []
        case .live:
            if let end = SessionDeadlines(session, activity).passed(now: now) {
                return close(end, now: now)
            }
            return absentAgent(now: now) + absentClient(now: now)
        }
    }

    /// A node that never came is told again, for 30 seconds; one that went has 15 to come back.
    private mutating func absentAgent(now: Int64) -> [Action] {
        guard case .absent(let since) = agent else { return [] }
        let limit =
            agentHasAttached ? Limits.agentAwayMilliseconds : Limits.sessionStartMilliseconds
        guard now - since < limit else {
            let sentence =
                agentHasAttached
                ? "The connection to the node was lost: its agent did not come back within "
                    + "\(limit / 1000) seconds."
                : "The node did not start the session within \(limit / 1000) seconds."
            return close(SessionEnd(status: .failed, output: sentence), now: now)
        }
        let due = Int64(pushes + 1) * Limits.sessionStartRepeatMilliseconds
        guard agentHasAttached || now - createdAt < due else {
            pushes += 1
            return [.pushStart] + pause(.client, since: since, now: now)
        }
        return pause(.client, since: since, now: now)
    }

    private mutating func absentClient(now: Int64) -> [Action] {
        guard case .absent(let since) = client else { return [] }
        if session.idleTimeout == nil, now - since >= Limits.clientAwayMilliseconds {
            let minutes = Limits.clientAwayMilliseconds / 60_000
            let sentence = "The session was ended: nobody was attached for \(minutes) minutes."
            return close(SessionEnd(status: .terminated, output: sentence), now: now)
        }
        // A pause ends a stock agent's command with separate streams, so that those are left to send again.
        guard activity.sessionType != .nonInteractiveCommands else { return [] }
        return pause(.agent, since: since, now: now)
    }

    private mutating func pause(_ side: Side, since: Int64, now: Int64) -> [Action] {
        guard let connection = self[side].connection,
            now - since >= Limits.relayPauseMilliseconds, isPaused.insert(side).inserted
        else { return [] }
        return [.pausePublication(connection)]
    }

    // MARK: Ends

    private mutating func terminating(now: Int64) -> [Action] {
        guard case .live = state else { return [] }
        // The node's report follows only after its log is uploaded; the person need not wait for that.
        let end = SessionEnd(status: .terminated)
        state = .ending(end, since: now)
        return [.recordEnding(end)] + dismissClient(output: "")
    }

    private mutating func dismissClient(output: String) -> [Action] {
        guard let connection = client.connection else { return [] }
        client = .absent(since: 0)
        return [.channelClosed(connection, output: output), .disconnect(connection)]
    }

    /// The end is written down before anybody is told of it: goodbyes wait for ends that are slow.
    private mutating func finish(_ end: SessionEnd) -> [Action] {
        state = .over
        var actions = [Action.recordEnded(end)] + dismissClient(output: end.output)
        if let connection = agent.connection { actions.append(.disconnect(connection)) }
        agent = .absent(since: 0)
        return actions + [.forget]
    }

    private func refuse(_ side: Side, _ connection: ConnectionID) -> [Action] {
        (side == .agent ? [.pushClosed] : [])
            + [.channelClosed(connection, output: ""), .disconnect(connection)]
    }

    private mutating func keep(
        _ frame: ByteBuffer,
        _ header: AgentMessageHeader,
        for side: Side
    ) -> Bool {
        switch side {
        case .agent: keptForAgent.keep(frame, header: header)
        case .client: keptForClient.keep(frame, header: header)
        }
    }

    private mutating func takeKept(for side: Side) -> ByteBuffer? {
        switch side {
        case .agent: keptForAgent.takeFirst()
        case .client: keptForClient.takeFirst()
        }
    }

    private subscript(_ side: Side) -> Attachment {
        get { side == .agent ? agent : client }
        set { if side == .agent { agent = newValue } else { client = newValue } }
    }
}
