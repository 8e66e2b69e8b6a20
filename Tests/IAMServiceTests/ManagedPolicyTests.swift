import FoundationEssentials
import PolicyEngine
import Testing
import Vocabulary

@Suite("Managed policies")
struct ManagedPolicyTests {
    private func policy(_ iam: IAMTestBench, name: String = "keys") async throws -> String {
        try await iam.call(
            "CreatePolicy",
            [
                "PolicyName": name, "Path": "/team/", "Description": "for keys",
                "PolicyDocument": Policies.allow("kms:*"),
            ]
        )["Arn"]
    }

    @Test func `a policy is shown as it was made`() async throws {
        let iam = try await IAMTestBench()
        let arn = try await policy(iam)
        #expect(arn == "arn:aws:iam::111122223333:policy/team/keys")
        let shown = try await iam.call("GetPolicy", ["PolicyArn": arn])
        #expect(shown["PolicyId"].hasPrefix("ANPA"))
        #expect(shown["DefaultVersionId"] == "v1")
        #expect(shown["AttachmentCount"] == "0")
        #expect(shown["IsAttachable"] == "true")
        #expect(shown["Description"] == "for keys")
        let version = try await iam.call("GetPolicyVersion", ["PolicyArn": arn, "VersionId": "v1"])
        #expect(version["Document"].hasPrefix("%7B%22Version%22"))
        #expect(version["IsDefaultVersion"] == "true")
        let again = try await iam.fault(
            "CreatePolicy",
            ["PolicyName": "KEYS", "PolicyDocument": Policies.allow("kms:*")]
        )
        #expect(
            again?.message
                == "A policy called KEYS already exists. Duplicate names are not allowed."
        )
    }

    @Test func `a malformed document is refused with the place`() async throws {
        let iam = try await IAMTestBench()
        let fault = try await iam.fault(
            "CreatePolicy",
            ["PolicyName": "p", "PolicyDocument": "{\"Version\":\"2012-10-17\",\"Statement\":{}}"]
        )
        #expect(fault?.code == "MalformedPolicyDocument")
        #expect(fault?.message == "Missing required field Effect (line 1, column 37)")
    }

    @Test func `a document of the largest size is taken, and one more character is not`()
        async throws
    {
        let iam = try await IAMTestBench()
        let empty = Policies.allow("kms:*", on: "arn:aws:s3:::").count
        func document(_ size: Int) -> String {
            let padding = String(repeating: "a", count: size - empty)
            return Policies.allow("kms:*", on: "arn:aws:s3:::\(padding)")
        }
        let tooLong = ["PolicyName": "p", "PolicyDocument": document(6145)]
        let fault = try await iam.fault("CreatePolicy", tooLong)
        #expect(fault?.code == "LimitExceeded")
        try await iam.call("CreatePolicy", ["PolicyName": "p", "PolicyDocument": document(6144)])
    }

    @Test func `five versions are kept, and the default one counts`() async throws {
        let iam = try await IAMTestBench()
        let arn = try await policy(iam)
        let alice = try await iam.user("alice")
        try await iam.call("AttachUserPolicy", ["UserName": "alice", "PolicyArn": arn])
        #expect(try await iam.isAllowed("kms:Encrypt", as: alice))
        let logs = ["PolicyArn": arn, "PolicyDocument": Policies.allow("logs:*")]
        for number in 2...5 {
            let made = try await iam.call("CreatePolicyVersion", logs)
            #expect(made["VersionId"] == "v\(number)")
            #expect(made["IsDefaultVersion"] == "false")
        }
        #expect(try await iam.fault("CreatePolicyVersion", logs)?.code == "LimitExceeded")
        #expect(try await !iam.isAllowed("logs:PutLogEvents", as: alice))
        try await iam.call("SetDefaultPolicyVersion", ["PolicyArn": arn, "VersionId": "v3"])
        #expect(try await iam.isAllowed("logs:PutLogEvents", as: alice))
        #expect(try await !iam.isAllowed("kms:Encrypt", as: alice))
        let inUse = try await iam.fault(
            "DeletePolicyVersion",
            ["PolicyArn": arn, "VersionId": "v3"]
        )
        #expect(inUse?.message == "Cannot delete the default version of a policy.")
        try await iam.call("DeletePolicyVersion", ["PolicyArn": arn, "VersionId": "v1"])
        let made = try await iam.call(
            "CreatePolicyVersion",
            logs.merging(["SetAsDefault": "true"]) { $1 }
        )
        #expect(made["VersionId"] == "v6")
        let list = try await iam.call("ListPolicyVersions", ["PolicyArn": arn, "MaxItems": "3"])
        #expect(list.all("VersionId") == ["v6", "v5", "v4"])
        #expect(list["IsTruncated"] == "true")
        let gone = try await iam.fault("GetPolicyVersion", ["PolicyArn": arn, "VersionId": "v1"])
        #expect(gone?.code == "NoSuchEntity")
    }

    @Test func `a policy is deleted once nobody uses it`() async throws {
        let iam = try await IAMTestBench()
        let arn = try await policy(iam)
        try await iam.call("CreateUser", ["UserName": "alice"])
        let pair = ["UserName": "alice", "PolicyArn": arn]
        try await iam.call("AttachUserPolicy", pair)
        func refusal() async throws -> String? {
            try await iam.fault("DeletePolicy", ["PolicyArn": arn])?.message
        }
        #expect(try await refusal() == "Cannot delete a policy attached to entities.")
        try await iam.call("DetachUserPolicy", pair)
        try await iam.call(
            "PutUserPermissionsBoundary",
            ["UserName": "alice", "PermissionsBoundary": arn]
        )
        #expect(try await refusal() == "Cannot delete a policy attached to entities.")
        try await iam.call("DeleteUserPermissionsBoundary", ["UserName": "alice"])
        try await iam.call(
            "CreatePolicyVersion",
            ["PolicyArn": arn, "PolicyDocument": Policies.allow("kms:*")]
        )
        #expect(try await refusal()?.hasPrefix("This policy has more than one version.") == true)
        try await iam.call("DeletePolicyVersion", ["PolicyArn": arn, "VersionId": "v2"])
        #expect(try await refusal() == nil)
        #expect(try await iam.fault("GetPolicy", ["PolicyArn": arn])?.code == "NoSuchEntity")
        let attach = try await iam.fault("AttachUserPolicy", pair)
        #expect(attach?.message == "Policy \(arn) does not exist or is not attachable.")
    }

    @Test func `lists filter by owner, path and use`() async throws {
        let iam = try await IAMTestBench()
        let arn = try await policy(iam)
        func names(_ input: [String: String]) async throws -> [String] {
            try await iam.call("ListPolicies", input).all("PolicyName")
        }
        #expect(try await names(["Scope": "Local"]) == ["keys"])
        #expect(
            try await names(["Scope": "AWS"]) == [
                "AdministratorAccess", "AmazonSSMManagedInstanceCore", "CloudWatchLogsFullAccess",
                "CloudWatchLogsReadOnlyAccess", "ReadOnlyAccess",
            ]
        )
        #expect(try await names([:]).count == 6)
        #expect(try await names(["PathPrefix": "/team/"]) == ["keys"])
        #expect(try await names(["OnlyAttached": "true"]) == ["AdministratorAccess"])
        try await iam.call("CreateUser", ["UserName": "alice", "PermissionsBoundary": arn])
        #expect(try await names(["PolicyUsageFilter": "PermissionsBoundary"]) == ["keys"])
        #expect(
            try await names(["PolicyUsageFilter": "PermissionsPolicy"]) == ["AdministratorAccess"]
        )
        let entities = try await iam.call("ListEntitiesForPolicy", ["PolicyArn": arn])
        #expect(entities.all("UserName") == ["alice"])
    }

    @Test(arguments: [
        ("AdministratorAccess", "anything:AtAll", "anything:AtAll2"),
        ("ReadOnlyAccess", "logs:GetLogEvents", "kms:DescribeKey"),
        (
            "AmazonSSMManagedInstanceCore", "ssm:UpdateInstanceInformation",
            "ssmmessages:OpenDataChannel"
        ),
        ("CloudWatchLogsFullAccess", "logs:PutLogEvents", "logs:DeleteLogGroup"),
        ("CloudWatchLogsReadOnlyAccess", "logs:FilterLogEvents", "logs:DescribeLogGroups"),
    ])
    func `AWS's own are there, attached as any other and changed by nobody`(
        name: String,
        one: String,
        other: String
    ) async throws {
        let iam = try await IAMTestBench()
        let arn = "arn:aws:iam::aws:policy/\(name)"
        let alice = try await iam.user("alice")
        try await iam.call("AttachUserPolicy", ["UserName": "alice", "PolicyArn": arn])
        #expect(try await iam.isAllowed(one, as: alice))
        #expect(try await iam.isAllowed(other, as: alice))
        if name != "AdministratorAccess" {
            #expect(try await !iam.isAllowed("kms:Decrypt", as: alice))
        }
        let shown = try await iam.call("GetPolicy", ["PolicyArn": arn])
        let version = try await iam.call(
            "GetPolicyVersion",
            ["PolicyArn": arn, "VersionId": shown["DefaultVersionId"]]
        )
        #expect(version["Document"].contains("Statement"))
        #expect(try await iam.fault("DeletePolicy", ["PolicyArn": arn])?.code == "AccessDenied")
    }

    @Test func `tags of a policy`() async throws {
        let iam = try await IAMTestBench()
        let arn = try await policy(iam)
        try await iam.call(
            "TagPolicy",
            ["PolicyArn": arn, "Tags.member.1.Key": "a", "Tags.member.1.Value": "1"]
        )
        #expect(try await iam.call("ListPolicyTags", ["PolicyArn": arn]).all("Value") == ["1"])
        try await iam.call("UntagPolicy", ["PolicyArn": arn, "TagKeys.member.1": "a"])
        #expect(try await iam.call("ListPolicyTags", ["PolicyArn": arn]).all("Value").isEmpty)
    }

    @Test(arguments: ["GetPolicy", "ListPolicyVersions", "ListPolicyTags", "ListEntitiesForPolicy"])
    func `what is no policy is not found`(operation: String) async throws {
        let iam = try await IAMTestBench()
        let none = try await iam.fault(
            operation,
            ["PolicyArn": "arn:aws:iam::111122223333:policy/none"]
        )
        #expect(none?.code == "NoSuchEntity")
        let bad = try await iam.fault(operation, ["PolicyArn": "this is no ARN at all"])
        #expect(bad?.code == "ValidationError")
        #expect(bad?.message == "Invalid ARN:  Could not be parsed!")
    }
}

