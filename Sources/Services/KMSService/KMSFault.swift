import ServiceKit
import Vocabulary

/// The faults of KMS, each with AWS's code and, where it is known, AWS's wording.
enum KMSFault {
    static func validation(_ message: String) -> ServiceFault {
        ServiceFault("ValidationException", message)
    }

    static func notFound(_ message: String) -> ServiceFault {
        ServiceFault("NotFoundException", message)
    }

    static func keyNotFound(_ arn: ARN) -> ServiceFault {
        notFound("Key '\(arn)' does not exist")
    }

    static func aliasNotFound(_ arn: ARN) -> ServiceFault {
        notFound("Alias \(arn) is not found.")
    }

    static func disabled(_ arn: ARN) -> ServiceFault {
        ServiceFault("DisabledException", "\(arn) is disabled.")
    }

    static func pendingDeletion(_ arn: ARN) -> ServiceFault {
        ServiceFault("KMSInvalidStateException", "\(arn) is pending deletion.")
    }

    static func notPendingDeletion(_ arn: ARN) -> ServiceFault {
        ServiceFault("KMSInvalidStateException", "\(arn) is not pending deletion.")
    }

    /// Says nothing about why, as AWS: whoever tries ciphertexts learns nothing from the answer.
    static let invalidCiphertext = ServiceFault("InvalidCiphertextException", "")

    /// The answer about a ciphertext whose key the caller does not name and may not use, or that is not there.
    static let ciphertextAccessDenied = ServiceFault(
        "AccessDeniedException",
        "The ciphertext refers to a customer master key that does not exist, does not exist in this "
            + "region, or you are not allowed to access."
    )

    static let incorrectKey = ServiceFault(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation."
    )

    static func incompatibleAlgorithm(_ algorithm: String) -> ServiceFault {
        ServiceFault(
            "InvalidKeyUsageException",
            "The algorithm \(algorithm) is not compatible with the key spec SYMMETRIC_DEFAULT."
        )
    }

    static let dryRun = ServiceFault(
        "DryRunOperationException",
        "The request would have succeeded, but the DryRun option is set."
    )

    static func unsupported(_ message: String) -> ServiceFault {
        ServiceFault("UnsupportedOperationException", message)
    }

    static let grantsNotOffered = ServiceFault(
        "InvalidGrantTokenException",
        "Grants are not offered here, so that no grant token is valid."
    )

    static func malformedPolicy(_ message: String) -> ServiceFault {
        ServiceFault("MalformedPolicyDocumentException", message)
    }

    static let invalidMarker = ServiceFault(
        "InvalidMarkerException",
        "The marker is not one of this operation with these parameters, or is too old."
    )

    static func tag(_ message: String) -> ServiceFault { ServiceFault("TagException", message) }

    static func limit(_ message: String) -> ServiceFault {
        ServiceFault("LimitExceededException", message)
    }

    static let internalFailure = ServiceFault(
        "KMSInternalException",
        "The request was rejected because an internal exception occurred. The request can be retried.",
        status: 500
    )
}
