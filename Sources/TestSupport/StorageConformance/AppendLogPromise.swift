package import Storage
import Vocabulary

/// What every engine of the append log promises.
///
/// Each case runs against an empty one.
package enum AppendLogPromise: String, CaseIterable, Sendable {
    case anEmptyLogHasNothing
    case whatIsAppendedIsRead
    case positionsGrowInTheOrderOfArrival
    case entriesComeOldestFirst
    case entriesContinueAfterTheLastRead
    case emptyAndLargeEntriesAreKept
    case truncationKeepsWhatIsAtThePositionAndAfter
    case whatIsTruncatedIsMissing
    case positionsAreNotUsedAgainAfterTruncation
    case truncatingBackwardsDoesNothing
    case truncatingPastTheEndRemovesEverything
    case concurrentEntriesAreAllThere
    case anEntryPastTheLimitIsRefused

    package func check(_ log: any AppendLog) async throws {
        switch self {
        case .anEmptyLogHasNothing:
            try requireEqual(try await log.all(), [], "no entries")
            try await log.expectMissing(LogPosition(offset: 0))
            try await log.expectMissing(LogPosition(offset: 1 << 40))

        case .whatIsAppendedIsRead:
            let positions = try await log.fill(5)
            for (number, position) in positions.enumerated() {
                try requireEqual(try await log.read(position), entry(number), "entry \(number)")
            }

        case .positionsGrowInTheOrderOfArrival:
            let positions = try await log.fill(20)
            try requireEqual(positions, positions.sorted(), "growing")
            try requireEqual(Set(positions).count, 20, "different")

        case .entriesComeOldestFirst:
            let positions = try await log.fill(7)
            let found = try await log.all()
            try requireEqual(found.map(\.position), positions, "positions")
            try requireEqual(found.map(\.bytes), (0..<7).map(entry), "bytes")
            let some = try await log.entries(from: positions[2], limit: 3)
            try requireEqual(some.map(\.position), Array(positions[2..<5]), "a limit")
            let none = try await log.entries(from: positions[2], limit: 0)
            try requireEqual(none, [], "a limit of zero")

        case .entriesContinueAfterTheLastRead:
            let positions = try await log.fill(30)
            var found: [LogPosition] = []
            while true {
                let next = LogPosition(offset: found.last.map { $0.offset + 1 } ?? 0)
                let page = try await log.entries(from: next, limit: 4).map(\.position)
                if page.isEmpty { break }
                found += page
            }
            try requireEqual(found, positions, "from one past the last position")

        case .emptyAndLargeEntriesAreKept:
            let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let first = try await log.append([])
            let second = try await log.append(large)
            let third = try await log.append([9])
            try requireEqual(try await log.read(first), [], "nothing")
            try require(try await log.read(second) == large, "three megabytes")
            try requireEqual(try await log.all().map(\.position), [first, second, third], "order")

        case .truncationKeepsWhatIsAtThePositionAndAfter:
            let positions = try await log.fill(10)
            try await log.truncate(before: positions[4])
            let left = try await log.all()
            try requireEqual(left.map(\.position), Array(positions[4...]), "from the position on")
            try requireEqual(left.first?.bytes, entry(4), "with its bytes")
            try requireEqual(try await log.read(positions[4]), entry(4), "readable")

        case .whatIsTruncatedIsMissing:
            let positions = try await log.fill(10)
            try await log.truncate(before: positions[4])
            for position in positions[..<4] { try await log.expectMissing(position) }

        case .positionsAreNotUsedAgainAfterTruncation:
            let positions = try await log.fill(3)
            let past = LogPosition(offset: positions[2].offset + 1)
            try await log.truncate(before: past)
            try requireEqual(try await log.all(), [], "nothing is left")
            let next = try await log.append([1])
            try require(next > positions[2], "positions go on growing")

        case .truncatingBackwardsDoesNothing:
            let positions = try await log.fill(6)
            try await log.truncate(before: positions[4])
            try await log.truncate(before: positions[1])
            try requireEqual(try await log.all().map(\.position), Array(positions[4...]), "kept")

        case .truncatingPastTheEndRemovesEverything:
            let positions = try await log.fill(6)
            try await log.truncate(before: LogPosition(offset: positions[5].offset + 1_000_000))
            try requireEqual(try await log.all(), [], "nothing is left")
            let next = try await log.append([7])
            try require(next > positions[5], "positions go on growing")
            try requireEqual(try await log.all().map(\.bytes), [[7]], "and what comes is kept")

        case .concurrentEntriesAreAllThere:
            let found = try await withThrowingTaskGroup(of: (Int, LogPosition).self) { group in
                for number in 0..<100 {
                    group.addTask { (number, try await log.append(entry(number))) }
                }
                return try await group.reduce(into: [LogPosition: Int]()) { $0[$1.1] = $1.0 }
            }
            try requireEqual(found.count, 100, "a position each")
            for logged in try await log.all() {
                try requireEqual(found[logged.position].map(entry), logged.bytes, "its own bytes")
            }

        case .anEntryPastTheLimitIsRefused:
            let large = [UInt8](repeating: 0, count: Limits.logEntryBytes + 1)
            try await expect("an entry past the limit", isInvalid) {
                () async throws(StorageError) in _ = try await log.append(large)
            }
            try requireEqual(try await log.all(), [], "and it is not kept")
        }
    }
}

/// Bytes that differ from entry to entry, in length too.
private func entry(_ number: Int) -> [UInt8] {
    [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 10 + number * 3)
}

extension AppendLog {
    fileprivate func fill(_ count: Int) async throws(StorageError) -> [LogPosition] {
        var positions: [LogPosition] = []
        for number in 0..<count { positions.append(try await append(entry(number))) }
        return positions
    }

    fileprivate func all() async throws(StorageError) -> [LogEntry] {
        try await entries(from: LogPosition(offset: 0), limit: 10_000)
    }

    fileprivate func expectMissing(_ position: LogPosition) async throws {
        try await expect("position \(position.offset)", isMissing) {
            () async throws(StorageError) in _ = try await read(position)
        }
    }
}
