import FoundationEssentials
import IAMService
import ServiceKit
import ServiceTestKit
import Testing
import Vocabulary

@Suite("Users")
struct UserTests {
    @Test func `a user is shown as it was made`() async throws {
        let iam = try await IAMTestBench()
        let made = try await iam.call(
            "CreateUser",
            [
                "UserName": "alice", "Path": "/ops/", "Tags.member.1.Key": "Team",
                "Tags.member.1.Value": "blue", "PermissionsBoundary": Policies.readOnly,
            ]
        )
        let shown = try await iam.call("GetUser", ["UserName": "ALICE"])
        for answer in [made, shown] {
            #expect(answer["UserName"] == "alice")
            #expect(answer["Path"] == "/ops/")
            #expect(answer["Arn"] == "arn:aws:iam::111122223333:user/ops/alice")
            #expect(answer["UserId"].hasPrefix("AIDA"))
            #expect(answer["UserId"].count == 21)
            #expect(answer["CreateDate"] == "2026-01-02T03:04:05Z")
            #expect(answer["Key"] == "Team")
            #expect(answer["PermissionsBoundaryArn"] == Policies.readOnly)
            #expect(answer["PermissionsBoundaryType"] == "Policy")
        }
    }

    @Test func `without a name the caller is shown`() async throws {
        let iam = try await IAMTestBench()
        #expect(try await iam.call("GetUser")["UserName"] == "administrator")
        let role = try await iam.call(
            "CreateRole",
            ["RoleName": "ops", "AssumeRolePolicyDocument": Policies.trustingAccount]
        )
        let session = try await iam.signIn(
            iam.call("AssumeRole", ["RoleArn": role["Arn"], "RoleSessionName": "me"])
        )
        #expect(try await iam.fault("GetUser", as: session)?.code == "ValidationError")
    }

    @Test func `a name is taken once, in whatever case`() async throws {
        let iam = try await IAMTestBench()
        try await iam.call("CreateUser", ["UserName": "alice"])
        let fault = try await iam.fault("CreateUser", ["UserName": "Alice"])
        #expect(fault?.code == "EntityAlreadyExists")
        #expect(fault?.message == "User with name Alice already exists.")
        #expect(fault?.status == 409)
    }

    @Test(arguments: [
        (["UserName": ""], "at 'userName' failed to satisfy constraint: Member must have length"),
        (["UserName": "a b"], "Member must satisfy regular expression pattern: [\\w+=,.@-]+"),
        (["UserName": String(repeating: "a", count: 65)], "less than or equal to 64"),
        ([:], "Value null at 'userName' failed to satisfy constraint: Member must not be null"),
        (["UserName": "a", "Path": "ops"], "at 'path' failed to satisfy constraint"),
        (
            ["UserName": "a", "Tags.member.1.Key": "a!", "Tags.member.1.Value": ""],
            "tags.1.member.key"
        ),
    ])
    func `a bad input is told in AWS's words`(input: [String: String], part: String) async throws {
        let iam = try await IAMTestBench()
        let fault = try await iam.fault("CreateUser", input)
        #expect(fault?.code == "ValidationError")
        #expect(fault?.status == 400)
        #expect(fault?.message.contains(part) == true, "\(fault?.message ?? "")")
    }

    @Test func `pages go through all users in order, each once`() async throws {
        let iam = try await IAMTestBench()
        for name in ["d", "B", "a", "e", "c"] {
            try await iam.call("CreateUser", ["UserName": name, "Path": "/x/"])
        }
        var names: [String] = []
        var marker: String?
        repeat {
            var input = ["MaxItems": "2", "PathPrefix": "/x"]
            input["Marker"] = marker
            let page = try await iam.call("ListUsers", input)
            names += page.all("UserName")
            marker = page.all("Marker").first
            #expect(page["IsTruncated"] == (marker == nil ? "false" : "true"))
        } while marker != nil
        #expect(names == ["a", "B", "c", "d", "e"])
    }

    @Test func `a marker of another question is refused`() async throws {
        let iam = try await IAMTestBench()
        for name in ["a", "b"] { try await iam.call("CreateUser", ["UserName": name]) }
        let marker = try await iam.call("ListUsers", ["MaxItems": "1"])["Marker"]
        let fault = try await iam.fault("ListUsers", ["Marker": marker, "PathPrefix": "/other/"])
        #expect(fault?.code == "ValidationError")
        #expect(try await iam.fault("ListRoles", ["Marker": marker])?.code == "ValidationError")
        #expect(try await iam.fault("ListUsers", ["MaxItems": "1001"])?.code == "ValidationError")
    }

