import FoundationEssentials
import IAMService
import PolicyEngine
import Sealing
import ServiceKit
import ServiceTestKit
import Storage
import Testing
import Vocabulary

@Suite("Authorization")
struct AuthorizerTests {
    @Test func `a change of policy counts on the next request`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice")
        #expect(try await !iam.isAllowed("kms:Encrypt", as: alice))
        let put = [
            "UserName": "alice", "PolicyName": "p", "PolicyDocument": Policies.allow("kms:*"),
        ]
        try await iam.call("PutUserPolicy", put)
        #expect(try await iam.isAllowed("kms:Encrypt", as: alice))
        try await iam.call(
            "PutUserPermissionsBoundary",
            ["UserName": "alice", "PermissionsBoundary": Policies.readOnly]
        )
        #expect(try await !iam.isAllowed("kms:Encrypt", as: alice))
        #expect(try await iam.isAllowed("kms:DescribeKey", as: alice))
        try await iam.call("DeleteUserPolicy", ["UserName": "alice", "PolicyName": "p"])
        #expect(try await !iam.isAllowed("kms:DescribeKey", as: alice))
    }

    @Test func `a user made again under the same name is somebody else`() async throws {
        let iam = try await IAMTestBench()
        try await iam.call("CreateUser", ["UserName": "alice"])
        let old = try await iam.signIn(iam.call("CreateAccessKey", ["UserName": "alice"]))
        let key = try await iam.call("ListAccessKeys", ["UserName": "alice"])["AccessKeyId"]
        try await iam.call("DeleteAccessKey", ["UserName": "alice", "AccessKeyId": key])
        try await iam.call("DeleteUser", ["UserName": "alice"])
        let new = try await iam.user("alice", allowing: Policies.allow("kms:*"))
        #expect(try await iam.isAllowed("kms:Encrypt", as: new))
        #expect(try await !iam.isAllowed("kms:Encrypt", as: old))
    }

    /// A global condition key, a value that a user's request from 192.0.2.7 has, and one it has not.
    static let keys: [(key: String, holds: String, fails: String)] = [
        ("StringEquals aws:username", "alice", "bob"),
        ("StringLike aws:userid", "AIDA*", "AROA*"),
        (
            "ArnEquals aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice",
            "arn:aws:iam::1:u/x"
        ),
        ("StringEquals aws:PrincipalAccount", "111122223333", "999900000000"),
        ("StringEquals aws:PrincipalType", "User", "AssumedRole"),
        ("IpAddress aws:SourceIp", "192.0.2.0/24", "198.51.100.0/24"),
        ("Bool aws:SecureTransport", "true", "false"),
        ("DateLessThan aws:CurrentTime", "2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z"),
        ("NumericLessThan aws:EpochTime", "1767323046", "1767323045"),
        ("StringEquals aws:RequestedRegion", "us-east-1", "eu-west-1"),
        ("StringLike aws:UserAgent", "test/*", "curl/*"),
        ("StringEquals aws:PrincipalTag/team", "blue", "red"),
        ("Bool aws:PrincipalIsAWSService", "false", "true"),
        ("Null aws:PrincipalServiceName", "true", "false"),
        ("Null aws:SourceIdentity", "true", "false"),
    ]

    @Test(arguments: keys)
    func `global condition keys have the values of the request`(
        key: String,
        holds: String,
        fails: String
    ) async throws {
        let iam = try await IAMTestBench()
        let parts = key.split(separator: " ").map(String.init)
        let alice = try await iam.user("alice")
        try await iam.call(
            "TagUser",
            ["UserName": "alice", "Tags.member.1.Key": "Team", "Tags.member.1.Value": "blue"]
        )
        func isAllowed(_ value: String) async throws -> Bool {
            let document = """
                {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",
                "Condition":{"\(parts[0])":{"\(parts[1])":"\(value)"}}}}
                """
            try await iam.call(
                "PutUserPolicy",
                ["UserName": "alice", "PolicyName": "p", "PolicyDocument": document]
            )
            let context = iam.context("kms:Encrypt", as: alice, from: "192.0.2.7")
            // What a service says of a global key does not count.
            let request = AuthorizationRequest(
                "kms:Encrypt",
                on: "*",
                conditionValues: [parts[1]: [fails]]
            )
            guard parts[0] != "Null" else {
                let plain = AuthorizationRequest("kms:Encrypt", on: "*")
                return try await iam.service.decision(plain, in: context).isAllowed
            }
            return try await iam.service.decision(request, in: context).isAllowed
        }
        #expect(try await isAllowed(holds))
        #expect(try await !isAllowed(fails))
    }

    @Test func `a key policy delegates to the account, or nobody's allow counts`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user("alice", allowing: Policies.allow("kms:*"))
        func key(_ principal: String) -> ResourcePolicy {
            ResourcePolicy(
                kind: .key,
                document: "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                    + "\"Principal\":\(principal),\"Action\":\"kms:*\",\"Resource\":\"*\"}}",
                account: iam.bench.scope.account
            )
        }
        let arn = "arn:aws:kms:us-east-1:111122223333:key/1"
        let root = key("{\"AWS\":\"arn:aws:iam::111122223333:root\"}")
        let other = key("{\"AWS\":\"arn:aws:iam::111122223333:user/bob\"}")
        #expect(try await iam.isAllowed("kms:Encrypt", on: arn, as: alice, resourcePolicy: root))
        #expect(try await !iam.isAllowed("kms:Encrypt", on: arn, as: alice, resourcePolicy: other))
        let request = AuthorizationRequest("kms:Encrypt", on: arn, resourcePolicy: other)
        let fault = await #expect(throws: ServiceFault.self) {
            try await iam.service.authorize(request, in: iam.context("kms:Encrypt", as: alice))
        }
        #expect(fault?.code == "AccessDeniedException")
        #expect(
            fault?.message == "User: arn:aws:iam::111122223333:user/alice is not authorized to "
                + "perform: kms:Encrypt on resource: \(arn) because no resource-based policy allows "
                + "the kms:Encrypt action"
        )
    }

    @Test func `a service is decided by the resource's policy, else by the table`() async throws {
        let iam = try await IAMTestBench()
        let logs = Principal.service("logs.us-east-1.amazonaws.com")
        let key = ResourcePolicy(
            kind: .key,
            document: """
                {"Version":"2012-10-17","Statement":{"Effect":"Allow",
                "Principal":{"Service":"logs.us-east-1.amazonaws.com"},"Action":"kms:Decrypt",
                "Resource":"*"}}
                """,
            account: iam.bench.scope.account
        )
        #expect(try await iam.isAllowed("kms:Decrypt", as: logs, resourcePolicy: key))
        #expect(try await !iam.isAllowed("kms:Encrypt", as: logs, resourcePolicy: key))
        let ssm = Principal.service("ssm.amazonaws.com")
        #expect(try await !iam.isAllowed("kms:Decrypt", as: ssm, resourcePolicy: key))
        #expect(try await !iam.isAllowed("logs:PutLogEvents", as: logs))
        #expect(try await !iam.isAllowed("logs:PutLogEvents", as: ssm))
    }

    @Test func `nobody and an unregistered stranger may do nothing`() async throws {
        let iam = try await IAMTestBench()
        for caller in [Principal.anonymous, .node(try NodeID(parsing: "mi-0123456789abcdef0"))] {
            #expect(try await !iam.isAllowed("kms:Encrypt", as: caller))
            #expect(try await !iam.isAllowed("iam:CreateUser", as: caller))
        }
    }
}

