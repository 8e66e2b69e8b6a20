/// Why a session is not started: what the person reads, as the task's `Output`.
///
/// AWS's own sentences are kept word for word where AWS has one. What was refused and what to change
/// follows after it.
package struct SessionRefusal: Error, Hashable, Sendable {
    package let output: String

    package init(_ output: String) {
        self.output = output
    }
}
