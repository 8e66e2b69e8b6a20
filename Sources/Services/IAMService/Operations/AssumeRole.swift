import FoundationEssentials
import PolicyEngine
import Sealing
import ServiceKit
import Vocabulary

/// Gives temporary credentials of a role to those whom its trust policy lets.
///
/// Honoured: session policies (one inline, ten managed), the role's longest session, one hour for a session
/// that a session assumes, `ExternalId`, source identity, session tags and their transitive ones. Refused by
/// name: MFA and provided contexts.
/// See https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
struct AssumeRole: IAMOperation {
    enum CodingKeys: String, MemberName {
        case roleArn, roleSessionName, policyArns, policy, durationSeconds, tags
        case transitiveTagKeys, externalId, serialNumber, tokenCode, sourceIdentity
        case providedContexts
    }

    struct PolicyDescriptor: Decodable, Sendable {
        let arn: String?
    }

    struct ProvidedContext: Decodable, Sendable {}

    let roleArn: String?
    let roleSessionName: String?
    let policyArns: [PolicyDescriptor]?
    let policy: String?
    let durationSeconds: Int?
    let tags: [Tag]?
    let transitiveTagKeys: [String]?
    let externalId: String?
    let serialNumber: String?
    let tokenCode: String?
    let sourceIdentity: String?
    let providedContexts: [ProvidedContext]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        let (roleARN, sessionName) = try checked()
        context.audit.touched(roleARN)
        context.audit.noted("roleSessionName", sessionName)
        let chain = try SessionChain(self, caller: context.principal)
        let role = try await requireTrust(roleARN, sessionName, chain, in: iam, context)
        let duration = try duration(of: role, caller: context.principal)
        try await checkSessionPolicies(account: AccountID(parsing: roleARN.account), in: iam)
        let claims = SessionClaims(
            account: roleARN.account,
            roleARN: role.arn,
            roleID: role.id,
            sessionName: sessionName,
            secret: iam.newSecretAccessKey(),
            expires: iam.clock.now().addingTimeInterval(TimeInterval(duration)),
            policies: policy.map { [$0] } ?? [],
            policyARNs: (policyArns ?? []).compactMap(\.arn),
            tags: chain.tags,
            transitiveTagKeys: chain.transitiveTagKeys,
            sourceIdentity: chain.sourceIdentity
        )
        let packed = try packedSize()
        return Output(
            credentials: Output.Credentials(try iam.issue(claims)),
            assumedRoleUser: Output.AssumedRoleUser(
                assumedRoleId: "\(role.id):\(sessionName)",
                arn: RoleSession(
                    roleARN: roleARN,
                    roleID: role.id,
                    roleName: role.name,
                    sessionName: sessionName
                ).sessionARN.description
            ),
            packedPolicySize: packed,
            sourceIdentity: chain.sourceIdentity
        )
    }

    private func checked() throws -> (role: ARN, sessionName: String) {
        var check = ConstraintViolations()
        let roleARN = check.arn(roleArn, "roleArn")
        let sessionName = check.name(roleSessionName, "roleSessionName", most: 64)
        check.length(roleSessionName, "roleSessionName", 2...64)
        check.range(
            durationSeconds,
            "durationSeconds",
            Limits.sessionSecondsLeast...Limits.sessionSecondsMost
        )
        check.count(policyArns, "policyArns", 0...Limits.sessionPolicyARNs) {
            "{arn=\($0.arn ?? "null")}"
        }
        for (index, policy) in (policyArns ?? []).enumerated() {
            _ = check.arn(policy.arn, "policyArns.\(index + 1).member.arn")
        }
        check.length(policy, "policy", 1...Limits.sessionPolicyCharacters)
        check.tags(tags)
        check.count(transitiveTagKeys, "transitiveTagKeys", 0...Limits.tagsPerIAMEntity)
        check.length(externalId, "externalId", 2...1224)
        check.pattern(externalId, "externalId", "[\\w+=,.@:\\/-]*") { text in
            text.utf8.allSatisfy {
                ConstraintViolations.isNameByte($0) || $0 == UInt8(ascii: ":")
                    || $0 == UInt8(ascii: "/")
            }
        }
        check.length(sourceIdentity, "sourceIdentity", 2...64)
        check.optionalName(sourceIdentity, "sourceIdentity", most: 64)
        try check.done()
        guard serialNumber == nil, tokenCode == nil else {
            throw IAMFault.validation(
                "SerialNumber and TokenCode are not supported: there is no MFA."
            )
        }
        guard (providedContexts ?? []).isEmpty else {
            throw IAMFault.validation("ProvidedContexts is not supported.")
        }
        guard let arn = try? ARN(parsing: roleARN), (try? AccountID(parsing: arn.account)) != nil
        else { throw IAMFault.validation("\(roleARN) is invalid") }
        try TagRules.check(tags ?? [])
        return (arn, sessionName)
    }

    /// The role, if its trust policy and the caller's own policies let this happen.
    ///
    /// A role that does not exist answers as one that trusts nobody.
    private func requireTrust(
        _ roleARN: ARN,
        _ sessionName: String,
        _ chain: SessionChain,
        in iam: IAMService,
        _ context: OperationContext
    ) async throws -> RoleRecord {
        let account = try AccountID(parsing: roleARN.account)
        let name = roleARN.resource.split(separator: "/").last.map(String.init) ?? ""
        let key = IAMKeys(account: account).holder(.role, name)
        let stored = try await iam.store.get(key, as: RoleRecord.self)?.value
        let role = stored?.arn == roleARN.description ? stored : nil
        var conditions = IAMService.conditions(ofTags: role?.tags ?? [])
        conditions.merge(TagRules.conditions(tags)) { $1 }
        conditions["sts:RoleSessionName"] = [sessionName]
        if let externalId { conditions["sts:ExternalId"] = [externalId] }
        if let transitiveTagKeys { conditions["sts:TransitiveTagKeys"] = transitiveTagKeys }
        if let identity = chain.sourceIdentity { conditions["sts:SourceIdentity"] = [identity] }
        var actions = ["sts:AssumeRole"]
        if !chain.tags.isEmpty { actions.append("sts:TagSession") }
        if chain.sourceIdentity != nil { actions.append("sts:SetSourceIdentity") }
        for action in actions {
            try await iam.require(
                action,
                on: roleARN.description,
                conditions: conditions,
                resourcePolicy: ResourcePolicy(
                    kind: .trust,
                    document: role?.trustPolicy ?? Self.trustOfNobody,
                    account: account
                ),
                in: context
            )
        }
        guard let role else { throw ServiceFault.internalFailure }
        return role
    }

    private static let trustOfNobody = """
        {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sts:AssumeRole",
         "Principal": {"Service": "nobody.invalid"}}}
        """

    private func duration(of role: RoleRecord, caller: Principal) throws -> Int {
        let isChained = if case .assumedRole = caller { true } else { false }
        let duration = durationSeconds ?? Limits.sessionSeconds
        guard !isChained || duration <= Limits.chainedSessionSeconds else {
            throw IAMFault.validation(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
                    + "by role chaining."
            )
        }
        guard duration <= role.maxSessionDuration else {
            throw IAMFault.validation(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
        }
        return duration
    }

    private func checkSessionPolicies(account: AccountID, in iam: IAMService) async throws {
        if let policy { try IAMService.validated(policy, as: .identity) }
        for arn in (policyArns ?? []).compactMap(\.arn) {
            do {
                _ = try await iam.managedPolicy(arn, account: account)
            } catch let fault as ServiceFault where fault.code == "NoSuchEntity" {
                throw IAMFault.validation("Policy ARN \(arn) does not exist or is not attachable.")
            }
        }
    }

    /// How much of the room for policies and tags is used, in percent; nil if there are none.
    private func packedSize() throws -> Int? {
        let arns = (policyArns ?? []).compactMap(\.arn)
        guard policy != nil || !arns.isEmpty || !(tags ?? []).isEmpty else { return nil }
        let texts = [policy ?? ""] + arns + (tags ?? []).flatMap { [$0.key, $0.value] }
        let bytes = texts.map(\.utf8.count).reduce(0, +)
        let percent = (bytes * 100 + Limits.packedSessionBytes - 1) / Limits.packedSessionBytes
        guard percent <= 100 else {
            throw ServiceFault(
                "PackedPolicyTooLarge",
                "Packed policy consumes \(percent)% of allotted space, please use smaller policy."
            )
        }
        return percent
    }
}

