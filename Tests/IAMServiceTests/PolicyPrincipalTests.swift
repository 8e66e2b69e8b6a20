import FoundationEssentials
import ServiceKit
import ServiceTestKit
import Storage
import Testing
import Vocabulary

@testable import IAMService

@Suite("The principals of a trust policy")
struct PolicyPrincipalTests {
    private static let target = "arn:aws:iam::111122223333:role/target"

    private func trust(_ principal: String) -> String {
        Policies.trust("{\"AWS\":\"\(principal)\"}")
    }

    private func makeRole(
        _ iam: IAMTestBench,
        _ name: String,
        trusting principal: String
    ) async throws {
        try await iam.call(
            "CreateRole",
            ["RoleName": name, "AssumeRolePolicyDocument": trust(principal)]
        )
    }

    private func session(
        _ iam: IAMTestBench,
        of role: String,
        named name: String = "me",
        as caller: Principal? = nil
    ) async throws -> Principal {
        try await iam.signIn(
            iam.call(
                "AssumeRole",
                [
                    "RoleArn": "arn:aws:iam::111122223333:role/\(role)", "RoleSessionName": name,
                ],
                as: caller
            )
        )
    }

    private func mayAssume(_ iam: IAMTestBench, _ caller: Principal) async throws -> Bool {
        let fault = try await iam.fault(
            "AssumeRole",
            ["RoleArn": Self.target, "RoleSessionName": "it"],
            as: caller
        )
        #expect(fault == nil || fault?.code == "AccessDenied")
        return fault == nil
    }

    /// The trust policy of the role, as every operation that shows it does.
    private func shown(_ iam: IAMTestBench, _ name: String = "target") async throws -> String {
        let answers = [
            try await iam.call("GetRole", ["RoleName": name]),
            try await iam.call(
                "UpdateRoleDescription",
                ["RoleName": name, "Description": "shown"]
            ),
            try await iam.call("ListRoles"),
        ]
        let texts = try answers.map { answer in
            let index = try #require(answer.all("RoleName").firstIndex(of: name))
            return answer.all("AssumeRolePolicyDocument")[index]
        }
        #expect(Set(texts).count == 1)
        return try #require(texts.first?.percentDecoded)
    }

    private func delete(_ iam: IAMTestBench, user name: String) async throws {
        for key in try await iam.call("ListAccessKeys", ["UserName": name]).all("AccessKeyId") {
            try await iam.call("DeleteAccessKey", ["UserName": name, "AccessKeyId": key])
        }
        try await iam.call("DeleteUser", ["UserName": name])
    }

    @Test func `a user made again under a trusted name is not trusted`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice")
        let arn = alice.arn?.description ?? ""
        try await makeRole(iam, "target", trusting: arn)
        #expect(try await mayAssume(iam, alice))
        #expect(try await shown(iam) == trust(arn))

