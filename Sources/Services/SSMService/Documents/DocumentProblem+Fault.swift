import SessionDocument
import Vocabulary

extension DocumentProblem {
    /// What the author of a document is answered.
    var fault: ServiceFault {
        switch self {
        case .schemaVersion(let version):
            ServiceFault(
                "InvalidDocumentSchemaVersion",
                "\(version) is not a valid schema version for Session document type"
            )
        case .content(let reason): SSMFault.invalidContent(reason)
        case .parameters(let reason): SSMFault.invalidParameters(reason)
        case .tooMuchWork(let reason): SSMFault.validation(reason)
        }
    }

    /// What is answered to whoever starts a session of a document that was sound when it was written, so that
    /// whatever is wrong comes from the parameters.
    var startFault: ServiceFault {
        guard case .content(let reason) = self else { return fault }
        return SSMFault.invalidParameters(reason)
    }
}
