// StorageConformance: what every engine behind the storage seams promises, as cases that a test runs against
// each: `@Test(arguments: RecordPromise.allCases)`.

import Storage

/// What an engine did instead of what it promised.
package struct BrokenPromise: Error, CustomStringConvertible {
    package let description: String
}

/// Throws the claim as broken unless the condition holds.
func require(_ condition: Bool, _ claim: @autoclosure () -> String) throws {
    guard !condition else { return }
    throw BrokenPromise(description: claim())
}

/// Throws unless both are the same, and shows what was there.
func requireEqual<Value: Equatable>(
    _ found: Value,
    _ expected: Value,
    _ claim: @autoclosure () -> String
) throws {
    guard found != expected else { return }
    throw BrokenPromise(description: "\(claim()): expected \(expected), found \(found)")
}

func isMissing(_ error: StorageError) -> Bool {
    if case .missing = error { true } else { false }
}

func isCorrupt(_ error: StorageError) -> Bool {
    if case .corrupt = error { true } else { false }
}

func isInvalid(_ error: StorageError) -> Bool {
    if case .invalid = error { true } else { false }
}

/// Throws unless the body fails with an error of the right kind.
func expect(
    _ subject: String,
    _ isRight: (StorageError) -> Bool,
    _ body: () async throws(StorageError) -> Void
) async throws {
    do {
        try await body()
    } catch {
        try require(isRight(error), "\(subject) failed otherwise: \(error)")
        return
    }
    throw BrokenPromise(description: "\(subject) did not fail")
}