        try await delete(iam, user: "alice")
        let other = try await iam.user("alice")
        #expect(other.arn == alice.arn)
        #expect(try await !mayAssume(iam, other))
        let bare = trust(alice.userID ?? "")
        #expect(try await shown(iam) == bare)
        let fault = try await iam.fault(
            "UpdateAssumeRolePolicy",
            ["RoleName": "target", "PolicyDocument": bare]
        )
        #expect(fault?.code == "MalformedPolicyDocument")
        #expect(
            fault?.message
                == "Invalid principal in policy: \"AWS\":\"\(alice.userID ?? "")\""
        )
    }

    @Test func `a renamed user stays trusted, and is shown by the new name`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice")
        try await makeRole(iam, "target", trusting: alice.arn?.description ?? "")
        try await iam.call(
            "UpdateUser",
            ["UserName": "alice", "NewUserName": "carol", "NewPath": "/ops/"]
        )
        let key = try await iam.call("CreateAccessKey", ["UserName": "carol"])
        #expect(try await mayAssume(iam, iam.signIn(key)))
        #expect(try await shown(iam) == trust("arn:aws:iam::111122223333:user/ops/carol"))
        #expect(try await !mayAssume(iam, iam.user("alice")))
    }

    @Test(arguments: [
        "arn:aws:iam::111122223333:role/ops", "arn:aws:sts::111122223333:assumed-role/ops/me",
    ])
    func `sessions of a role made again are not those of the trusted one`(
        principal: String
    ) async throws {
        let iam = try await IAMTestBench()
        try await makeRole(iam, "ops", trusting: iam.account)
        try await makeRole(iam, "target", trusting: principal)
        let first = try await session(iam, of: "ops")
        #expect(try await mayAssume(iam, first))
        let named = principal.contains(":sts:")
        #expect(try await mayAssume(iam, session(iam, of: "ops", named: "you")) == !named)
        #expect(try await shown(iam) == trust(principal))

        try await iam.call("DeleteRole", ["RoleName": "ops"])
        try await makeRole(iam, "ops", trusting: iam.account)
        #expect(try await !mayAssume(iam, session(iam, of: "ops")))
        let id = String((first.userID ?? "").split(separator: ":")[0])
        #expect(try await shown(iam) == trust(named ? "\(id):me" : id))
    }

    @Test func `an id of somebody who exists is shown as the ARN`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice")
        try await makeRole(iam, "target", trusting: alice.userID ?? "")
        #expect(try await mayAssume(iam, alice))
        #expect(try await shown(iam) == trust(alice.arn?.description ?? ""))
    }

    @Test func `an instance profile shows its role's trust policy with ARNs`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice")
        try await makeRole(iam, "target", trusting: alice.arn?.description ?? "")
        let pair = ["InstanceProfileName": "p", "RoleName": "target"]
        try await iam.call("CreateInstanceProfile", ["InstanceProfileName": "p"])
        try await iam.call("AddRoleToInstanceProfile", pair)
        for operation in ["GetInstanceProfile", "ListInstanceProfilesForRole"] {
            let answer = try await iam.call(operation, pair)
            #expect(
                answer["AssumeRolePolicyDocument"].percentDecoded
                    == trust(alice.arn?.description ?? "")
            )
        }
    }

    @Test(arguments: [
        "arn:aws:sts::111122223333:assumed-role/nobody/me",
        "arn:aws:sts::111122223333:assumed-role/TARGET/me",
        "arn:aws:sts::111122223333:assumed-role/target",
        "arn:aws:sts::111122223333:assumed-role/target/me/too",
        "arn:aws-cn:iam::111122223333:role/target", "arn:aws:iam::111122223333:role/other",
        "AROATARGET2345ABCDEFG", "AROATARGET2345ABCDEFG:me",
    ])
    func `somebody who does not exist is refused`(principal: String) async throws {
        let iam = try await IAMTestBench()
        try await makeRole(iam, "target", trusting: iam.account)
        let fault = try await iam.fault(
            "UpdateAssumeRolePolicy",
            ["RoleName": "target", "PolicyDocument": trust(principal)]
        )
        #expect(fault?.code == "MalformedPolicyDocument")
        #expect(fault?.message == "Invalid principal in policy: \"AWS\":\"\(principal)\"")
    }

    @Test(arguments: [
        "arn:aws:sts::111122223333:assumed-role/ops/Jane Doe",
        "arn:aws:sts::111122223333:assumed-role/ops/x",
        "arn:aws:sts::111122223333:assumed-role/ops/é",
        "arn:aws:sts::111122223333:assumed-role/ops/a:b",
        #"arn:aws:sts::111122223333:assumed-role/ops/a\nb"#,
        #"arn:aws:sts::111122223333:assumed-role\/ops\/a\"b"#,
        #"arn:aws:iam::999999999999:user/a\nb"#, #"arn:aws:iam::999999999999:user\/\u0062ob"#,
        "arn:aws:sts::999999999999:assumed-role/ops/Jane Doe",
    ])
    func `whom nobody can be stay as they are written`(principal: String) async throws {
        let iam = try await IAMTestBench()
        try await makeRole(iam, "ops", trusting: iam.account)
        try await makeRole(iam, "target", trusting: principal)
        #expect(try await shown(iam) == trust(principal))
        #expect(try await !mayAssume(iam, session(iam, of: "ops")))
        try await iam.call(
            "UpdateAssumeRolePolicy",
            ["RoleName": "target", "PolicyDocument": shown(iam)]
        )
        #expect(try await !mayAssume(iam, session(iam, of: "ops")))
    }

    @Test(arguments: ["/x*/", "/a?b/ops/"])
    func `a user of a path that no policy can name is shown by id`(path: String) async throws {
        let iam = try await IAMTestBench()
        let id = try await iam.user("alice").userID ?? ""
        try await makeRole(iam, "target", trusting: id)
        try await iam.call("UpdateUser", ["UserName": "alice", "NewPath": path])
        #expect(try await shown(iam) == trust(id))
        try await iam.call(
            "UpdateAssumeRolePolicy",
            ["RoleName": "target", "PolicyDocument": shown(iam)]
        )
        let key = try await iam.call("CreateAccessKey", ["UserName": "alice"])
        #expect(try await mayAssume(iam, iam.signIn(key)))
        try await iam.call("UpdateUser", ["UserName": "alice", "NewPath": "/"])
        #expect(try await shown(iam) == trust("arn:aws:iam::111122223333:user/alice"))
    }

    @Test func `of records from before ids were kept count by ARN`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice")
        let arn = alice.arn?.description ?? ""
        try await makeRole(iam, "target", trusting: arn)
        let keys = IAMKeys(account: iam.bench.scope.account)
        let store = iam.bench.store
        var role = try #require(
            try await store.get(keys.holder(.role, "target"), as: RoleRecord.self)?.value
        )
        #expect(role.trustPolicy == trust(alice.userID ?? ""))
        role.trustPolicy = trust(arn)
        try await store.commit(
            RecordTransaction(changes: [try store.put(keys.holder(.role, "target"), role)])
        )
        #expect(try await mayAssume(iam, alice))
        #expect(try await shown(iam) == trust(arn))
    }

    @Test func `users and roles from before are filed by id when the server starts`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice")
        let arn = alice.arn?.description ?? ""
        try await makeRole(iam, "ops", trusting: iam.account)
        try await makeRole(iam, "target", trusting: arn)
        try await makeRole(iam, "other", trusting: "arn:aws:iam::111122223333:role/ops")
        let account = iam.bench.scope.account
        let keys = IAMKeys(account: account)
        let store = iam.bench.store
        let filed = try await store.range(
            RecordKey(account, "iam", "principal"),
            as: String.self,
            limit: 10
        )
        #expect(filed.count == 5)
        try await store.commit(RecordTransaction(changes: filed.map { .delete($0.key) }))
        #expect(try await shown(iam) == trust(alice.userID ?? ""))

        try await iam.service.prepare(account: account)
        #expect(try await shown(iam) == trust(arn))
        #expect(try await shown(iam, "other") == trust("arn:aws:iam::111122223333:role/ops"))
        let again = try await store.range(
            RecordKey(account, "iam", "principal"),
            as: String.self,
            limit: 10
        )
        #expect(again.map(\.key) == filed.map(\.key))

        // Once is enough: what is gone later is gone, and a second start reads nothing but that.
        let id = keys.principal(alice.userID ?? "")
        try await store.commit(RecordTransaction(changes: [.delete(id)]))
        try await iam.service.prepare(account: account)
        #expect(try await store.get(id, as: String.self) == nil)
    }
}

extension String {
    fileprivate var percentDecoded: String {
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
