import FoundationEssentials
import Sealing
package import ServiceKit
import Storage
import Vocabulary

extension IAMService: CredentialPort {
    package func signingIdentity(
        accessKeyID: String,
        sessionToken: String?
    ) async throws -> SigningIdentity {
        guard let sessionToken else { return try await userIdentity(accessKeyID) }
        return try await sessionIdentity(accessKeyID, sessionToken)
    }

    /// The user that a long-term key belongs to; a key that is off answers as one that is not there.
    private func userIdentity(_ accessKeyID: String) async throws -> SigningIdentity {
        guard let key = try await accessKey(accessKeyID), key.record.status == .active else {
            throw IAMFault.invalidToken
        }
        return SigningIdentity(
            secret: Secret(utf8: key.record.secret),
            principal: .user(arn: key.userARN, userID: key.record.userID, name: key.userName),
            account: try AccountID(parsing: key.record.account)
        )
    }

    private func accessKey(_ id: String) async throws -> CachedAccessKey? {
        if let known = cache.accessKey(id) { return known }
        let generation = cache.generation
        guard let record = try await store.get(IAMKeys.accessKey(id), as: AccessKeyRecord.self)
        else { return nil }
        let keys = IAMKeys(account: try AccountID(parsing: record.value.account))
        guard
            let user = try await store.get(
                keys.holder(.user, record.value.userName),
                as: UserRecord.self
            )?.value, user.id == record.value.userID
        else { return nil }
        let accessKey = CachedAccessKey(
            record: record.value,
            userARN: try ARN(parsing: user.arn),
            userName: user.name
        )
        cache.keep(accessKey, read: generation)
        return accessKey
    }

    /// The session that a token tells of, if its role is still the one that was assumed.
    private func sessionIdentity(
        _ accessKeyID: String,
        _ token: String
    ) async throws -> SigningIdentity {
        guard let claims = tokens.open(token, accessKeyID: accessKeyID) else {
            throw IAMFault.invalidToken
        }
        guard claims.expires > clock.now() else { throw IAMFault.expiredToken }
        let account = try AccountID(parsing: claims.account)
        let roleARN = try ARN(parsing: claims.roleARN)
        let roleName = roleARN.resource.split(separator: "/").last.map(String.init) ?? ""
        let role = try await identity(RoleRecord.self, named: roleName, account: account)
        guard role?.id == claims.roleID else { throw IAMFault.invalidToken }
        if let service = claims.service {
            let count = try await revocations(service, claims.sessionName, account: account)
            guard count == claims.revocations else { throw IAMFault.expiredToken }
        }
        let session = RoleSession(
            roleARN: roleARN,
            roleID: claims.roleID,
            roleName: roleName,
            sessionName: claims.sessionName,
            sessionPolicies: claims.policies,
            sessionPolicyARNs: try claims.policyARNs.map { try ARN(parsing: $0) },
            tags: claims.tags,
            transitiveTagKeys: claims.transitiveTagKeys,
            sourceIdentity: claims.sourceIdentity,
            service: claims.service
        )
        return SigningIdentity(
            secret: Secret(utf8: claims.secret),
            principal: .assumedRole(session),
            account: account
        )
    }

    /// How often sessions of a service and name were revoked.
    ///
    /// Read each time: the change is part of the asking service's transaction, which the cache does not see.
    func revocations(
        _ service: String,
        _ sessionName: String,
        account: AccountID
    ) async throws -> Int {
        let key = IAMKeys(account: account).revocation(service, sessionName)
        return try await store.get(key, as: Int.self)?.value ?? 0
    }
}
