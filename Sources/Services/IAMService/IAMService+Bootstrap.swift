package import Sealing
import ServiceKit
import Storage
package import Vocabulary

extension IAMService {
    /// The name of the user that an installation begins with.
    package static let administratorName = "administrator"

    /// Makes the user `administrator`, who may do everything, and an access key for it.
    ///
    /// For `sekisho init` and the in-memory server, before there is anybody who could call CreateUser. The key
    /// is the given one, or a new one. A second time it throws `EntityAlreadyExists`, and changes nothing.
    package func bootstrapAdministrator(
        in scope: Scope,
        accessKeyID: String? = nil,
        secretAccessKey: Secret? = nil
    ) async throws -> (accessKeyID: String, secretAccessKey: Secret) {
        let name = Self.administratorName
        let keys = IAMKeys(account: scope.account)
        let policy = "arn:\(scope.region.partition.rawValue):iam::aws:policy/AdministratorAccess"
        let now = clock.now()
        let id = accessKeyID ?? newAccessKeyID("AKIA")
        let secret = secretAccessKey ?? Secret(utf8: newSecretAccessKey())
        let user = UserRecord(
            name: name,
            path: "/",
            arn: scope.globalARN(service: "iam", resource: "user/\(name)").description,
            id: uniqueID(HolderKind.user.idPrefix),
            created: now,
            tags: [],
            attached: [policy],
            accessKeys: [id]
        )
        let key = AccessKeyRecord(
            id: id,
            account: scope.account.description,
            userID: user.id,
            userName: name,
            secret: secret.revealedText(),
            status: .active,
            created: now
        )
        var draft = Draft(store: store)
        let holderKey = keys.holder(.user, name)
        let accessKey = IAMKeys.accessKey(id)
        guard try await draft.read(holderKey, as: UserRecord.self) == nil,
            try await draft.read(accessKey, as: AccessKeyRecord.self) == nil
        else { throw IAMFault.alreadyExists("User with name \(name) already exists.") }
        var counts = try await draft.read(keys.counts, as: AccountCounts.self) ?? AccountCounts()
        counts.users += 1
        var use = try await draft.read(keys.policyUse(policy), as: PolicyUse.self) ?? PolicyUse()
        use.attachments += 1
        try draft.put(holderKey, user)
        try draft.file(user, in: keys)
        try draft.put(accessKey, key)
        try draft.put(keys.counts, counts)
        try draft.put(keys.policyUse(policy), use)
        try draft.put(
            keys.policyUser(policy, .permissions, .user, name),
            PolicyUser(kind: .user, name: name, id: user.id, path: "/")
        )
        try await store.commit(draft.transaction)
        cache.forget()
        return (id, secret)
    }
}
