package import FoundationEssentials
import PolicyEngine
import Sealing
package import ServiceKit
package import Storage
import Vocabulary

extension IAMService: RoleCredentialsPort {
    package func requireRole(
        _ role: String,
        trusting service: String,
        in context: OperationContext
    ) async throws {
        let name = Self.roleName(role)
        let (arn, holder) = try await holderARN(name, RoleRecord.self, in: context)
        try await requirePassRole(arn, to: service, in: context)
        guard let holder, try await trusts(holder, service, in: context) else {
            throw ServiceFault(
                "ValidationException",
                "Nonexistent role or missing ssm service principal in trust policy: \(arn)"
            )
        }
    }

    /// Whether the caller may hand the role to the service: `iam:PassRole` with `iam:PassedToService`.
    ///
    /// For every operation of any service that takes a role.
    package func requirePassRole(
        _ roleARN: String,
        to service: String,
        in context: OperationContext
    ) async throws {
        let request = AuthorizationRequest(
            "iam:PassRole",
            on: roleARN,
            conditionValues: ["iam:PassedToService": [service]]
        )
        try await authorize(request, in: context)
    }

    package func credentials(
        role: String,
        sessionName: String,
        service: String,
        duration: TimeInterval,
        in context: OperationContext
    ) async throws -> TemporaryCredentials {
        let (arn, holder) = try await holderARN(Self.roleName(role), RoleRecord.self, in: context)
        guard let holder, try await trusts(holder, service, in: context) else {
            throw ServiceFault(
                "AccessDeniedException",
                "User: \(service) is not authorized to perform: sts:AssumeRole on resource: \(arn) "
                    + "because no role trust policy allows the sts:AssumeRole action"
            )
        }
        let account = context.scope.account
        let claims = SessionClaims(
            account: account.description,
            roleARN: holder.arn,
            roleID: holder.id,
            sessionName: sessionName,
            secret: newSecretAccessKey(),
            expires: clock.now().addingTimeInterval(duration),
            service: service,
            revocations: try await revocations(service, sessionName, account: account)
        )
        return try issue(claims)
    }

    package func revocation(
        ofSessionsNamed sessionName: String,
        service: String,
        in context: OperationContext
    ) async throws -> [RecordTransaction.Change] {
        let account = context.scope.account
        let count = try await revocations(service, sessionName, account: account)
        return [try store.put(context.keys.revocation(service, sessionName), count + 1)]
    }

    package func principalTag(
        _ key: String,
        in context: OperationContext
    ) async throws -> String? {
        let account = context.scope.account
        switch context.principal {
        case .user(_, let id, let name):
            let user = try await identity(UserRecord.self, named: name, account: account)
            return user?.id == id ? user?.tags[key] : nil
        case .assumedRole(let session):
            let role = try await identity(
                RoleRecord.self,
                named: session.roleName,
                account: account
            )
            let own = role?.id == session.roleID ? role?.tags : nil
            return session.tagsOver(own ?? [:]).first { $0.key.lowercased() == key.lowercased() }?
                .value
        case .service, .node, .anonymous:
            return nil
        }
    }

    /// Credentials whose token holds the claims.
    func issue(_ claims: SessionClaims) throws -> TemporaryCredentials {
        let accessKeyID = newAccessKeyID("ASIA")
        return TemporaryCredentials(
            accessKeyID: accessKeyID,
            secretAccessKey: Secret(utf8: claims.secret),
            sessionToken: try tokens.seal(claims, accessKeyID: accessKeyID),
            expiration: claims.expires
        )
    }

    /// Sixteen letters and digits more, as AWS's.
    func newAccessKeyID(_ prefix: String) -> String {
        prefix + entropy.characters(16, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    }

    /// Forty characters of the alphabet that AWS's secrets are written in: 240 bits.
    func newSecretAccessKey() -> String {
        entropy.characters(
            40,
            of: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        )
    }

    /// Whether the role's trust policy lets the service assume it for this account.
    ///
    /// `aws:SourceAccount` and `aws:SourceArn` say for whom, as SSM does for hybrid nodes.
    private func trusts(
        _ role: RoleRecord,
        _ service: String,
        in context: OperationContext
    ) async throws -> Bool {
        let vendor = service.split(separator: ".").first.map(String.init) ?? service
        let request = AuthorizationRequest(
            "sts:AssumeRole",
            on: role.arn,
            conditionValues: [
                "aws:SourceAccount": [context.scope.account.description],
                "aws:SourceArn": [
                    context.scope.arn(service: vendor, resource: "managed-instance/*").description
                ],
            ],
            resourcePolicy: ResourcePolicy(
                kind: .trust,
                document: role.trustPolicy,
                account: context.scope.account
            )
        )
        let serviceContext = context.acting(
            as: service,
            operation: "sts:AssumeRole",
            entropy: entropy,
            now: clock.now()
        )
        return try await decision(request, in: serviceContext).isAllowed
    }

    /// The name in `name`, `path/name` or an ARN of a role.
    private static func roleName(_ role: String) -> String {
        role.split(separator: "/").last.map(String.init) ?? role
    }
}
