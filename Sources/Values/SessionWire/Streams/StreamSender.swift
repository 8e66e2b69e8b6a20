import Vocabulary

/// Numbered messages on their way out: kept until acknowledged, sent again when that takes too long.
///
/// Only the oldest unacknowledged message is sent again, at most once in 100 ms, as both stock ends do it. After
/// the channel was away everything that was on its way is sent once more, since it may have been lost with it;
/// stock ends would send it one by one. A message sent again is the same bytes.
struct StreamSender: Sendable {
    private struct Entry {
        let bytes: [UInt8]
        /// Steady milliseconds of the last send; nil when it still waits for its first.
        var sentAt: Int64?
        /// Counts sends of this sender, so that two messages can be told apart by which went out last.
        var order: Int64 = 0
        /// Whether it went out again after the channel came back.
        var wasResumed = false
    }

    private var entries: [Int64: Entry] = [:]
    private var oldest: Int64 = 0
    private var nextToSend: Int64 = 0
    private var sends: Int64 = 0
    private var bytesInFlight = 0
    private var bytesWaiting = 0
    private var lastResend = Int64.min
    private var roundTrip = RoundTripTime()

    /// The number that the next message gets.
    private(set) var nextSequence: Int64 = 0
    /// Whole messages, in bytes, that may be on their way at a time.
    var window = Limits.stockWindowBytes
    /// Whether the way out is open: the channel connected, and the peer not away.
    private(set) var isOpen = false
    /// Whether the peer does not acknowledge what it already has, as the stock plugin.
    ///
    /// Then an acknowledgement that is lost with a channel would never be made up for; see `acknowledged`.
    var peerIgnoresDuplicates = false

    /// Whether nothing waits for an acknowledgement.
    var isEmpty: Bool { entries.isEmpty }

    /// Whether more should be handed to `enqueue`.
    var hasRoom: Bool { bytesInFlight + bytesWaiting < window }

    /// Takes the message with number `nextSequence`; returns what to send now.
    mutating func enqueue(_ bytes: [UInt8], now: Int64) -> [[UInt8]] {
        entries[nextSequence] = Entry(bytes: bytes)
        bytesWaiting += bytes.count
        nextSequence += 1
        return sendWaiting(now: now)
    }

    /// The message of that number has arrived; returns what may now be sent.
    mutating func acknowledged(_ sequence: Int64, now: Int64) -> [[UInt8]] {
        guard let entry = entries[sequence], let sentAt = entry.sentAt else { return [] }
        roundTrip.learn(sample: now - sentAt)
        remove(sequence)
        if peerIgnoresDuplicates {
            // The path is in order and loses nothing while it lasts. What was sent again after it came back, and
            // before a message that has now arrived, has arrived too: the peer had it and kept silent.
            for number in oldest..<max(oldest, sequence) {
                guard let older = entries[number], older.wasResumed, older.order < entry.order
                else { continue }
                remove(number)
            }
        }
        return sendWaiting(now: now)
    }

    /// The way is open again; what was on its way goes out once more when it may have been lost.
    mutating func open(resending: Bool, now: Int64) -> [[UInt8]] {
        isOpen = true
        var messages: [[UInt8]] = []
        if resending {
            for number in oldest..<max(oldest, nextToSend) {
                guard let bytes = markSent(number, now: now, resumed: true) else { continue }
                messages.append(bytes)
            }
        }
        return messages + sendWaiting(now: now)
    }

    /// What is enqueued from now on waits, and nothing is sent again.
    mutating func close() {
        isOpen = false
    }

    /// When the oldest message should be sent again, if nothing happens before.
    var nextDeadline: Int64? {
        guard isOpen, let sentAt = entries[oldest]?.sentAt else { return nil }
        let notBefore =
            lastResend == .min ? lastResend : lastResend + Limits.resendCheckMilliseconds
        return max(sentAt + roundTrip.timeout, notBefore)
    }

    /// The oldest message, if it is due.
    mutating func tick(now: Int64) -> [[UInt8]] {
        guard let nextDeadline, nextDeadline <= now else { return [] }
        lastResend = now
        return markSent(oldest, now: now).map { [$0] } ?? []
    }

    private mutating func sendWaiting(now: Int64) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        while isOpen, bytesInFlight < window, nextToSend < nextSequence {
            if let bytes = markSent(nextToSend, now: now) {
                bytesWaiting -= bytes.count
                bytesInFlight += bytes.count
                messages.append(bytes)
            }
            nextToSend += 1
        }
        return messages
    }

    private mutating func markSent(
        _ sequence: Int64,
        now: Int64,
        resumed: Bool = false
    ) -> [UInt8]? {
        guard let bytes = entries[sequence]?.bytes else { return nil }
        sends += 1
        entries[sequence]?.sentAt = now
        entries[sequence]?.order = sends
        if resumed { entries[sequence]?.wasResumed = true }
        return bytes
    }

    private mutating func remove(_ sequence: Int64) {
        guard let entry = entries.removeValue(forKey: sequence) else { return }
        bytesInFlight -= entry.bytes.count
        while oldest < nextSequence, entries[oldest] == nil { oldest += 1 }
    }
}