    @Test func `a renamed user keeps its id, keys and policies`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice", allowing: Policies.allow("kms:*"))
        let id = try await iam.call("GetUser", ["UserName": "alice"])["UserId"]
        try await iam.call(
            "AttachUserPolicy",
            ["UserName": "alice", "PolicyArn": Policies.readOnly]
        )
        let key = try await iam.call("ListAccessKeys", ["UserName": "alice"])["AccessKeyId"]
        try await iam.call(
            "UpdateUser",
            ["UserName": "alice", "NewUserName": "anna", "NewPath": "/new/"]
        )
        #expect(try await iam.fault("GetUser", ["UserName": "alice"])?.code == "NoSuchEntity")
        let shown = try await iam.call("GetUser", ["UserName": "anna"])
        #expect(shown["UserId"] == id)
        #expect(shown["Arn"] == "arn:aws:iam::111122223333:user/new/anna")
        let anna = try await iam.service.signingIdentity(accessKeyID: key, sessionToken: nil)
        #expect(anna.principal.arn?.description == shown["Arn"])
        #expect(try await iam.isAllowed("kms:Encrypt", as: anna.principal))
        #expect(try await !iam.isAllowed("kms:Encrypt", as: alice))
        let entities = try await iam.call("ListEntitiesForPolicy", ["PolicyArn": Policies.readOnly])
        #expect(entities.all("UserName") == ["anna"])
        try await iam.call(
            "DetachUserPolicy",
            ["UserName": "anna", "PolicyArn": Policies.readOnly]
        )
        let after = try await iam.call("ListEntitiesForPolicy", ["PolicyArn": Policies.readOnly])
        #expect(after.all("UserName").isEmpty)
    }

    @Test func `a user is not renamed over another`() async throws {
        let iam = try await IAMTestBench()
        for name in ["a", "b"] { try await iam.call("CreateUser", ["UserName": name]) }
        let fault = try await iam.fault("UpdateUser", ["UserName": "a", "NewUserName": "B"])
        #expect(fault?.code == "EntityAlreadyExists")
    }

    @Test func `a user is deleted once nothing is left of it`() async throws {
        let iam = try await IAMTestBench()
        _ = try await iam.user("alice", allowing: Policies.allow("kms:*"))
        try await iam.call(
            "AttachUserPolicy",
            ["UserName": "alice", "PolicyArn": Policies.readOnly]
        )
        func refusal() async throws -> String? {
            let fault = try await iam.fault("DeleteUser", ["UserName": "alice"])
            #expect(fault.map { $0.code == "DeleteConflict" } ?? true)
            return fault?.message
        }
        #expect(try await refusal() == "Cannot delete entity, must delete access keys first.")
        let key = try await iam.call("ListAccessKeys", ["UserName": "alice"])["AccessKeyId"]
        try await iam.call("DeleteAccessKey", ["UserName": "alice", "AccessKeyId": key])
        #expect(try await refusal() == "Cannot delete entity, must detach all policies first.")
        try await iam.call(
            "DetachUserPolicy",
            ["UserName": "alice", "PolicyArn": Policies.readOnly]
        )
        #expect(try await refusal() == "Cannot delete entity, must delete policies first.")
        try await iam.call("DeleteUserPolicy", ["UserName": "alice", "PolicyName": "own"])
        #expect(try await refusal() == nil)
        let fault = try await iam.fault("DeleteUser", ["UserName": "alice"])
        #expect(fault?.message == "The user with name alice cannot be found.")
        #expect(fault?.status == 404)
    }

    @Test func `tags are added, replaced, listed and taken away`() async throws {
        let iam = try await IAMTestBench()
        try await iam.call("CreateUser", ["UserName": "alice"])
        func tag(_ key: String, _ value: String) async throws {
            try await iam.call(
                "TagUser",
                ["UserName": "alice", "Tags.member.1.Key": key, "Tags.member.1.Value": value]
            )
        }
        try await tag("b", "1")
        try await tag("A", "2")
        try await tag("B", "3")
        let list = try await iam.call("ListUserTags", ["UserName": "alice"])
        #expect(list.all("Key") == ["A", "B"])
        #expect(list.all("Value") == ["2", "3"])
        try await iam.call("UntagUser", ["UserName": "alice", "TagKeys.member.1": "b"])
        #expect(try await iam.call("ListUserTags", ["UserName": "alice"]).all("Key") == ["A"])
        let reserved = try await iam.fault(
            "TagUser",
            ["UserName": "alice", "Tags.member.1.Key": "aws:x", "Tags.member.1.Value": "1"]
        )
        #expect(reserved?.code == "InvalidInput")
    }

    @Test func `the fifty-first tag is one too many`() async throws {
        let iam = try await IAMTestBench()
        try await iam.call("CreateUser", ["UserName": "alice"])
        var tags = ["UserName": "alice"]
        for number in 1...50 {
            tags["Tags.member.\(number).Key"] = "k\(number)"
            tags["Tags.member.\(number).Value"] = "v"
        }
        try await iam.call("TagUser", tags)
        let one = ["UserName": "alice", "Tags.member.1.Key": "x", "Tags.member.1.Value": "1"]
        #expect(try await iam.fault("TagUser", one)?.code == "LimitExceeded")
        tags["Tags.member.51.Key"] = "k51"
        tags["Tags.member.51.Value"] = "v"
        #expect(try await iam.fault("TagUser", tags)?.code == "ValidationError")
    }

    @Test func `a change and its audit record are one`() async throws {
        let iam = try await IAMTestBench()
        let answer = try await iam.call("CreateUser", ["UserName": "alice"])
        #expect(answer.context.audit.isWritten)
        let records = try await AuditTrail(store: iam.bench.store).newest(1, in: iam.bench.scope)
        #expect(records.first?.eventName == "CreateUser")
        #expect(records.first?.resources == ["arn:aws:iam::111122223333:user/alice"])
    }

    @Test func `two changes at once of one user are both made`() async throws {
        let iam = try await IAMTestBench()
        try await iam.call("CreateUser", ["UserName": "alice"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await iam.call(
                        "PutUserPolicy",
                        [
                            "UserName": "alice", "PolicyName": "p\(number)",
                            "PolicyDocument": Policies.allow("kms:*"),
                        ]
                    )
                }
            }
            try await group.waitForAll()
        }
        let names = try await iam.call("ListUserPolicies", ["UserName": "alice"]).all("member")
        #expect(names == (0..<8).map { "p\($0)" })
    }
}
