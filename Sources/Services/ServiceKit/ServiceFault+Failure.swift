import Storage
package import Vocabulary

extension ServiceFault {
    /// What a caller is told of an error: a fault as it is, and of all else no more than whether to try again.
    ///
    /// The error itself is for the operator's log.
    package init(answering error: any Error) {
        switch error {
        case let fault as ServiceFault:
            self = fault
        case StorageError.full:
            self.init(
                "ServiceUnavailable",
                "The request was refused because there is no room left to store it.",
                status: 503
            )
        case StorageError.conflict, StorageError.unavailable, is CancellationError:
            self.init(
                "ServiceUnavailable",
                "The request has failed due to a temporary failure of the server.",
                status: 503
            )
        default:
            self = .internalFailure
        }
    }
}
