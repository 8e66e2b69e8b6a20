import Vocabulary

/// The faults of Systems Manager, with AWS's codes.
///
/// Codes come from the service's model and, for what only the agent calls, from what AWS is seen to answer
/// (`ActivationExpired`, `RegistrationLimitExceeded`, `MachineFingerprintDoesNotMatch`).
enum SSMFault {
    static func validation(_ message: String) -> ServiceFault {
        ServiceFault("ValidationException", message)
    }

    static func accessDenied(_ message: String) -> ServiceFault {
        ServiceFault("AccessDeniedException", message)
    }

    static func invalidNextToken() -> ServiceFault {
        ServiceFault("InvalidNextToken", "The specified token is not valid.")
    }

    static func tooManyUpdates() -> ServiceFault {
        ServiceFault(
            "TooManyUpdates",
            "There are concurrent updates for a resource that supports one update at a time."
        )
    }

    static func invalidFilterKey(_ key: String) -> ServiceFault {
        ServiceFault("InvalidFilterKey", "The specified filter key '\(key)' is not valid.")
    }

    // MARK: Activations and nodes

    static func invalidActivation() -> ServiceFault {
        ServiceFault(
            "InvalidActivation",
            "The activation is not valid. The activation might have been deleted, or the ActivationId "
                + "and the ActivationCode do not match."
        )
    }

    static func invalidActivationID() -> ServiceFault {
        ServiceFault(
            "InvalidActivationId",
            "The activation ID is not valid. Verify that you entered the correct ActivationId or "
                + "ActivationCode and try again."
        )
    }

    static func unknownNode(_ id: String) -> ServiceFault {
        ServiceFault("InvalidInstanceId", "Not existing InstanceId \(id)")
    }

    // MARK: Documents

    /// A document that is not here; one that AWS has of its own is refused by name.
    static func noSuchDocument(_ name: String) -> ServiceFault {
        guard !name.hasPrefix("AWS-") else {
            return ServiceFault(
                "InvalidDocument",
                "Document with name \(name) is not supported; of AWS's own documents there is "
                    + BuiltInDocuments.names.joined(separator: ", ") + "."
            )
        }
        return ServiceFault("InvalidDocument", "Document with name \(name) does not exist.")
    }

    static func noSuchVersion() -> ServiceFault {
        ServiceFault(
            "InvalidDocumentVersion",
            "The document version is not valid or does not exist."
        )
    }

    static func invalidContent(_ reason: String) -> ServiceFault {
        ServiceFault("InvalidDocumentContent", reason)
    }

    static func invalidOperation(_ reason: String) -> ServiceFault {
        ServiceFault("InvalidDocumentOperation", reason)
    }

    static func invalidParameters(_ reason: String) -> ServiceFault {
        ServiceFault("InvalidParameters", reason)
    }

    // MARK: Sessions

    static func notConnected(_ target: String) -> ServiceFault {
        ServiceFault("TargetNotConnected", "\(target) is not connected.")
    }

    static func noSuchSession(_ id: String) -> ServiceFault {
        ServiceFault("DoesNotExistException", "Session \(id) does not exist.")
    }
}
