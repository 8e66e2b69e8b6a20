import ServiceKit
import Vocabulary

/// What Logs answers when KMS does not let it use a group's key.
enum KeyRefusal {
    /// The fault for the caller.
    ///
    /// A key's policy that does not let the service use it for this group, and a key of which nobody knows
    /// anything, give AWS's one sentence; a key that is missing, disabled, on its way out or of another
    /// kind is a wrong parameter, as AssociateKmsKey documents. Anything else is KMS's own trouble.
    static func fault(_ fault: ServiceFault, key: String, group: LogGroupARN) -> ServiceFault {
        switch fault.code {
        case "AccessDeniedException", "AccessDenied":
            ServiceFault(
                "AccessDeniedException",
                "The specified KMS key does not exist or is not allowed to be used with Arn "
                    + "'\(group.plain)'"
            )
        case "NotFoundException":
            LogsFault.invalidParameter("The specified KMS key '\(key)' does not exist.")
        case "DisabledException":
            LogsFault.invalidParameter("The specified KMS key '\(key)' is disabled.")
        case "KMSInvalidStateException":
            LogsFault.invalidParameter(
                "The specified KMS key '\(key)' is not in a state in which it can be used."
            )
        case "InvalidKeyUsageException", "UnsupportedOperationException":
            LogsFault.invalidParameter(
                "The specified KMS key '\(key)' is not a symmetric encryption key."
            )
        case "InvalidArnException", "ValidationException":
            LogsFault.invalidParameter("The specified KMS key '\(key)' is not valid.")
        default:
            fault
        }
    }
}