@Suite("Attached and inline policies")
struct PolicyHolderTests {
    @Test(arguments: ["User", "Role"])
    func `attach, list and detach`(kind: String) async throws {
        let iam = try await IAMTestBench()
        try await iam.call(
            "Create\(kind)",
            ["\(kind)Name": "x", "AssumeRolePolicyDocument": Policies.trustingSSM]
        )
        let pair = ["\(kind)Name": "x", "PolicyArn": Policies.ssmCore]
        try await iam.call("Attach\(kind)Policy", pair)
        try await iam.call("Attach\(kind)Policy", pair)
        try await iam.call(
            "Attach\(kind)Policy",
            ["\(kind)Name": "x", "PolicyArn": Policies.readOnly]
        )
        let list = try await iam.call("ListAttached\(kind)Policies", ["\(kind)Name": "x"])
        #expect(list.all("PolicyName") == ["AmazonSSMManagedInstanceCore", "ReadOnlyAccess"])
        let count = try await iam.call("GetPolicy", ["PolicyArn": Policies.ssmCore])
        #expect(count["AttachmentCount"] == "1")
        let entities = try await iam.call(
            "ListEntitiesForPolicy",
            ["PolicyArn": Policies.ssmCore, "EntityFilter": kind]
        )
        #expect(entities.all("\(kind)Name") == ["x"])
        try await iam.call("Detach\(kind)Policy", pair)
        #expect(try await iam.fault("Detach\(kind)Policy", pair)?.code == "NoSuchEntity")
    }

