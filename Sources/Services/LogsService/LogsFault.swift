import Storage
import Vocabulary

/// The faults of Logs, in AWS's words.
enum LogsFault {
    static let groupNotFound = ServiceFault(
        "ResourceNotFoundException",
        "The specified log group does not exist."
    )
    static let streamNotFound = ServiceFault(
        "ResourceNotFoundException",
        "The specified log stream does not exist."
    )
    static let groupExists = ServiceFault(
        "ResourceAlreadyExistsException",
        "The specified log group already exists"
    )
    static let streamExists = ServiceFault(
        "ResourceAlreadyExistsException",
        "The specified log stream already exists"
    )
    static let invalidToken = invalidParameter("The specified nextToken is invalid.")
    static let nameTooLong = invalidParameter(
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
    )
    static let groupNameAndIdentifier = ServiceFault(
        "ValidationException",
        "LogGroup name and LogGroup ARN are mutually exclusive parameters."
    )
    static let deletionProtected = ServiceFault(
        "ValidationException",
        "Cannot delete log group with deletion protection enabled. "
            + "Disable deletion protection first."
    )
    static let aborted = ServiceFault(
        "OperationAbortedException",
        "Multiple concurrent requests to update the same resource were in conflict."
    )

    static func invalidParameter(_ message: String) -> ServiceFault {
        ServiceFault("InvalidParameterException", message)
    }

    static func unavailable(_ message: String) -> ServiceFault {
        ServiceFault("ServiceUnavailableException", message, status: 500)
    }

    /// What is said of stored events that do not open; the operator's log says where and why.
    static func damaged(stream: String, sequence: UInt64) -> ServiceFault {
        ServiceFault(
            "InternalFailure",
            "The stored log events of stream '\(stream)' from number \(sequence) on are damaged "
                + "and cannot be read.",
            status: 500
        )
    }

    /// What a caller is told when storage did not do its part.
    static func storage(_ error: StorageError) -> ServiceFault {
        switch error {
        case .conflict: aborted
        case .full: unavailable("There is no room left to store log data; nothing was stored.")
        case .unavailable: unavailable("The service cannot complete the request.")
        case .corrupt, .missing, .invalid: .internalFailure
        }
    }
}
