package import Storage
import Vocabulary

/// What every store of blobs promises.
///
/// Each case runs against an empty one.
package enum BlobPromise: String, CaseIterable, Sendable {
    case whatIsPutIsFound
    case aRangeGivesItsBytes
    case aRangePastTheEndIsCorrupt
    case whatIsNotThereIsMissing
    case puttingTheSameAgainIsNoError
    case puttingOtherBytesIsRefused
    case deleteRemovesAndIsNoErrorTwice
    case aFolderAndABlobMayShareAName
    case listsAreInTheOrderOfNames
    case listsPage
    case namesThatAreNoNamesAreRefused
    case namesOfTheGreatestLengthAreKept
    case rivalsLeaveOneWhole

    package func check(_ blobs: any BlobStore) async throws {
        switch self {
        case .whatIsPutIsFound:
            try await blobs.put("a/b.c_d-E9", [1, 2, 3])
            try await blobs.put("empty", [])
            try requireEqual(try await blobs.get("a/b.c_d-E9", range: nil), [1, 2, 3], "bytes")
            try requireEqual(try await blobs.get("empty", range: nil), [], "an empty blob")

        case .aRangeGivesItsBytes:
            try await blobs.put("a", Array(0..<100))
            try requireEqual(try await blobs.get("a", range: 10..<13), [10, 11, 12], "a part")
            try requireEqual(try await blobs.get("a", range: 100..<100), [], "nothing at the end")

        case .aRangePastTheEndIsCorrupt:
            try await blobs.put("a", [1, 2, 3])
            for range in [0..<4, 3..<5, -1..<2] {
                try await expect("range \(range)", isCorrupt) {
                    () async throws(StorageError) in _ = try await blobs.get("a", range: range)
                }
            }

        case .whatIsNotThereIsMissing:
            try await blobs.put("a/b", [1])
            for name in ["b", "a", "a/b/c", "a/c"] {
                try await expect(name, isMissing) {
                    () async throws(StorageError) in _ = try await blobs.get(name, range: nil)
                }
            }

        case .puttingTheSameAgainIsNoError:
            try await blobs.put("a/b", [1, 2])
            try await blobs.put("a/b", [1, 2])
            try requireEqual(try await blobs.get("a/b", range: nil), [1, 2], "bytes")

        case .puttingOtherBytesIsRefused:
            try await blobs.put("a/b", [1, 2])
            try await expect("other bytes", isCorrupt) {
                () async throws(StorageError) in try await blobs.put("a/b", [1, 2, 3])
            }
            try requireEqual(try await blobs.get("a/b", range: nil), [1, 2], "the first bytes")

        case .deleteRemovesAndIsNoErrorTwice:
            try await blobs.put("a/b", [1])
            try await blobs.delete("a/b")
            try await blobs.delete("a/b")
            try await blobs.delete("never/was")
            try requireEqual(try await blobs.names(), [], "gone from the list")
            try await blobs.put("a/b", [2])
            try requireEqual(try await blobs.get("a/b", range: nil), [2], "the name is free again")

        case .aFolderAndABlobMayShareAName:
            try await blobs.put("a", [1])
            try await blobs.put("a/b", [2])
            try requireEqual(try await blobs.get("a", range: nil), [1], "the blob")
            try requireEqual(try await blobs.get("a/b", range: nil), [2], "the one below")

        case .listsAreInTheOrderOfNames:
            try await blobs.fill()
            try requireEqual(try await blobs.names(), Self.names, "all, in order")
            let some = try await blobs.names(prefix: "a/")
            try requireEqual(some, Self.names.filter { $0.hasPrefix("a/") }, "below a folder")
            let part = try await blobs.names(prefix: "a/b")
            try requireEqual(part, Self.names.filter { $0.hasPrefix("a/b") }, "by part of a name")
            try requireEqual(try await blobs.names(prefix: "none/"), [], "where there is nothing")

        case .listsPage:
            try await blobs.fill()
            var found: [String] = []
            while true {
                let page = try await blobs.list(prefix: "", after: found.last, limit: 2)
                if page.isEmpty { break }
                found += page
            }
            try requireEqual(found, Self.names, "pages join without gap or repeat")
            let after = try await blobs.list(prefix: "a", after: "a/b/", limit: 100)
            let expected = Self.names.filter { $0.hasPrefix("a") && $0 > "a/b/" }
            try requireEqual(after, expected, "after a name that does not exist")
            try requireEqual(try await blobs.list(prefix: "", after: nil, limit: 0), [], "none")

        case .namesThatAreNoNamesAreRefused:
            let names = [
                "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "a/./b", "a b",
                "a\u{0}", "a+", "ä", "a\\b", String(repeating: "x", count: 255),
                String(repeating: "x/", count: 256) + "x",
            ]
            for name in names {
                try await expect("putting '\(name)'", isInvalid) {
                    () async throws(StorageError) in try await blobs.put(name, [1])
                }
                try await expect("getting '\(name)'", isInvalid) {
                    () async throws(StorageError) in _ = try await blobs.get(name, range: nil)
                }
                try await expect("deleting '\(name)'", isInvalid) {
                    () async throws(StorageError) in try await blobs.delete(name)
                }
            }

        case .namesOfTheGreatestLengthAreKept:
            let part = String(repeating: "x", count: Limits.blobNamePartLength)
            let names = [part, part + "/" + part, String(repeating: "y/", count: 255) + "yy"]
            for name in names { try await blobs.put(name, [1]) }
            try requireEqual(try await blobs.names(), names.sorted(), "listed")

        case .rivalsLeaveOneWhole:
            let taken = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            try await blobs.put(
                                "a/b",
                                [UInt8](repeating: UInt8(number), count: 999)
                            )
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try requireEqual(taken, 1, "one of twenty different blobs takes the name")
            let found = try await blobs.get("a/b", range: nil)
            try require(found.count == 999 && Set(found).count == 1, "and it is whole")
        }
    }

    static let names = [
        "a", "a-b", "a.b", "a/b", "a/b-", "a/b/c", "a/b/d", "a/bc", "a0", "b/a", "b/c",
    ]
}

extension BlobStore {
    fileprivate func fill() async throws(StorageError) {
        for name in BlobPromise.names.shuffled() { try await put(name, Array(name.utf8)) }
    }

    fileprivate func names(prefix: String = "") async throws(StorageError) -> [String] {
        try await list(prefix: prefix, after: nil, limit: 10_000)
    }
}
