import NIOCore
import Vocabulary

/// What a connection is at, and so when it has had its time; a value without channel or timer.
///
/// ```
///           head                       end, answers owed
/// resting ────────► arriving(owed) ──────────────────────► answering(owed)
///    ▲                │        ▲                               │      │
///    │ end, none owed │        │ head of the next request      │      │
///    ├────────────────┘        └───────────────────────────────┘      │
///    │                      last answer owed                          │
///    └────────────────────────────────────────────────────────────────┘
///
/// any of these ── our side ends ──► lingering
/// ```
///
/// - `resting`: between requests a connection may rest for `idle`.
/// - `arriving`: so long between two pieces, and `arrival` for the whole request, however steadily it trickles. A
///   request that is refused before it has arrived stays here with nothing owed.
/// - `answering`: as long as the operation takes; but a peer that does not take its answer is let go after `idle`
///   without progress.
/// - `lingering`: once our side has ended, the peer has `linger` to end its own, whatever it still sends.
///
/// When the server stops, a connection that owes no answer closes at once, and one that does after the last.
struct ConnectionPhase: Equatable {
    struct Limits: Equatable {
        var idle = TimeAmount.seconds(Int64(Vocabulary.Limits.connectionIdle))
        var arrival = TimeAmount.seconds(Int64(Vocabulary.Limits.requestArrival))
        var linger = TimeAmount.seconds(Int64(Vocabulary.Limits.connectionLinger))
    }

    enum State: Equatable {
        case resting
        case arriving(since: NIODeadline, owed: Int)
        case answering(owed: Int)
        case lingering(since: NIODeadline)
    }

    /// Whether the server still takes requests.
    enum Service: Equatable {
        case open
        case stopping
    }

    let limits: Limits
    private(set) var state = State.resting
    private(set) var service = Service.open
    private var lastActive: NIODeadline

    init(limits: Limits, at now: NIODeadline) {
        self.limits = limits
        lastActive = now
    }

    /// Answers that are owed for requests whose head has come.
    private var owed: Int {
        switch state {
        case .resting, .lingering: 0
        case .arriving(_, let owed), .answering(let owed): owed
        }
    }

    /// Something moved in either direction.
    mutating func moved(at now: NIODeadline) { lastActive = now }

    /// The head of a request came.
    mutating func requestBegan(at now: NIODeadline) {
        moved(at: now)
        if case .lingering = state { return }
        state = .arriving(since: now, owed: owed + 1)
    }

    /// A request has come whole.
    mutating func requestArrived(at now: NIODeadline) {
        moved(at: now)
        guard case .arriving(_, let owed) = state else { return }
        state = owed == 0 ? .resting : .answering(owed: owed)
    }

    /// The last part of an answer goes out; true when the connection is to be closed after it.
    mutating func answered(at now: NIODeadline) -> Bool {
        moved(at: now)
        switch state {
        case .resting, .lingering: break
        case .arriving(let since, let owed):
            state = .arriving(since: since, owed: max(0, owed - 1))
        case .answering(let owed):
            state = owed > 1 ? .answering(owed: owed - 1) : .resting
        }
        return service == .stopping && owed == 0
    }

    /// Our side sends nothing more.
    mutating func ended(at now: NIODeadline) {
        if case .lingering = state { return }
        state = .lingering(since: now)
    }

    /// The server stops; true when the connection is to be closed now.
    mutating func serverStops() -> Bool {
        service = .stopping
        return owed == 0
    }

    /// When the connection is to be closed as things stand; nil while only an operation is awaited.
    func due(isWritable: Bool) -> NIODeadline? {
        switch state {
        case .resting: lastActive + limits.idle
        case .arriving(let since, _): min(since + limits.arrival, lastActive + limits.idle)
        case .answering: isWritable ? nil : lastActive + limits.idle
        case .lingering(let since): since + limits.linger
        }
    }
}
