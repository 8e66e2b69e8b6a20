import PolicyEngine
import ServiceKit
import Storage
package import Vocabulary

extension IAMService: PolicyPrincipalPort {
    package func identifyingPrincipals(
        in policy: String,
        account: AccountID
    ) async throws -> String {
        guard let principals = PolicyPrincipals(of: policy) else { return policy }
        var ids: [PrincipalName: PrincipalName] = [:]
        for name in principals.names { ids[name] = try await identified(name, account: account) }
        return principals.renaming(ids)
    }

    package func namingPrincipals(
        in policy: String,
        account: AccountID
    ) async throws -> String {
        guard let principals = PolicyPrincipals(of: policy) else { return policy }
        var names: [PrincipalName: PrincipalName] = [:]
        for name in principals.names { names[name] = try await named(name, account: account) }
        return principals.renaming(names)
    }

    /// The name by unique id; nil for what stays as it is written.
    ///
    /// That is one by id already, one of another account, and a session of a name that no session can have:
    /// by id it could not be read again.
    private func identified(
        _ name: PrincipalName,
        account: AccountID
    ) async throws -> PrincipalName? {
        switch name {
        case .user(let arn), .role(let arn), .session(let arn):
            guard arn.account == account.description else { return nil }
        case .uniqueID(let id), .sessionOfID(let id, _):
            guard try await arn(ofPrincipal: id, account: account) != nil else {
                throw UnknownPrincipal(name.text)
            }
            return nil
        }
        let keys = IAMKeys(account: account)
        let id: PrincipalName? =
            switch name {
            case .user(let arn):
                try await holder(of: arn, UserRecord.self, keys).map { .uniqueID($0.id) }
            case .role(let arn):
                try await holder(of: arn, RoleRecord.self, keys).map { .uniqueID($0.id) }
            case .session(let arn): try await session(arn, keys)
            case .uniqueID, .sessionOfID: nil
            }
        guard let id else { throw UnknownPrincipal(name.text) }
        return id.isExpressible ? id : nil
    }

    private func holder<Holder: PolicyHolder>(
        of arn: ARN,
        _ type: Holder.Type,
        _ keys: IAMKeys
    ) async throws -> Holder? {
        let name = arn.resource.split(separator: "/").last.map(String.init) ?? ""
        let holder = try await store.get(keys.holder(Holder.kind, name), as: type)?.value
        return holder?.arn == arn.description ? holder : nil
    }

    /// A session by its role's id, if the role exists; whether somebody is in that session does not matter.
    private func session(_ arn: ARN, _ keys: IAMKeys) async throws -> PrincipalName? {
        let parts = arn.resource.split(separator: "/").map(String.init)
        guard parts.count == 3,
            let role = try await store.get(keys.holder(.role, parts[1]), as: RoleRecord.self)?
                .value,
            try sessionARN(named: parts[2], of: role.arn, roleID: role.id) == arn
        else { return nil }
        return .sessionOfID(role.id, name: parts[2])
    }

    /// The present name of an id; nil for what is no id, and for the id of somebody who is gone.
    ///
    /// Nil too for a name that no policy can have, as one with a `*` in its path: what is shown can be saved.
    private func named(
        _ name: PrincipalName,
        account: AccountID
    ) async throws -> PrincipalName? {
        let present = try await presentName(name, account: account)
        return present?.isExpressible == true ? present : nil
    }

    private func presentName(
        _ name: PrincipalName,
        account: AccountID
    ) async throws -> PrincipalName? {
        switch name {
        case .user, .role, .session: return nil
        case .uniqueID(let id):
            guard let text = try await arn(ofPrincipal: id, account: account) else { return nil }
            let arn = try ARN(parsing: text)
            return arn.resource.hasPrefix("user/") ? .user(arn) : .role(arn)
        case .sessionOfID(let id, let name):
            guard let role = try await arn(ofPrincipal: id, account: account) else { return nil }
            return .session(try sessionARN(named: name, of: role, roleID: id))
        }
    }

    private func arn(ofPrincipal id: String, account: AccountID) async throws -> String? {
        try await store.get(IAMKeys(account: account).principal(id), as: String.self)?.value
    }

    private func sessionARN(
        named name: String,
        of roleARN: String,
        roleID: String
    ) throws -> ARN {
        RoleSession(
            roleARN: try ARN(parsing: roleARN),
            roleID: roleID,
            roleName: roleARN.split(separator: "/").last.map(String.init) ?? "",
            sessionName: name
        ).sessionARN
    }
}
