import FoundationEssentials
import Vocabulary

/// An activation as it is kept: who may register with it, how many and until when.
struct ActivationRecord: Codable, Sendable {
    var id: String
    var code: ActivationCodeHash
    var description: String?
    var defaultInstanceName: String?
    /// Path and name of the role, as CreateActivation was given it.
    var role: String
    var registrationLimit: Int
    var registrationsCount: Int
    var expires: Date
    var created: Date
    var tags: [Tag]

    func isExpired(at now: Date) -> Bool { now >= expires }

    /// Why nothing registers with this activation, whoever holds the code; nil if it may.
    func refusal(at now: Date) -> ServiceFault? {
        if isExpired(at: now) {
            return ServiceFault("ActivationExpired", "The activation expired; create a new one.")
        }
        if registrationsCount >= registrationLimit {
            return ServiceFault(
                "RegistrationLimitExceeded",
                "Registration limit of \(registrationLimit) reached for activation \(id)."
            )
        }
        return nil
    }

    /// Whether a text has the form of an activation id: a lower-case UUID.
    static func isID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12] && parts.allSatisfy(\.isLowercaseHex)
    }
}
