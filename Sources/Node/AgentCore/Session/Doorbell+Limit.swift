import Waiting

extension Doorbell {
    /// Waits for a ring, but no longer than that.
    func wait(upTo limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask { await Task.pause(limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
