import Synchronization

/// Makes folders, and knows which of them have been flushed in the folder above since the program began.
///
/// That a folder is there does not mean that it will be after a crash: another task may have made it a moment ago
/// and not flushed yet, or a process that was killed before it did. So nobody relies on a folder before one flush
/// of the folder above has returned, whoever asked for it.
package final class DurableFolders: Sendable {
    private let limit: Int
    private let known = Mutex<Set<String>>([])

    /// Remembers up to `limit` folders; past that it begins anew, which costs flushes and nothing else.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Returns when the folder is there and will survive a crash of the machine.
    package func make(_ folder: Directory, in parent: Directory) throws(FileFailure) {
        if known.withLock({ $0.contains(folder.path) }) { return }
        try folder.create()
        try parent.synchronize()
        known.withLock { known in
            if known.count >= limit { known.removeAll(keepingCapacity: true) }
            known.insert(folder.path)
        }
    }
}
