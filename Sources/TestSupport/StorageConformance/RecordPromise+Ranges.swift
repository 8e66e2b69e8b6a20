import Storage

extension RecordPromise {
    func checkRangesAndRivals(_ records: any OrderedRecords) async throws {
        switch self {
        case .rangesAreInTheOrderOfBytes:
            let names = [
                "", "\u{0}", "\u{1}", "\u{1}\u{1}", "a", "a\u{0}b", "a-", "ab", "b", "é", "𝄞",
            ]
            for name in names.shuffled() { try await records.put(key(name), [1]) }
            let found = try await records.keys(below: key())
            try requireEqual(found.map(\.components), names.map { ["promise", $0] }, "order")

        case .rangesStayBelowTheirPrefix:
            for path in [["a"], ["a", "x"], ["a", "y", "z"], ["ab"], ["b"], ["A", "x"]] {
                try await records.put(key().appending(path), [1])
            }
            let found = try await records.keys(below: key("a"))
            let expected = [key("a"), key("a", "x"), key("a", "y", "z")]
            try requireEqual(found, expected, "what is below a and a itself")
            try requireEqual(try await records.keys(below: key("none")), [], "an empty range")

        case .aZeroByteInANameIsNotABoundary:
            try await records.put(key("a\u{0}b"), [1])
            try await records.put(key("a", "b"), [2])
            let found = try await records.keys(below: key("a"))
            try requireEqual(found, [key("a", "b")], "a zero byte does not end a component")
            try require(!key("a\u{0}b").hasPrefix(key("a")), "nor does it for hasPrefix")

        case .rangesPageForwards:
            let names = try await fill(records)
            var found: [RecordKey] = []
            while true {
                let page = try await records.keys(below: key("n"), after: found.last, limit: 3)
                found += page
                if page.count < 3 { break }
            }
            try requireEqual(found, names, "pages join without gap or repeat")
            let rest = try await records.keys(below: key("n"), after: key("n", "03x"))
            try requireEqual(rest, Array(names.dropFirst(4)), "after a key that does not exist")
            let before = try await records.keys(below: key("n"), after: key("a"), limit: 1)
            try requireEqual(before, [names[0]], "after a key before the range")
            try requireEqual(
                try await records.keys(below: key("n"), after: key("z")),
                [],
                "after a key past the range"
            )

        case .rangesPageBackwards:
            let names = try await fill(records)
            var found: [RecordKey] = []
            while true {
                let page = try await records.keys(
                    below: key("n"),
                    after: found.last,
                    limit: 3,
                    backwards: true
                )
                found += page
                if page.count < 3 { break }
            }
            try requireEqual(found, names.reversed(), "pages join without gap or repeat")
            let early = try await records.keys(
                below: key("n"),
                after: key("n", "02x"),
                backwards: true
            )
            try requireEqual(early, names.prefix(3).reversed(), "before a key that does not exist")
            let past = try await records.keys(
                below: key("n"),
                after: key("z"),
                limit: 1,
                backwards: true
            )
            try requireEqual(past, names.suffix(1), "before a key past the range")
            let none = try await records.keys(below: key("n"), after: key("a"), backwards: true)
            try requireEqual(none, [], "before a key before the range")

        case .aLimitOfNothingGivesNothing:
            _ = try await fill(records)
            for backwards in [false, true] {
                let found = try await records.keys(
                    below: key("n"),
                    limit: 0,
                    backwards: backwards
                )
                try requireEqual(found, [], "a limit of zero")
            }

        case .emptyAndLargeValuesAreKept:
            let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await records.put(key("empty"), [])
            try await records.put(key("large"), large)
            let found = try await records.get([key("empty"), key("large")]).map { $0?.value }
            try requireEqual(found, [[], large], "values as they were put")

        case .concurrentCommitsEachHaveTheirOwnOutcome:
            try await records.put(key("there"), [0])
            let conflicts = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<60 {
                    // Every third insists on something that is not so.
                    let condition: RecordTransaction.Condition =
                        number % 3 == 0 ? .absent(key("there")) : .present(key("there"))
                    group.addTask {
                        let outcome = await records.outcome(
                            RecordTransaction(
                                conditions: [condition],
                                changes: [.put(key("n", "\(number)"), [UInt8(number)])]
                            )
                        )
                        return outcome == .conflict(key("there"))
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try requireEqual(conflicts, 20, "a third fails")
            let found = try await records.range(key("n"), after: nil, limit: 100, backwards: false)
            try requireEqual(found.count, 40, "the others are all there")
            try requireEqual(Set(found.map(\.revision)).count, 40, "each with its own revision")

        case .oneOfManyRivalsWins:
            let start = try await records.put(key("counter"), [0])
            let winners = await withTaskGroup(of: Bool.self) { group in
                for number in 1...40 {
                    group.addTask {
                        let outcome = await records.outcome(
                            RecordTransaction(
                                conditions: [.unchanged(key("counter"), start)],
                                changes: [.put(key("counter"), [UInt8(number)])]
                            )
                        )
                        return outcome == nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try requireEqual(winners, 1, "one compare-and-set of forty succeeds")

        default:
            throw BrokenPromise(description: "\(self) has no check")
        }
    }

    /// Ten records below `n`, with neighbours on both sides that do not belong.
    private func fill(_ records: any OrderedRecords) async throws -> [RecordKey] {
        let names = (0..<10).map { key("n", "0\($0)") }
        let changes = (names + [key("m"), key("n\u{1}"), key("o")]).map {
            RecordTransaction.Change.put($0, [1])
        }
        try await records.commit(RecordTransaction(changes: changes))
        return names
    }
}

extension RecordKey {
    fileprivate func appending(_ path: [String]) -> RecordKey {
        path.reduce(self) { $0.appending($1) }
    }
}

extension OrderedRecords {
    /// The error of a commit, or nil when it was done.
    fileprivate func outcome(_ transaction: RecordTransaction) async -> StorageError? {
        do {
            try await commit(transaction)
            return nil
        } catch {
            return error
        }
    }
}
