import Storage
import Vocabulary

/// The names of records; names of entities in lower case, since they are unique without regard to case.
struct IAMKeys: Sendable {
    let account: AccountID

    func holders(_ kind: HolderKind) -> RecordKey { RecordKey(account, "iam", kind.rawValue) }

    func holder(_ kind: HolderKind, _ name: String) -> RecordKey {
        holders(kind).appending(name.lowercased())
    }

    var policies: RecordKey { RecordKey(account, "iam", "policy") }

    func policy(_ name: String) -> RecordKey { policies.appending(name.lowercased()) }

    func policyDocument(_ name: String, _ version: Int) -> RecordKey {
        RecordKey(account, "iam", "policy-document", name.lowercased(), "\(version)")
    }

    var policyUses: RecordKey { RecordKey(account, "iam", "policy-use") }

    func policyUse(_ arn: String) -> RecordKey { policyUses.appending(arn) }

    func policyUsers(_ arn: String, _ usage: PolicyUsage) -> RecordKey {
        RecordKey(account, "iam", "policy-user", arn, usage.rawValue)
    }

    func policyUser(
        _ arn: String,
        _ usage: PolicyUsage,
        _ kind: HolderKind,
        _ name: String
    ) -> RecordKey {
        policyUsers(arn, usage).appending(kind.rawValue, name.lowercased())
    }

    var instanceProfiles: RecordKey { RecordKey(account, "iam", "instance-profile") }

    func instanceProfile(_ name: String) -> RecordKey {
        instanceProfiles.appending(name.lowercased())
    }

    var counts: RecordKey { RecordKey(account, "iam", "counts") }

    /// Of users and roles by unique id: their ARNs.
    func principal(_ id: String) -> RecordKey { RecordKey(account, "iam", "principal", id) }

    /// There once all users and roles are filed by id, those included that were made before any was.
    var principalsAreFiled: RecordKey { RecordKey(account, "iam", "principals-filed") }

    func revocation(_ service: String, _ sessionName: String) -> RecordKey {
        RecordKey(account, "iam", "revocation", service, sessionName)
    }

    /// Of no account, since it is by the key that the account is found.
    static func accessKey(_ id: String) -> RecordKey {
        RecordKey(["", "", "iam", "access-key", id])
    }

    static func lastUse(_ id: String) -> RecordKey { RecordKey(["", "", "iam", "last-use", id]) }
}

/// What a managed policy is to a user or role.
enum PolicyUsage: String, Sendable, CaseIterable {
    case permissions = "PermissionsPolicy"
    case boundary = "PermissionsBoundary"
}
