import LogEngine
import Vocabulary

/// An event on its way to a reader.
struct ReadEvent: Equatable, Sendable {
    let position: EventPosition
    let streamName: String
    let message: [UInt8]

    var pageBytes: Int { message.count + Limits.Logs.eventOverhead }
}

/// Gathers the events of a page from batches in any order, and never holds more than the page.
///
/// Of all events offered it keeps the first ones in the direction of reading, as many as fit. When one no
/// longer fits, its place becomes the cut: nothing at or beyond it is taken again, and the next page begins
/// there. So no event is left out between two pages, and none comes twice.
struct PageOfEvents {
    private let limit: Int
    private let backwards: Bool
    /// In the order of positions, whichever the direction.
    private(set) var events: [ReadEvent] = []
    private var bytes = 0
    /// Where the next page begins; nil while everything offered has fitted.
    private(set) var cut: EventPosition?

    init(limit: Int, backwards: Bool) {
        self.limit = limit
        self.backwards = backwards
    }

    /// Offers events, in the order of their positions, as a batch holds them.
    mutating func offer(_ offered: [ReadEvent]) {
        let wanted = offered.filter { isWanted($0.position) }
        guard !wanted.isEmpty else { return }
        bytes += wanted.reduce(0) { $0 + $1.pageBytes }
        events = Self.merged(events, wanted)
        while events.count > limit || (bytes > Limits.Logs.pageBytes && events.count > 1) {
            let dropped = backwards ? events.removeFirst() : events.removeLast()
            bytes -= dropped.pageBytes
            cut = backwards ? dropped.position.next : dropped.position
        }
    }

    /// Ends the page before that place, going forwards, whatever it holds.
    mutating func end(before place: EventPosition) {
        guard cut.map({ place < $0 }) ?? true else { return }
        cut = place
        while let last = events.last, last.position >= place {
            bytes -= last.pageBytes
            events.removeLast()
        }
    }

    private func isWanted(_ position: EventPosition) -> Bool {
        guard let cut else { return true }
        return backwards ? position >= cut : position < cut
    }

    private static func merged(_ left: [ReadEvent], _ right: [ReadEvent]) -> [ReadEvent] {
        guard let last = left.last, let first = right.first else {
            return left.isEmpty ? right : left
        }
        if last.position < first.position { return left + right }
        var result: [ReadEvent] = []
        result.reserveCapacity(left.count + right.count)
        var (leftIndex, rightIndex) = (0, 0)
        while leftIndex < left.count, rightIndex < right.count {
            if left[leftIndex].position < right[rightIndex].position {
                result.append(left[leftIndex])
                leftIndex += 1
            } else {
                result.append(right[rightIndex])
                rightIndex += 1
            }
        }
        return result + left[leftIndex...] + right[rightIndex...]
    }
}
