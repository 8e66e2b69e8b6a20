import Vocabulary

/// The faults of IAM and STS with their status, in AWS's wording.
enum IAMFault {
    static func noSuchEntity(_ message: String) -> ServiceFault {
        ServiceFault("NoSuchEntity", message, status: 404)
    }

    static func noSuchHolder(_ kind: HolderKind, _ name: String) -> ServiceFault {
        noSuchEntity("The \(kind.rawValue) with name \(name) cannot be found.")
    }

    static func noSuchPolicy(_ arn: String) -> ServiceFault {
        noSuchEntity("Policy \(arn) was not found.")
    }

    static func noSuchPolicyVersion(_ arn: String, _ version: String) -> ServiceFault {
        noSuchEntity("Policy \(arn) version \(version) does not exist or is not attachable.")
    }

    static func notAttachable(_ arn: String) -> ServiceFault {
        noSuchEntity("Policy \(arn) does not exist or is not attachable.")
    }

    static func noSuchInlinePolicy(_ kind: HolderKind, _ name: String) -> ServiceFault {
        noSuchEntity("The \(kind.rawValue) policy with name \(name) cannot be found.")
    }

    static func noSuchInstanceProfile(_ name: String) -> ServiceFault {
        noSuchEntity("Instance Profile \(name) cannot be found.")
    }

    static func noSuchAccessKey(_ id: String) -> ServiceFault {
        noSuchEntity("The Access Key with id \(id) cannot be found.")
    }

    static func alreadyExists(_ message: String) -> ServiceFault {
        ServiceFault("EntityAlreadyExists", message, status: 409)
    }

    static func deleteConflict(_ message: String) -> ServiceFault {
        ServiceFault("DeleteConflict", message, status: 409)
    }

    static func limitExceeded(_ message: String) -> ServiceFault {
        ServiceFault("LimitExceeded", message, status: 409)
    }

    static func quota(_ name: String, _ limit: Int) -> ServiceFault {
        limitExceeded("Cannot exceed quota for \(name): \(limit)")
    }

    static func malformedPolicy(_ message: String) -> ServiceFault {
        ServiceFault("MalformedPolicyDocument", message)
    }

    /// What is given as an ARN is none; the two blanks are AWS's.
    static let unparsableARN = validation("Invalid ARN:  Could not be parsed!")

    static func invalidInput(_ message: String) -> ServiceFault {
        ServiceFault("InvalidInput", message)
    }

    static func validation(_ message: String) -> ServiceFault {
        ServiceFault("ValidationError", message)
    }

    static let concurrentModification = ServiceFault(
        "ConcurrentModification",
        "The request was rejected because multiple requests to change this object were submitted "
            + "simultaneously. Wait a few minutes and submit your request again.",
        status: 409
    )

    /// Faults of an identity have the JSON services' code and status; the door renames them for query services.
    static let invalidToken = ServiceFault(
        "UnrecognizedClientException",
        "The security token included in the request is invalid."
    )

    static let expiredToken = ServiceFault(
        "ExpiredTokenException",
        "The security token included in the request is expired"
    )
}
