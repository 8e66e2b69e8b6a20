import FoundationEssentials
import IAMService
import ServiceKit
import Testing
import Vocabulary

/// Who may do what, as a table in the repository: `authorization.txt` beside this file.
///
/// Every operation is called by each kind of caller, and the table is written from what happened. After a
/// change on purpose, run the test with `SEKISHO_WRITE_TABLES=1`, and read the difference before committing it.
@Suite("The authorization table of IAM and STS")
struct AuthorizationTableTests {
    /// The parameters with which each operation is called.
    static let calls: [(operation: String, parameters: [String: String])] = [
        ("AddRoleToInstanceProfile", ["InstanceProfileName": "profile", "RoleName": "role"]),
        ("AssumeRole", ["RoleArn": role, "RoleSessionName": "session"]),
        ("AttachRolePolicy", ["RoleName": "role", "PolicyArn": policy]),
        ("AttachUserPolicy", ["UserName": "user", "PolicyArn": policy]),
        ("CreateAccessKey", ["UserName": "user"]),
        ("CreateInstanceProfile", ["InstanceProfileName": "new"]),
        ("CreatePolicy", ["PolicyName": "new", "PolicyDocument": Policies.allow("kms:*")]),
        ("CreatePolicyVersion", ["PolicyArn": policy, "PolicyDocument": Policies.allow("kms:*")]),
        ("CreateRole", ["RoleName": "new", "AssumeRolePolicyDocument": Policies.trustingSSM]),
        ("CreateUser", ["UserName": "new", "Path": "/team/"]),
        ("DeleteAccessKey", ["UserName": "user", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE"]),
        ("DeleteInstanceProfile", ["InstanceProfileName": "profile"]),
        ("DeletePolicy", ["PolicyArn": policy]),
        ("DeletePolicyVersion", ["PolicyArn": policy, "VersionId": "v1"]),
        ("DeleteRole", ["RoleName": "role"]),
        ("DeleteRolePermissionsBoundary", ["RoleName": "role"]),
        ("DeleteRolePolicy", ["RoleName": "role", "PolicyName": "inline"]),
        ("DeleteUser", ["UserName": "user"]),
        ("DeleteUserPermissionsBoundary", ["UserName": "user"]),
        ("DeleteUserPolicy", ["UserName": "user", "PolicyName": "inline"]),
        ("DetachRolePolicy", ["RoleName": "role", "PolicyArn": policy]),
        ("DetachUserPolicy", ["UserName": "user", "PolicyArn": policy]),
        ("GetAccessKeyLastUsed", ["AccessKeyId": "AKIAIOSFODNN7EXAMPLE"]),
        ("GetCallerIdentity", [:]),
        ("GetInstanceProfile", ["InstanceProfileName": "profile"]),
        ("GetPolicy", ["PolicyArn": policy]),
        ("GetPolicyVersion", ["PolicyArn": policy, "VersionId": "v1"]),
        ("GetRole", ["RoleName": "role"]),
        ("GetRolePolicy", ["RoleName": "role", "PolicyName": "inline"]),
        ("GetUser", ["UserName": "user"]),
        ("GetUserPolicy", ["UserName": "user", "PolicyName": "inline"]),
        ("ListAccessKeys", ["UserName": "user"]),
        ("ListAttachedRolePolicies", ["RoleName": "role"]),
        ("ListAttachedUserPolicies", ["UserName": "user"]),
        ("ListEntitiesForPolicy", ["PolicyArn": policy]),
        ("ListInstanceProfileTags", ["InstanceProfileName": "profile"]),
        ("ListInstanceProfiles", [:]),
        ("ListInstanceProfilesForRole", ["RoleName": "role"]),
        ("ListPolicies", [:]),
        ("ListPolicyTags", ["PolicyArn": policy]),
        ("ListPolicyVersions", ["PolicyArn": policy]),
        ("ListRolePolicies", ["RoleName": "role"]),
        ("ListRoleTags", ["RoleName": "role"]),
        ("ListRoles", [:]),
        ("ListUserPolicies", ["UserName": "user"]),
        ("ListUserTags", ["UserName": "user"]),
        ("ListUsers", ["PathPrefix": "/team/"]),
        ("PutRolePermissionsBoundary", ["RoleName": "role", "PermissionsBoundary": policy]),
        ("PutRolePolicy", inline("RoleName", "role")),
        ("PutUserPermissionsBoundary", ["UserName": "user", "PermissionsBoundary": policy]),
        ("PutUserPolicy", inline("UserName", "user")),
        ("RemoveRoleFromInstanceProfile", ["InstanceProfileName": "profile", "RoleName": "role"]),
        ("SetDefaultPolicyVersion", ["PolicyArn": policy, "VersionId": "v1"]),
        ("TagInstanceProfile", tags("InstanceProfileName", "profile")),
        ("TagPolicy", tags("PolicyArn", policy)),
        ("TagRole", tags("RoleName", "role")),
        ("TagUser", tags("UserName", "user")),
        ("UntagInstanceProfile", ["InstanceProfileName": "profile", "TagKeys.member.1": "k"]),
        ("UntagPolicy", ["PolicyArn": policy, "TagKeys.member.1": "k"]),
        ("UntagRole", ["RoleName": "role", "TagKeys.member.1": "k"]),
        ("UntagUser", ["UserName": "user", "TagKeys.member.1": "k"]),
        (
            "UpdateAccessKey",
            ["UserName": "user", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Inactive"]
        ),
        (
            "UpdateAssumeRolePolicy",
            ["RoleName": "role", "PolicyDocument": Policies.trustingSSM]
        ),
        ("UpdateRole", ["RoleName": "role", "Description": "d"]),
        ("UpdateRoleDescription", ["RoleName": "role", "Description": "d"]),
        ("UpdateUser", ["UserName": "user", "NewPath": "/new/"]),
    ]

    private static let role = "arn:aws:iam::111122223333:role/role"
    private static let policy = "arn:aws:iam::111122223333:policy/policy"

    private static func inline(_ key: String, _ name: String) -> [String: String] {
        [key: name, "PolicyName": "inline", "PolicyDocument": Policies.allow("kms:*")]
    }

    private static func tags(_ key: String, _ name: String) -> [String: String] {
        [key: name, "Tags.member.1.Key": "k", "Tags.member.1.Value": "v"]
    }

    @Test func `every operation is in the table`() async throws {
        let iam = try await IAMTestBench()
        let offered = (iam.service.iam.operations + iam.service.sts.operations).map(\.name).sorted()
        #expect(Self.calls.map(\.operation) == offered)
        let signed = iam.service.iam.operations + iam.service.sts.operations
        #expect(signed.allSatisfy { if case .signed = $0.authentication { true } else { false } })
    }

    @Test func `the table says what happens`() async throws {
        var lines = [Self.line("operation", "asks for", Self.callers)]
        for call in Self.calls { lines.append(try await Self.row(call.operation, call.parameters)) }
        let table = lines.joined(separator: "\n") + "\n"
        let file = Self.directory + "/authorization.txt"
        if ProcessInfo.processInfo.environment["SEKISHO_WRITE_TABLES"] == "1" {
            try Data(table.utf8).write(to: URL(filePath: file))
        }
        let checkedIn = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        for (expected, actual) in zip(
            checkedIn.split(separator: "\n"),
            table.split(separator: "\n")
        )
        where expected != actual {
            Issue.record("the table says\n\(expected)\nand what happens is\n\(actual)")
        }
        #expect(checkedIn.split(separator: "\n").count == table.split(separator: "\n").count)
    }

    private static let directory = String(
        #filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex)
    )

    private static let callers = [
        "administrator", "ReadOnlyAccess", "no policy", "denied", "bounded", "service", "node",
        "anonymous",
    ]

    private static func line(_ operation: String, _ asked: String, _ cells: [String]) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let columns = zip(callers, cells).map { padded($1, $0.count) }
        return ([padded(operation, 30), padded(asked, 92)] + columns).joined(separator: "  ")
            .trimmingEnd
    }

    /// One operation by each caller, each in an installation of its own.
    private static func row(
        _ operation: String,
        _ parameters: [String: String]
    ) async throws -> String {
        var cells: [String] = []
        var asked = "nothing"
        for name in callers {
            let iam = try await installation()
            let caller = try await caller(name, in: iam)
            let fault = try await iam.fault(operation, parameters, as: caller)
            let isDenied = fault?.code == "AccessDenied"
            cells.append(isDenied ? "no" : "yes")
            if name == "no policy", let message = fault?.message, isDenied {
                asked = question(in: message)
            }
        }
        return line(operation, asked, cells)
    }

    /// The action and resource in the sentence of a denial.
    private static func question(in message: String) -> String {
        let words = message.split(separator: " ")
        guard let perform = words.firstIndex(of: "perform:"),
            let end = words.firstIndex(of: "because")
        else { return message }
        return words[(perform + 1)..<end].filter { $0 != "on" && $0 != "resource:" }
            .joined(separator: " ")
    }

    private static func installation() async throws -> IAMTestBench {
        let iam = try await IAMTestBench()
        try await iam.call("CreateUser", ["UserName": "user"])
        try await iam.call(
            "CreateRole",
            ["RoleName": "role", "AssumeRolePolicyDocument": Policies.trustingAccount]
        )
        try await iam.call(
            "CreatePolicy",
            ["PolicyName": "policy", "PolicyDocument": Policies.allow("kms:*")]
        )
        try await iam.call("CreateInstanceProfile", ["InstanceProfileName": "profile"])
        return iam
    }

    private static func caller(_ name: String, in iam: IAMTestBench) async throws -> Principal {
        func attached(_ arn: String, _ user: String) async throws -> Principal {
            let principal = try await iam.user(user)
            try await iam.call("AttachUserPolicy", ["UserName": user, "PolicyArn": arn])
            return principal
        }
        switch name {
        case "administrator": return iam.administrator
        case "ReadOnlyAccess": return try await attached(Policies.readOnly, "reader")
        case "no policy": return try await iam.user("nobody")
        case "denied":
            let denied = try await attached(Policies.administrator, "denied")
            let document = Policies.deny("*")
            try await iam.call(
                "PutUserPolicy",
                ["UserName": "denied", "PolicyName": "deny", "PolicyDocument": document]
            )
            return denied
        case "bounded":
            let bounded = try await attached(Policies.administrator, "bounded")
            try await iam.call(
                "PutUserPermissionsBoundary",
                ["UserName": "bounded", "PermissionsBoundary": Policies.readOnly]
            )
            return bounded
        case "service": return .service("ssm.amazonaws.com")
        case "node": return .node(try NodeID(parsing: "mi-0123456789abcdef0"))
        default: return .anonymous
        }
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
