import FoundationEssentials
import IAMService
import ServiceKit
import ServiceTestKit
import Simulation
import Testing
import Vocabulary

@Suite("AssumeRole")
struct AssumeRoleTests {
    private func role(
        _ iam: IAMTestBench,
        _ trust: String,
        name: String = "ops",
        allowing policy: String = Policies.allow("kms:*"),
        longest: Int = 3600
    ) async throws -> String {
        let arn = try await iam.call(
            "CreateRole",
            [
                "RoleName": name, "AssumeRolePolicyDocument": trust,
                "MaxSessionDuration": "\(longest)",
            ]
        )["Arn"]
        try await iam.call(
            "PutRolePolicy",
            ["RoleName": name, "PolicyName": "p", "PolicyDocument": policy]
        )
        return arn
    }

    private func assume(
        _ iam: IAMTestBench,
        _ arn: String,
        _ more: [String: String] = [:],
        as caller: Principal? = nil
    ) async throws -> Answer {
        let input = ["RoleArn": arn, "RoleSessionName": "me"].merging(more) { $1 }
        return try await iam.call("AssumeRole", input, as: caller)
    }

    @Test func `the credentials are those of a session of the role`() async throws {
        let iam = try await IAMTestBench()
        let arn = try await role(iam, Policies.trustingAccount)
        let answer = try await assume(iam, arn)
        #expect(answer["AccessKeyId"].hasPrefix("ASIA"))
        #expect(answer["SecretAccessKey"].count == 40)
        #expect(answer["Expiration"] == "2026-01-02T04:04:05Z")
        #expect(answer["Arn"] == "arn:aws:sts::111122223333:assumed-role/ops/me")
        #expect(answer["AssumedRoleId"].hasSuffix(":me"))
        #expect(answer.all("PackedPolicySize").isEmpty)
        let session = try await iam.signIn(answer)
        let caller = try await iam.call("GetCallerIdentity", as: session)
        #expect(caller["Arn"] == answer["Arn"])
        #expect(caller["UserId"] == answer["AssumedRoleId"])
        #expect(caller["Account"] == iam.account)
        #expect(try await iam.isAllowed("kms:Encrypt", as: session))
        #expect(try await !iam.isAllowed("logs:PutLogEvents", as: session))
    }

    @Test func `a token opens only with its own key id, unchanged, in its time`() async throws {
        let iam = try await IAMTestBench()
        let arn = try await role(iam, Policies.trustingAccount)
        let first = try await assume(iam, arn)
        let second = try await assume(iam, arn)
        func code(_ id: String, _ token: String) async -> String? {
            do {
                _ = try await iam.service.signingIdentity(accessKeyID: id, sessionToken: token)
                return nil
            } catch { return (error as? ServiceFault)?.code }
        }
        #expect(await code(first["AccessKeyId"], first["SessionToken"]) == nil)
        let swapped = await code(first["AccessKeyId"], second["SessionToken"])
        #expect(swapped == "UnrecognizedClientException")
        var bytes = Array(first["SessionToken"].utf8)
        bytes[40] = bytes[40] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let changed = await code(first["AccessKeyId"], String(decoding: bytes, as: UTF8.self))
        #expect(changed == "UnrecognizedClientException")
        #expect(await code(first["AccessKeyId"], "") == "UnrecognizedClientException")
        iam.bench.clock.advance(by: 3600)
        let late = await code(first["AccessKeyId"], first["SessionToken"])
        #expect(late == "ExpiredTokenException")
    }

    @Test func `a session ends with its role, also when one of the same name is made`() async throws
    {
        let iam = try await IAMTestBench()
        let arn = try await role(iam, Policies.trustingAccount)
        let answer = try await assume(iam, arn)
        let session = try await iam.signIn(answer)
        try await iam.call("DeleteRolePolicy", ["RoleName": "ops", "PolicyName": "p"])
        try await iam.call("DeleteRole", ["RoleName": "ops"])
        _ = try await role(iam, Policies.trustingAccount)
        await #expect(throws: ServiceFault.self) { try await iam.signIn(answer) }
        #expect(try await !iam.isAllowed("kms:Encrypt", as: session))
    }