@Suite("Credentials of roles for services")
struct RoleCredentialsTests {
    private func makeRole(_ iam: IAMTestBench, trust: String = Policies.trustingSSM) async throws {
        try await iam.call("CreateRole", ["RoleName": "node", "AssumeRolePolicyDocument": trust])
        try await iam.call("AttachRolePolicy", ["RoleName": "node", "PolicyArn": Policies.ssmCore])
    }

    private func signIn(
        _ iam: IAMTestBench,
        _ credentials: TemporaryCredentials
    ) async throws -> SigningIdentity {
        try await iam.service.signingIdentity(
            accessKeyID: credentials.accessKeyID,
            sessionToken: credentials.sessionToken
        )
    }

    private func credentials(
        _ iam: IAMTestBench,
        name: String = "mi-0123456789abcdef0"
    ) async throws -> TemporaryCredentials {
        try await iam.service.credentials(
            role: "service-role/node",
            sessionName: name,
            service: "ssm.amazonaws.com",
            duration: 3600,
            in: iam.context("ssm:RequestManagedInstanceRoleToken", as: .anonymous)
        )
    }

    @Test func `a node has what its role has`() async throws {
        let iam = try await IAMTestBench()
        try await makeRole(iam)
        let given = try await credentials(iam)
        let identity = try await signIn(iam, given)
        #expect(identity.secret.isEqual(to: given.secretAccessKey))
        #expect(
            identity.principal.arn?.description
                == "arn:aws:sts::111122223333:assumed-role/node/mi-0123456789abcdef0"
        )
        #expect(try await iam.isAllowed("ssmmessages:OpenDataChannel", as: identity.principal))
        #expect(try await !iam.isAllowed("kms:Decrypt", as: identity.principal))
    }

    @Test func `revoking ends what was given under the name, and nothing else`() async throws {
        let iam = try await IAMTestBench()
        try await makeRole(iam)
        let old = try await credentials(iam)
        let other = try await credentials(iam, name: "mi-0123456789abcdef1")
        _ = try await signIn(iam, old)
        let changes = try await iam.service.revocation(
            ofSessionsNamed: "mi-0123456789abcdef0",
            service: "ssm.amazonaws.com",
            in: iam.context("ssm:DeregisterManagedInstance")
        )
        _ = try await signIn(iam, old)
        try await iam.bench.engines.records.commit(RecordTransaction(changes: changes))
        let fault = await #expect(throws: ServiceFault.self) { try await signIn(iam, old) }
        #expect(fault?.code == "ExpiredTokenException")
        _ = try await signIn(iam, other)
        _ = try await signIn(iam, credentials(iam))
    }

    /// The trust policy, and whether SSM may use the role.
    static let trusts: [(trust: String, isTrusted: Bool)] = [
        (Policies.trustingSSM, true),
        (Policies.trustingAccount, false),
        (Policies.trust("{\"Service\":\"ec2.amazonaws.com\"}"), false),
        (
            Policies.trust(
                "{\"Service\":\"ssm.amazonaws.com\"}",
                ",\"Condition\":{\"StringEquals\":{\"aws:SourceAccount\":\"111122223333\"},"
                    + "\"ArnEquals\":{\"aws:SourceArn\":\"arn:aws:ssm:us-east-1:111122223333:*\"}}"
            ), true
        ),
        (
            Policies.trust(
                "{\"Service\":\"ssm.amazonaws.com\"}",
                ",\"Condition\":{\"StringEquals\":{\"aws:SourceAccount\":\"999900000000\"}}"
            ), false
        ),
    ]

    @Test(arguments: trusts)
    func `a role is given to those it trusts`(trust: String, isTrusted: Bool) async throws {
        let iam = try await IAMTestBench()
        try await makeRole(iam, trust: trust)
        let context = iam.context("ssm:CreateActivation")
        do {
            try await iam.service.requireRole("node", trusting: "ssm.amazonaws.com", in: context)
            #expect(isTrusted)
        } catch let fault as ServiceFault {
            #expect(!isTrusted)
            #expect(fault.code == "ValidationException")
            #expect(fault.message.hasPrefix("Nonexistent role or missing ssm service principal"))
        }
    }

    @Test func `who hands out a role needs iam:PassRole to that service`() async throws {
        let iam = try await IAMTestBench()
        try await makeRole(iam)
        let document = """
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole",
            "Resource":"arn:aws:iam::111122223333:role/node",
            "Condition":{"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}}}
            """
        let alice = try await iam.user("alice", allowing: document)
        let bob = try await iam.user("bob", allowing: Policies.allow("ssm:*"))
        let service = iam.service
        try await service.requireRole(
            "node",
            trusting: "ssm.amazonaws.com",
            in: iam.context("ssm:CreateActivation", as: alice)
        )
        let refused = await #expect(throws: ServiceFault.self) {
            try await service.requireRole(
                "node",
                trusting: "ssm.amazonaws.com",
                in: iam.context("ssm:CreateActivation", as: bob)
            )
        }
        #expect(refused?.code == "AccessDeniedException")
        #expect(refused?.message.contains("iam:PassRole") == true)
        await #expect(throws: ServiceFault.self) {
            try await service.requirePassRole(
                "arn:aws:iam::111122223333:role/node",
                to: "ec2.amazonaws.com",
                in: iam.context("iam:AddRoleToInstanceProfile", as: alice)
            )
        }
    }

    @Test func `the beginning happens once`() async throws {
        let iam = try await IAMTestBench()
        await #expect(throws: ServiceFault.self) {
            try await iam.service.bootstrapAdministrator(in: iam.bench.scope)
        }
        #expect(try await iam.isAllowed("anything:AtAll", as: iam.administrator))
        let list = try await iam.call("ListAttachedUserPolicies", ["UserName": "administrator"])
        #expect(list.all("PolicyArn") == [Policies.administrator])
    }
}
