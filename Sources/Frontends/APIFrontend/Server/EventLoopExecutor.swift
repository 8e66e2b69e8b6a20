import NIOCore

/// Runs the tasks of a connection on the thread that reads and writes it.
///
/// A call then costs no change of threads between its bytes and its answer. What blocks or computes for long
/// must leave it (`withTaskExecutorPreference`), for the other connections of the loop wait meanwhile.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
