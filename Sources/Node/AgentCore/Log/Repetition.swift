import AWSClient
import Logging

/// Keeps a failure that comes again and again from filling the log.
///
/// A server that is away is asked every minute. The first failure of a kind is an error, and every hundredth; the
/// ones between are for those who debug.
struct Repetition {
    private var text = ""
    private var count = 0

    static let interval = 100

    /// Failures with AWS's error code are of one kind when the code is the same: their sentences may hold the time.
    mutating func level(of error: any Error) -> Logger.Level {
        level(of: (error as? AWSClientError)?.code ?? "\(error)")
    }

    mutating func level(of text: String) -> Logger.Level {
        if text != self.text { (self.text, count) = (text, 0) }
        defer { count += 1 }
        return count.isMultiple(of: Self.interval) ? .error : .debug
    }
}
