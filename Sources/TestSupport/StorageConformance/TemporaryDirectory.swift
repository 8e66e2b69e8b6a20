package import Files
import FoundationEssentials

/// Makes an empty folder for a test, calls the body with it, and removes it.
package func withTemporaryDirectory<Result>(
    _ body: (Directory) throws -> Result
) throws -> Result {
    let path = try makeTemporaryDirectory()
    defer { remove(path) }
    return try body(Directory(path))
}

/// Makes an empty folder for a test, calls the body with it, and removes it.
package func withTemporaryDirectory<Result>(
    _ body: (Directory) async throws -> Result
) async throws -> Result {
    let path = try makeTemporaryDirectory()
    defer { remove(path) }
    return try await body(Directory(path))
}

private func makeTemporaryDirectory() throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/sekisho-" + UUID().uuidString
    try FileManager.default.createDirectory(
        atPath: path,
        withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700]
    )
    return path
}

private func remove(_ path: String) {
    // A folder that stays behind in the temporary directory is no failure of the test.
    try? FileManager.default.removeItem(atPath: path)
}
