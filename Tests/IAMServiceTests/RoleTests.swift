import Testing
import Vocabulary

@Suite("Roles")
struct RoleTests {
    private func role(
        _ iam: IAMTestBench,
        _ trust: String = Policies.trustingSSM,
        name: String = "node"
    ) async throws -> Answer {
        try await iam.call("CreateRole", ["RoleName": name, "AssumeRolePolicyDocument": trust])
    }

    @Test func `a role is shown as it was made, its trust policy encoded`() async throws {
        let iam = try await IAMTestBench()
        let made = try await iam.call(
            "CreateRole",
            [
                "RoleName": "node", "Path": "/service-role/", "Description": "for nodes",
                "AssumeRolePolicyDocument": Policies.trustingSSM, "MaxSessionDuration": "7200",
            ]
        )
        // AWS tells these two of a role that is asked for, and not of one that is made.
        #expect(made.all("MaxSessionDuration").isEmpty)
        #expect(made.all("RoleLastUsed").isEmpty)
        let shown = try await iam.call("GetRole", ["RoleName": "node"])
        #expect(shown["Arn"] == "arn:aws:iam::111122223333:role/service-role/node")
        #expect(shown["RoleId"].hasPrefix("AROA"))
        #expect(shown["MaxSessionDuration"] == "7200")
        #expect(shown["Description"] == "for nodes")
        #expect(shown["AssumeRolePolicyDocument"].hasPrefix("%7B%22Version%22%3A%222012-10-17%22"))
        let listed = try await iam.call("ListRoles", ["PathPrefix": "/service-role/"])
        #expect(listed.all("RoleName") == ["node"])
        #expect(try await iam.call("ListRoles", ["PathPrefix": "/x"]).all("RoleName").isEmpty)
    }

    @Test(arguments: [
        ("{", "This policy contains invalid Json. "),
        (Policies.allow("kms:*"), "Missing required field Principal"),
        (Policies.trust("\"*\"", action: "kms:*"), "AssumeRole policy may only specify STS"),
        (
            Policies.trust("{\"AWS\":\"arn:aws:iam::111122223333:user/nobody\"}"),
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:user/nobody\""
        ),
    ])
    func `a trust policy that cannot be is refused`(trust: String, part: String) async throws {
        let iam = try await IAMTestBench()
        let input = ["RoleName": "r", "AssumeRolePolicyDocument": trust]
        let fault = try await iam.fault("CreateRole", input)
        #expect(fault?.code == "MalformedPolicyDocument")
        #expect(fault?.message.contains(part) == true, "\(fault?.message ?? "")")
        _ = try await role(iam, name: "there")
        let update = ["RoleName": "there", "PolicyDocument": trust]
        #expect(try await iam.fault("UpdateAssumeRolePolicy", update)?.code == fault?.code)
    }

    @Test func `a trust policy longer than its quota is refused`() async throws {
        let iam = try await IAMTestBench()
        let padding = String(repeating: "a", count: 2048)
        let trust = Policies.trust(
            "{\"Service\":\"ssm.amazonaws.com\"}",
            ",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"\(padding)\"}}"
        )
        let input = ["RoleName": "r", "AssumeRolePolicyDocument": trust]
        let fault = try await iam.fault("CreateRole", input)
        #expect(fault?.message == "Cannot exceed quota for ACLSizePerRole: 2048")
        // White space is not counted.
        let spaced = Policies.trustingSSM + String(repeating: " ", count: 4000)
        try await iam.call("CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": spaced])
    }

    @Test func `description and longest session are changed`() async throws {
        let iam = try await IAMTestBench()
        _ = try await role(iam)
        let empty = try await iam.call(
            "UpdateRole",
            ["RoleName": "node", "Description": "new", "MaxSessionDuration": "43200"]
        )
        #expect(empty.xml.contains("UpdateRoleResult"))
        #expect(
            try await iam.call("GetRole", ["RoleName": "node"])["MaxSessionDuration"] == "43200"
        )
        let answer = try await iam.call(
            "UpdateRoleDescription",
            ["RoleName": "node", "Description": "newer"]
        )
        #expect(answer["Description"] == "newer")
        let fault = try await iam.fault(
            "UpdateRole",
            ["RoleName": "node", "MaxSessionDuration": "43201"]
        )
        #expect(fault?.code == "ValidationError")
    }

    @Test func `a role in an instance profile is not deleted`() async throws {
        let iam = try await IAMTestBench()
        _ = try await role(iam)
        let pair = ["InstanceProfileName": "profile", "RoleName": "node"]
        try await iam.call("CreateInstanceProfile", ["InstanceProfileName": "profile"])
        try await iam.call("AddRoleToInstanceProfile", pair)
        let fault = try await iam.fault("DeleteRole", ["RoleName": "node"])
        #expect(
            fault?.message == "Cannot delete entity, must remove roles from instance profile first."
        )
        try await iam.call("RemoveRoleFromInstanceProfile", pair)
        try await iam.call("DeleteRole", ["RoleName": "node"])
        let gone = try await iam.fault("GetRole", ["RoleName": "node"])
        #expect(gone?.message == "The role with name node cannot be found.")
    }

    @Test func `tags and boundary come and go`() async throws {
        let iam = try await IAMTestBench()
        _ = try await role(iam)
        try await iam.call(
            "TagRole",
            ["RoleName": "node", "Tags.member.1.Key": "a", "Tags.member.1.Value": "1"]
        )
        #expect(try await iam.call("ListRoleTags", ["RoleName": "node"]).all("Key") == ["a"])
        try await iam.call("UntagRole", ["RoleName": "node", "TagKeys.member.1": "A"])
        #expect(try await iam.call("ListRoleTags", ["RoleName": "node"]).all("Key").isEmpty)
        try await iam.call(
            "PutRolePermissionsBoundary",
            ["RoleName": "node", "PermissionsBoundary": Policies.readOnly]
        )
        let used = try await iam.call("GetPolicy", ["PolicyArn": Policies.readOnly])
        #expect(used["PermissionsBoundaryUsageCount"] == "1")
        try await iam.call("DeleteRolePermissionsBoundary", ["RoleName": "node"])
        let again = try await iam.fault("DeleteRolePermissionsBoundary", ["RoleName": "node"])
        #expect(again?.code == "NoSuchEntity")
        let unused = try await iam.call("GetPolicy", ["PolicyArn": Policies.readOnly])
        #expect(unused["PermissionsBoundaryUsageCount"] == "0")
    }

    @Test func `the last use of a role is told`() async throws {
        let iam = try await IAMTestBench()
        let made = try await role(iam, Policies.trustingAccount, name: "ops")
        #expect(try await iam.call("GetRole", ["RoleName": "ops"]).all("LastUsedDate").isEmpty)
        let session = try await iam.signIn(
            iam.call("AssumeRole", ["RoleArn": made["Arn"], "RoleSessionName": "me"])
        )
        try await iam.call("GetCallerIdentity", as: session)
        let used = try await iam.call("GetRole", ["RoleName": "ops"])
        #expect(used["LastUsedDate"] == "2026-01-02T03:04:05Z")
    }
}

