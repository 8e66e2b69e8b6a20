import FoundationEssentials
import NIOCore
import ServiceKit
import SessionWire
import Vocabulary

/// Tells what a person does from what machines do by themselves.
///
/// Input that was not seen before is activity. Acknowledgements, messages sent again, the handshake and the
/// keep-alives of port sessions are not, or no session would ever be idle. In a port session what comes back
/// counts as well: a long download is one request and much answer.
struct ActivityMeter: Sendable {
    private(set) var lastActivity: Int64
    /// What the node said in its handshake; nil before, and for stock agents' plain shells.
    private(set) var sessionType: SessionType?
    private var highestInput: Int64 = -1
    private var highestOutput: Int64 = -1

    init(now: Int64) {
        lastActivity = now
    }

    mutating func touch(now: Int64) { lastActivity = now }

    mutating func saw(
        _ header: AgentMessageHeader,
        _ frame: ByteBuffer,
        _ contents: FrameContents,
        from side: RelayMachine.Side,
        now: Int64
    ) {
        if case .handshake(let type) = contents { sessionType = type }
        guard header.type.isStream else { return }
        switch side {
        case .client:
            guard header.sequenceNumber > highestInput else { return }
            highestInput = header.sequenceNumber
            if isByPerson(header, frame) { lastActivity = now }
        case .agent:
            guard header.sequenceNumber > highestOutput else { return }
            highestOutput = header.sequenceNumber
            if sessionType == .port, isByPerson(header, frame) { lastActivity = now }
        }
    }

    private func isByPerson(_ header: AgentMessageHeader, _ frame: ByteBuffer) -> Bool {
        switch header.payloadType {
        case .output, .size, .flag: !isKeepAlive(frame)
        default: false
        }
    }

    /// Whether the payload is nothing but smux's NOP: version 1, command 3, no data (session-protocol 7.5).
    private func isKeepAlive(_ frame: ByteBuffer) -> Bool {
        guard sessionType == .port else { return false }
        let payload = frame.readableBytesView.dropFirst(AgentMessageHeader.size)
        return payload.elementsEqual([1, 3, 0, 0, 0, 0, 0, 0])
    }
}

/// When a session must end by itself: idle for too long, or gone on for too long.
struct SessionDeadlines: Sendable {
    private let session: RelayedSession
    private let activity: ActivityMeter

    init(_ session: RelayedSession, _ activity: ActivityMeter) {
        self.session = session
        self.activity = activity
    }

    /// The end that is due, with the sentence for the person; nil while none is.
    func passed(now: Int64) -> SessionEnd? {
        if let limit = session.maximumDuration,
            Double(now) / 1000 >= session.startedAt.timeIntervalSince1970 + limit
        {
            return SessionEnd(
                status: .terminated,
                output: "The session was ended: it reached the maximum session duration of "
                    + "\(minutes(limit))."
            )
        }
        if let limit = session.idleTimeout, Double(now - activity.lastActivity) / 1000 >= limit {
            return SessionEnd(
                status: .terminated,
                output: "The session was ended: there was no activity for \(minutes(limit)), the "
                    + "idle session timeout."
            )
        }
        return nil
    }

    private func minutes(_ seconds: Double) -> String {
        let count = Int((seconds / 60).rounded())
        return count == 1 ? "1 minute" : "\(count) minutes"
    }
}
