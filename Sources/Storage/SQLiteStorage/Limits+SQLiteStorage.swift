import Vocabulary

extension Limits {
    /// Folders of blobs that are remembered as durable.
    static let knownFolders = 10_000
}