    @Test func `who is named needs no policy, who is of a named account does`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice")
        let byAccount = try await role(iam, Policies.trustingAccount, name: "byAccount")
        let byName = try await role(
            iam,
            Policies.trust("{\"AWS\":\"\(alice.arn?.description ?? "")\"}"),
            name: "byName"
        )
        _ = try await assume(iam, byName, as: alice)
        let fault = try await iam.fault(
            "AssumeRole",
            ["RoleArn": byAccount, "RoleSessionName": "me"],
            as: alice
        )
        #expect(fault?.code == "AccessDenied")
        #expect(fault?.message.contains("because no identity-based policy allows") == true)
        try await iam.call(
            "PutUserPolicy",
            [
                "UserName": "alice", "PolicyName": "p",
                "PolicyDocument": Policies.allow("sts:AssumeRole", on: byAccount),
            ]
        )
        _ = try await assume(iam, byAccount, as: alice)
        // The administrator is not named by the other, and may not assume it.
        let other = try await iam.fault("AssumeRole", ["RoleArn": byName, "RoleSessionName": "me"])
        #expect(
            other?.message
                == "User: arn:aws:iam::111122223333:user/administrator is not authorized "
                + "to perform: sts:AssumeRole on resource: \(byName) because no role trust policy "
                + "allows the sts:AssumeRole action"
        )
    }

    @Test func `a role that is not there answers as one that trusts nobody`() async throws {
        let iam = try await IAMTestBench()
        let fault = try await iam.fault(
            "AssumeRole",
            ["RoleArn": "arn:aws:iam::111122223333:role/none", "RoleSessionName": "me"]
        )
        #expect(fault?.code == "AccessDenied")
        #expect(fault?.message.contains("because no role trust policy allows") == true)
    }

    @Test func `session policies narrow what the role may do`() async throws {
        let iam = try await IAMTestBench()
        let arn = try await role(iam, Policies.trustingAccount)
        let narrow = try await assume(iam, arn, ["Policy": Policies.allow("kms:Encrypt")])
        #expect(narrow["PackedPolicySize"] == "1")
        let session = try await iam.signIn(narrow)
        #expect(try await iam.isAllowed("kms:Encrypt", as: session))
        #expect(try await !iam.isAllowed("kms:Decrypt", as: session))
        let managed = try await iam.signIn(
            assume(iam, arn, ["PolicyArns.member.1.arn": Policies.readOnly])
        )
        #expect(try await iam.isAllowed("kms:DescribeKey", as: managed))
        #expect(try await !iam.isAllowed("kms:Encrypt", as: managed))
        // What the role does not have, a session policy does not give.
        #expect(try await !iam.isAllowed("logs:GetLogEvents", as: managed))
    }

    @Test func `a session lasts no longer than the role lets it, and an hour in a chain`()
        async throws
    {
        let iam = try await IAMTestBench()
        let arn = try await role(iam, Policies.trustingAccount, longest: 7200)
        let answer = try await assume(iam, arn, ["DurationSeconds": "7200"])
        #expect(answer["Expiration"] == "2026-01-02T05:04:05Z")
        func message(_ seconds: Int, as caller: Principal? = nil) async throws -> String? {
            try await iam.fault(
                "AssumeRole",
                ["RoleArn": arn, "RoleSessionName": "me", "DurationSeconds": "\(seconds)"],
                as: caller
            )?.message
        }
        #expect(
            try await message(7201)
                == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
        #expect(try await message(899)?.contains("greater than or equal to 900") == true)
        let trusting = Policies.trust("{\"AWS\":\"\(arn)\"}")
        try await iam.call(
            "UpdateAssumeRolePolicy",
            ["RoleName": "ops", "PolicyDocument": trusting]
        )
        let session = try await iam.signIn(answer)
        #expect(try await message(3600, as: session) == nil)
        #expect(
            try await message(3601, as: session)
                == "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
                + "by role chaining."
        )
    }

    @Test func `an external id is asked for where the trust policy says so`() async throws {
        let iam = try await IAMTestBench()
        let trust = Policies.trust(
            "{\"AWS\":\"111122223333\"}",
            ",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"ticket/7\"}}"
        )
        let arn = try await role(iam, trust)
        _ = try await assume(iam, arn, ["ExternalId": "ticket/7"])
        let input = ["RoleArn": arn, "RoleSessionName": "me"]
        #expect(try await iam.fault("AssumeRole", input)?.code == "AccessDenied")
        let wrong = input.merging(["ExternalId": "ticket/8"]) { $1 }
        #expect(try await iam.fault("AssumeRole", wrong)?.code == "AccessDenied")
    }

    @Test func `source identity and transitive tags stay through a chain`() async throws {
        let iam = try await IAMTestBench()
        let open = try await role(iam, Policies.trustingAccount, allowing: Policies.allow("sts:*"))
        let plain = try await role(
            iam,
            Policies.trust("{\"AWS\":\"111122223333\"}", action: "sts:AssumeRole"),
            name: "plain"
        )
        let more = [
            "SourceIdentity": "carol", "Tags.member.1.Key": "Team", "Tags.member.1.Value": "blue",
            "Tags.member.2.Key": "Shift", "Tags.member.2.Value": "night",
            "TransitiveTagKeys.member.1": "Team",
        ]
        let first = try await assume(iam, open, more)
        #expect(first["SourceIdentity"] == "carol")
        // A trust policy without sts:TagSession and sts:SetSourceIdentity lets neither in.
        let input = ["RoleArn": plain, "RoleSessionName": "me"].merging(more) { $1 }
        let refused = try await iam.fault("AssumeRole", input)
        #expect(refused?.message.contains("sts:TagSession") == true)
        let session = try await iam.signIn(first)
        let next = try await iam.signIn(assume(iam, open, as: session))
        guard case .assumedRole(let second) = next else {
            Issue.record("no session")
            return
        }
        #expect(second.sourceIdentity == "carol")
        #expect(second.tags == ["Team": "blue"])
        let changed = ["RoleArn": open, "RoleSessionName": "me", "SourceIdentity": "dave"]
        #expect(try await iam.fault("AssumeRole", changed, as: session)?.code == "ValidationError")
        let value = try await iam.service.principalTag("Team", in: iam.context("x", as: next))
        #expect(value == "blue")
    }

    @Test(arguments: [
        (["SerialNumber": "arn:aws:iam::111122223333:mfa/me", "TokenCode": "123456"], "MFA"),
        (["RoleSessionName": "a"], "greater than or equal to 2"),
        (["RoleSessionName": "a b"], "regular expression"),
        (["RoleArn": "arn:aws:iam::1:role/x-----"], "is invalid"),
        (["Policy": "{}"], "a policy must contain a statement"),
        (["PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/None"], "does not exist"),
        (["TransitiveTagKeys.member.1": "x"], "must be included in the requested tags"),
        (["Policy": String(repeating: "a", count: 2049)], "less than or equal to 2048"),
    ])
    func `what is not right or not offered is refused`(
        more: [String: String],
        part: String
    ) async throws {
        let iam = try await IAMTestBench()
        let arn = try await role(iam, Policies.trustingAccount)
        let input = ["RoleArn": arn, "RoleSessionName": "me"].merging(more) { $1 }
        let fault = try await iam.fault("AssumeRole", input)
        #expect(fault?.message.contains(part) == true, "\(fault?.message ?? "")")
    }

    @Test func `who calls is always told, even where it is denied`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice", allowing: Policies.deny("*"))
        let answer = try await iam.call("GetCallerIdentity", as: alice)
        #expect(answer["Arn"] == "arn:aws:iam::111122223333:user/alice")
        #expect(answer["Account"] == "111122223333")
    }
}