    @Test(arguments: ["User", "Role"])
    func `the eleventh policy is one too many`(kind: String) async throws {
        let iam = try await IAMTestBench()
        try await iam.call(
            "Create\(kind)",
            ["\(kind)Name": "x", "AssumeRolePolicyDocument": Policies.trustingSSM]
        )
        var faults: [String?] = []
        for number in 1...11 {
            let arn = try await iam.call(
                "CreatePolicy",
                ["PolicyName": "p\(number)", "PolicyDocument": Policies.allow("kms:*")]
            )["Arn"]
            faults.append(
                try await iam.fault("Attach\(kind)Policy", ["\(kind)Name": "x", "PolicyArn": arn])?
                    .message
            )
        }
        #expect(faults.dropLast().allSatisfy { $0 == nil })
        #expect(faults.last == "Cannot exceed quota for PoliciesPer\(kind): 10")
    }

    @Test(arguments: [("User", 2048), ("Role", 10_240)])
    func `inline policies are written, read encoded, listed and deleted`(
        kind: String,
        limit: Int
    ) async throws {
        let iam = try await IAMTestBench()
        try await iam.call(
            "Create\(kind)",
            ["\(kind)Name": "x", "AssumeRolePolicyDocument": Policies.trustingSSM]
        )
        let name = ["\(kind)Name": "x", "PolicyName": "p"]
        func put(_ document: String) async throws -> String? {
            try await iam.fault(
                "Put\(kind)Policy",
                name.merging(["PolicyDocument": document]) { $1 }
            )?.code
        }
        #expect(try await put(Policies.allow("kms:*")) == nil)
        #expect(try await put(Policies.allow("logs:*")) == nil)
        #expect(try await put(Policies.trustingSSM) == "MalformedPolicyDocument")
        let shown = try await iam.call("Get\(kind)Policy", name)
        #expect(shown["PolicyDocument"].contains("logs%3A%2A"))
        #expect(
            try await iam.call("List\(kind)Policies", ["\(kind)Name": "x"]).all("member") == ["p"]
        )
        let padding = String(repeating: "a", count: limit)
        #expect(
            try await put(Policies.allow("a:b", on: "arn:aws:s3:::\(padding)")) == "LimitExceeded"
        )
        try await iam.call("Delete\(kind)Policy", name)
        let gone = try await iam.fault("Get\(kind)Policy", name)
        #expect(gone?.message == "The \(kind.lowercased()) policy with name p cannot be found.")
    }
}
