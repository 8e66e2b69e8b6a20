import CPseudoTerminal
import Glibc

/// Starts a thread of its own for calls that block, which must not hold a thread of the tasks' pool.
///
/// Throws when the machine has no more threads to give.
func startThread(
    named name: String,
    _ body: @escaping @Sendable () -> Void
) throws(SystemFailure) {
    final class Work {
        let body: @Sendable () -> Void
        let name: String
        init(_ body: @escaping @Sendable () -> Void, _ name: String) {
            self.body = body
            self.name = name
        }
    }
    let work = Unmanaged.passRetained(Work(body, name))
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 256 * 1024)
    let error = pthread_create(
        &thread,
        &attributes,
        { argument in
            guard let argument else { return nil }
            let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
            cpty_name_thread(work.name)
            work.body()
            return nil
        },
        work.toOpaque()
    )
    guard error == 0 else {
        work.release()
        throw SystemFailure(doing: "start a thread", errno: error)
    }
}