@Suite("Instance profiles")
struct InstanceProfileTests {
    @Test func `a profile holds one role, and shows it`() async throws {
        let iam = try await IAMTestBench()
        for name in ["one", "two"] {
            try await iam.call(
                "CreateRole",
                ["RoleName": name, "AssumeRolePolicyDocument": Policies.trustingSSM]
            )
        }
        let made = try await iam.call(
            "CreateInstanceProfile",
            ["InstanceProfileName": "p", "Path": "/x/"]
        )
        #expect(made["InstanceProfileId"].hasPrefix("AIPA"))
        #expect(made["Arn"] == "arn:aws:iam::111122223333:instance-profile/x/p")
        try await iam.call(
            "AddRoleToInstanceProfile",
            ["InstanceProfileName": "p", "RoleName": "one"]
        )
        let full = try await iam.fault(
            "AddRoleToInstanceProfile",
            ["InstanceProfileName": "p", "RoleName": "two"]
        )
        #expect(full?.message == "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
        for operation in [
            "GetInstanceProfile", "ListInstanceProfiles", "ListInstanceProfilesForRole",
        ] {
            let key = operation.hasSuffix("Role") ? "RoleName" : "InstanceProfileName"
            let name = operation.hasSuffix("Role") ? "one" : "p"
            let input = operation == "ListInstanceProfiles" ? [:] : [key: name]
            let answer = try await iam.call(operation, input)
            #expect(answer["InstanceProfileName"] == "p")
            #expect(answer["RoleName"] == "one")
        }
        let fault = try await iam.fault("DeleteInstanceProfile", ["InstanceProfileName": "p"])
        #expect(fault?.code == "DeleteConflict")
    }

    @Test func `a profile is made once, tagged, and deleted`() async throws {
        let iam = try await IAMTestBench()
        let name = ["InstanceProfileName": "p"]
        try await iam.call("CreateInstanceProfile", name)
        #expect(try await iam.fault("CreateInstanceProfile", name)?.code == "EntityAlreadyExists")
        try await iam.call(
            "TagInstanceProfile",
            name.merging(["Tags.member.1.Key": "a", "Tags.member.1.Value": "1"]) { $1 }
        )
        #expect(try await iam.call("ListInstanceProfileTags", name).all("Key") == ["a"])
        try await iam.call("UntagInstanceProfile", name.merging(["TagKeys.member.1": "a"]) { $1 })
        #expect(try await iam.call("ListInstanceProfileTags", name).all("Key").isEmpty)
        try await iam.call("DeleteInstanceProfile", name)
        let gone = try await iam.fault("GetInstanceProfile", name)
        #expect(gone?.message == "Instance Profile p cannot be found.")
        let nothing = try await iam.fault(
            "RemoveRoleFromInstanceProfile",
            ["InstanceProfileName": "p", "RoleName": "x"]
        )
        #expect(nothing?.code == "NoSuchEntity")
    }
}
