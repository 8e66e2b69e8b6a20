import ServiceKit
import Storage
import Vocabulary

struct DeleteActivationInput: Decodable, Sendable {
    var activationId: String?

    enum CodingKeys: String, CodingKey {
        case activationId = "ActivationId"
    }
}

extension SSMService {
    /// Deletes an activation: nothing registers with it any more, and what has registered stays.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteActivation.html
    func deleteActivation(
        _ input: DeleteActivationInput,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.required(input.activationId, "activationId")
        try violations.check()
        let id = input.activationId ?? ""
        context.audit.noted("activationId", id)
        try await authorizer.authorize(
            AuthorizationRequest("ssm:DeleteActivation", on: "*"),
            in: context
        )
        guard ActivationRecord.isID(id) else { throw SSMFault.invalidActivationID() }
        let key = RecordKey.activation(id, context.scope)
        do {
            try await store.commit(
                RecordTransaction(conditions: [.present(key)], changes: [.delete(key)]),
                auditing: context
            )
        } catch StorageError.conflict {
            throw SSMFault.invalidActivation()
        }
        return EmptyOutput()
    }
}