extension AssumeRole {
    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName {
            case credentials, assumedRoleUser, packedPolicySize, sourceIdentity
        }

        struct Credentials: Encodable, Sendable {
            enum CodingKeys: String, MemberName {
                case accessKeyId, secretAccessKey, sessionToken, expiration
            }

            let accessKeyId: String
            let secretAccessKey: String
            let sessionToken: String
            let expiration: Date

            init(_ credentials: TemporaryCredentials) {
                accessKeyId = credentials.accessKeyID
                secretAccessKey = credentials.secretAccessKey.revealedText()
                sessionToken = credentials.sessionToken
                expiration = credentials.expiration
            }
        }

        struct AssumedRoleUser: Encodable, Sendable {
            enum CodingKeys: String, MemberName { case assumedRoleId, arn }

            let assumedRoleId: String
            let arn: String
        }

        let credentials: Credentials
        let assumedRoleUser: AssumedRoleUser
        let packedPolicySize: Int?
        let sourceIdentity: String?
    }
}

/// What a session inherits from the one that assumes it: who stands at its beginning, and transitive tags.
struct SessionChain {
    let sourceIdentity: String?
    let tags: [String: String]
    let transitiveTagKeys: [String]

    /// Joins what is asked for with what must be kept, and refuses what contradicts it.
    init(_ request: AssumeRole, caller: Principal) throws {
        var inherited: [String: String] = [:]
        var inheritedIdentity: String?
        if case .assumedRole(let session) = caller {
            inheritedIdentity = session.sourceIdentity
            inherited = session.tags.filter { session.transitiveTagKeys.contains($0.key) }
        }
        if let inheritedIdentity, let asked = request.sourceIdentity, asked != inheritedIdentity {
            throw IAMFault.validation(
                "SourceIdentity cannot be changed in a chain of roles; it is \(inheritedIdentity)."
            )
        }
        sourceIdentity = inheritedIdentity ?? request.sourceIdentity
        var tags = inherited
        for tag in request.tags ?? [] {
            guard !inherited.keys.contains(where: { $0.lowercased() == tag.key.lowercased() })
            else {
                throw IAMFault.validation(
                    "One of the specified transitive tag keys can't be set because it conflicts with "
                        + "a transitive tag key from the calling session."
                )
            }
            tags[tag.key] = tag.value
        }
        let asked = request.transitiveTagKeys ?? []
        let own = Set((request.tags ?? []).map(\.key))
        guard asked.allSatisfy(own.contains) else {
            throw IAMFault.validation(
                "The specified transitive tag key must be included in the requested tags."
            )
        }
        self.tags = tags
        transitiveTagKeys = (Array(inherited.keys) + asked).sorted()
    }
}
