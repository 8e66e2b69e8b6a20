import FoundationEssentials
import Sealing
import ServiceKit
import Storage
import Vocabulary

struct CreateActivationInput: Decodable, Sendable {
    var description: String?
    var defaultInstanceName: String?
    var iamRole: String?
    var registrationLimit: Int?
    var expirationDate: Date?
    var tags: [Tag]?
    var registrationMetadata: [Metadata]?

    struct Metadata: Decodable, Sendable {
        var key: String?

        enum CodingKeys: String, CodingKey {
            case key = "Key"
        }
    }

    enum CodingKeys: String, CodingKey {
        case description = "Description"
        case defaultInstanceName = "DefaultInstanceName"
        case iamRole = "IamRole"
        case registrationLimit = "RegistrationLimit"
        case expirationDate = "ExpirationDate"
        case tags = "Tags"
        case registrationMetadata = "RegistrationMetadata"
    }
}

struct CreateActivationOutput: Encodable, Sendable {
    var activationId: String
    var activationCode: String

    enum CodingKeys: String, CodingKey {
        case activationId = "ActivationId"
        case activationCode = "ActivationCode"
    }
}

extension SSMService {
    /// Makes a code and an id with which machines register.
    ///
    /// The code is in this answer and nowhere else. Whoever makes an activation hands out a role, and needs
    /// `iam:PassRole` for it, as on AWS; IAM asks for that where it looks the role up.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateActivation.html
    func createActivation(
        _ input: CreateActivationInput,
        _ context: OperationContext
    ) async throws -> CreateActivationOutput {
        try check(input)
        let role = input.iamRole ?? ""
        let tags = input.tags ?? []
        context.audit.noted("iamRole", role)
        context.audit.noted("defaultInstanceName", input.defaultInstanceName)
        context.audit.noted("registrationLimit", input.registrationLimit.map { String($0) })
        try await authorizer.authorize(
            AuthorizationRequest(
                "ssm:CreateActivation",
                on: "*",
                conditionValues: tags.requestConditions
            ),
            in: context
        )
        // The tags become those of the nodes that register.
        try await authorizer.authorizeTagging(
            "ssm:AddTagsToResource",
            on: context.scope.nodeARN("*").description,
            with: tags.values,
            in: context
        )
        try SSMFault.checkTags(tags)
        let now = clock.now()
        let expires =
            input.expirationDate ?? now.addingTimeInterval(Limits.activationLifetime)
        guard expires > now else {
            throw SSMFault.validation("The expiration date must be in the future.")
        }
        guard expires <= now.addingTimeInterval(Limits.activationLifetimeMaximum) else {
            throw SSMFault.validation("The expiration date must be within 30 days from now.")
        }
        try await roles.requireRole(role, trusting: Self.principal, in: context)

        let code = ActivationCodeHash.makeCode(entropy: entropy)
        let record = ActivationRecord(
            id: entropy.uuid(),
            code: ActivationCodeHash(of: code, entropy: entropy),
            description: input.description,
            defaultInstanceName: input.defaultInstanceName,
            role: role,
            registrationLimit: input.registrationLimit ?? 1,
            registrationsCount: 0,
            expires: expires,
            created: now,
            tags: tags
        )
        context.audit.noted("activationId", record.id)
        let key = RecordKey.activation(record.id, context.scope)
        try await store.commit(
            RecordTransaction(conditions: [.absent(key)], changes: [store.put(key, record)]),
            auditing: context
        )
        return CreateActivationOutput(
            activationId: record.id,
            // Shown here once, on purpose.
            activationCode: code.revealedText()
        )
    }

    private func check(_ input: CreateActivationInput) throws {
        var violations = ConstraintViolations()
        violations.required(input.iamRole, "iamRole")
        violations.length(input.iamRole, "iamRole", 1...64)
        violations.length(input.description, "description", 0...256)
        violations.length(input.defaultInstanceName, "defaultInstanceName", 0...256)
        violations.pattern(
            input.defaultInstanceName,
            "defaultInstanceName",
            Tag.pattern,
            matches: Tag.isAllowed
        )
        violations.range(
            input.registrationLimit,
            "registrationLimit",
            Limits.registrationLimit
        )
        violations.tags(input.tags, "tags")
        try violations.check()
        guard input.registrationMetadata?.isEmpty ?? true else {
            throw SSMFault.validation("RegistrationMetadata is reserved and not supported.")
        }
    }
}
