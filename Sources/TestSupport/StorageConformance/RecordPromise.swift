package import Storage

/// What every engine of ordered records promises.
///
/// Each case runs against an empty one.
package enum RecordPromise: String, CaseIterable, Sendable {
    case whatIsPutIsFound
    case getAnswersInTheOrderAskedFor
    case putReplaces
    case deleteRemovesAndIsNoErrorTwice
    case aFailedConditionChangesNothingAndNamesTheFirstKey
    case absentAndPresentAreChecked
    case unchangedComparesRevisions
    case aRecreatedRecordIsNotUnchanged
    case revisionsGrowByCommitsThatChangeSomething
    case conditionsWithoutChangesAreOnlyChecked
    case laterChangesOfATransactionWin
    case rangesAreInTheOrderOfBytes
    case rangesStayBelowTheirPrefix
    case aZeroByteInANameIsNotABoundary
    case rangesPageForwards
    case rangesPageBackwards
    case aLimitOfNothingGivesNothing
    case emptyAndLargeValuesAreKept
    case concurrentCommitsEachHaveTheirOwnOutcome
    case oneOfManyRivalsWins

    package func check(_ records: any OrderedRecords) async throws {
        switch self {
        case .whatIsPutIsFound:
            let revision = try await records.put(key("a"), [1, 2, 3])
            let found = try await records.get(key("a"))
            let expected = Record(key: key("a"), value: [1, 2, 3], revision: revision)
            try requireEqual(found, expected, "a put record is found")
            try requireEqual(try await records.get(key("b")), nil, "nothing else is")

        case .getAnswersInTheOrderAskedFor:
            try await records.put(key("a"), [1])
            try await records.put(key("b"), [2])
            let found = try await records.get([key("b"), key("none"), key("a"), key("b")])
            try requireEqual(found.map { $0?.value }, [[2], nil, [1], [2]], "order of the keys")
            try requireEqual(try await records.get([]), [], "no keys, no records")

        case .putReplaces:
            let first = try await records.put(key("a"), [1])
            let second = try await records.put(key("a"), [2])
            let found = try await records.get(key("a"))
            try requireEqual(found?.value, [2], "the later value stands")
            try requireEqual(found?.revision, second, "with its revision")
            try require(second > first, "revisions grow")

        case .deleteRemovesAndIsNoErrorTwice:
            try await records.put(key("a"), [1])
            try await records.commit(RecordTransaction(changes: [.delete(key("a"))]))
            try requireEqual(try await records.get(key("a")), nil, "a deleted record is gone")
            try requireEqual(try await records.all(), [], "also from ranges")
            try await records.commit(RecordTransaction(changes: [.delete(key("a"))]))

        case .aFailedConditionChangesNothingAndNamesTheFirstKey:
            let kept = try await records.put(key("kept"), [1])
            try await records.expectConflict(
                RecordTransaction(
                    conditions: [
                        .unchanged(key("kept"), kept), .present(key("b")), .absent(key("kept")),
                    ],
                    changes: [.put(key("new"), [1]), .delete(key("kept"))]
                ),
                on: key("b")
            )
            try requireEqual(try await records.all().map(\.key), [key("kept")], "nothing changed")

        case .absentAndPresentAreChecked:
            let make = RecordTransaction(
                conditions: [.absent(key("a"))],
                changes: [.put(key("a"), [1])]
            )
            try await records.commit(make)
            try await records.expectConflict(make, on: key("a"))
            try await records.commit(
                RecordTransaction(
                    conditions: [.present(key("a"))],
                    changes: [.put(key("a"), [2])]
                )
            )
            try await records.expectConflict(
                RecordTransaction(
                    conditions: [.present(key("b"))],
                    changes: [.put(key("b"), [2])]
                ),
                on: key("b")
            )

        case .unchangedComparesRevisions:
            let first = try await records.put(key("a"), [1])
            let update = RecordTransaction(
                conditions: [.unchanged(key("a"), first)],
                changes: [.put(key("a"), [2])]
            )
            try await records.commit(update)
            try await records.expectConflict(update, on: key("a"))
            try await records.expectConflict(
                RecordTransaction(conditions: [.unchanged(key("b"), first)]),
                on: key("b")
            )
            try requireEqual(try await records.get(key("a"))?.value, [2], "updated once")

        case .aRecreatedRecordIsNotUnchanged:
            let first = try await records.put(key("a"), [1])
            try await records.commit(RecordTransaction(changes: [.delete(key("a"))]))
            try await records.put(key("a"), [1])
            try await records.expectConflict(
                RecordTransaction(conditions: [.unchanged(key("a"), first)]),
                on: key("a")
            )

        case .revisionsGrowByCommitsThatChangeSomething:
            let first = try await records.put(key("a"), [1])
            let second = try await records.put(key("b"), [1])
            try require(second > first, "\(second) is greater than \(first)")
            let idle = try await records.commit(RecordTransaction())
            try requireEqual(idle, second, "a commit without changes returns the last revision")
            let pair = try await records.commit(
                RecordTransaction(changes: [.put(key("c"), [1]), .put(key("d"), [1])])
            )
            let revisions = try await records.get([key("c"), key("d")]).map { $0?.revision }
            try requireEqual(revisions, [pair, pair], "one commit, one revision")

        case .conditionsWithoutChangesAreOnlyChecked:
            try await records.put(key("a"), [1])
            try await records.commit(RecordTransaction(conditions: [.present(key("a"))]))
            try await records.expectConflict(
                RecordTransaction(conditions: [.absent(key("a"))]),
                on: key("a")
            )

        case .laterChangesOfATransactionWin:
            try await records.commit(
                RecordTransaction(changes: [
                    .put(key("a"), [1]), .put(key("a"), [2]), .put(key("b"), [1]),
                    .delete(key("b")),
                ])
            )
            try requireEqual(try await records.all().map(\.value), [[2]], "in their order")

        default:
            try await checkRangesAndRivals(records)
        }
    }
}

func key(_ components: String...) -> RecordKey {
    RecordKey(["promise"] + components)
}

extension OrderedRecords {
    @discardableResult
    func put(_ key: RecordKey, _ value: [UInt8]) async throws(StorageError) -> Revision {
        try await commit(RecordTransaction(changes: [.put(key, value)]))
    }

    func all() async throws(StorageError) -> [Record] {
        try await range(key(), after: nil, limit: 10_000, backwards: false)
    }

    func keys(
        below prefix: RecordKey,
        after: RecordKey? = nil,
        limit: Int = 10_000,
        backwards: Bool = false
    ) async throws(StorageError) -> [RecordKey] {
        try await range(prefix, after: after, limit: limit, backwards: backwards).map(\.key)
    }

    func expectConflict(_ transaction: RecordTransaction, on key: RecordKey) async throws {
        do {
            try await commit(transaction)
        } catch .conflict(let found) {
            try requireEqual(found, key, "the conflict names the first key that failed")
            return
        }
        throw BrokenPromise(description: "expected a conflict on \(key.components)")
    }
}
