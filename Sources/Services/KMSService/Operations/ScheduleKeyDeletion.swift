import FoundationEssentials
import ServiceKit
import Vocabulary

struct ScheduleKeyDeletionInput: Decodable, Sendable {
    let keyID: String?
    let pendingWindowInDays: Int?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case pendingWindowInDays = "PendingWindowInDays"
    }

    /// The days that the key shall wait.
    func checkedDays() throws -> Int {
        var violations = ConstraintViolations()
        violations.keyID(keyID)
        violations.range(
            pendingWindowInDays,
            "pendingWindowInDays",
            Limits.kmsPendingWindowShapeDays
        )
        try violations.check()
        let days = pendingWindowInDays ?? Limits.kmsPendingWindowDefaultDays
        guard Limits.kmsPendingWindowDays.contains(days) else {
            throw KMSFault.validation(
                "PendingWindowInDays must be between \(Limits.kmsPendingWindowDays.lowerBound) and "
                    + "\(Limits.kmsPendingWindowDays.upperBound), inclusive."
            )
        }
        return days
    }
}

struct ScheduleKeyDeletionOutput: Encodable, Sendable {
    let keyARN: String
    let deletionDate: Date
    let keyState = KeyState.pendingDeletion.rawValue
    let pendingWindowInDays: Int

    enum CodingKeys: String, CodingKey {
        case keyARN = "KeyId"
        case deletionDate = "DeletionDate"
        case keyState = "KeyState"
        case pendingWindowInDays = "PendingWindowInDays"
    }
}

extension KMSService {
    /// Lets a key be destroyed after a waiting period, in which nothing can be done with it.
    ///
    /// Its material leaves the memory at once and the disk at the end of the period; see `KeyDestruction`.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
    func scheduleKeyDeletion(
        _ input: ScheduleKeyDeletionInput,
        in context: OperationContext
    ) async throws -> ScheduleKeyDeletionOutput {
        let days = try input.checkedDays()
        context.audit.noted("keyId", input.keyID)
        context.audit.noted("pendingWindowInDays", "\(days)")
        let date = clock.now().addingTimeInterval(TimeInterval(days) * 86_400)
        let arn = try await changeKey(
            input.keyID ?? "",
            authorizing: "kms:ScheduleKeyDeletion",
            ["kms:ScheduleKeyDeletionPendingWindowInDays": ["\(days)"]],
            in: context
        ) { record in
            record.isEnabled = false
            record.deletionDate = date
        }
        return ScheduleKeyDeletionOutput(
            keyARN: arn.description,
            deletionDate: date,
            pendingWindowInDays: days
        )
    }
}
