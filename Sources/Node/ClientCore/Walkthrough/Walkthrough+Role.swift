import AWSClient
import Encoding
import SessionWire
import SigV4

extension Walkthrough {
    /// The article's prerequisite: a role that nodes run under.
    func requireRole(_ facts: WalkthroughFacts) async throws(AWSClientError) -> Step {
        let what = "role \(Self.roleName), for ec2 and ssm"
        struct GetInput: Encodable, Sendable { let RoleName: String }
        struct Role: Decodable, Sendable { let AssumeRolePolicyDocument: String? }
        struct GetOutput: Decodable, Sendable { let Role: Role }
        do {
            let output: GetOutput = try await client.call(
                .iam,
                "GetRole",
                GetInput(RoleName: Self.roleName)
            )
            let trust = try Self.document(
                output.Role.AssumeRolePolicyDocument ?? "",
                "the role's trust policy"
            )
            guard !Self.trusts(trust, "ssm.amazonaws.com") else {
                return Step(step: "0", what: what, outcome: .alreadyRight)
            }
            struct UpdateInput: Encodable, Sendable {
                let RoleName: String
                let PolicyDocument: String
            }
            try await client.call(
                .iam,
                "UpdateAssumeRolePolicy",
                UpdateInput(RoleName: Self.roleName, PolicyDocument: facts.trustPolicy.text)
            )
            return Step(step: "0", what: what, outcome: .mended)
        } catch {
            guard error.code == "NoSuchEntity" else { throw error }
        }
        struct CreateInput: Encodable, Sendable {
            let RoleName: String
            let AssumeRolePolicyDocument: String
            let Description: String
        }
        try await client.call(
            .iam,
            "CreateRole",
            CreateInput(
                RoleName: Self.roleName,
                AssumeRolePolicyDocument: facts.trustPolicy.text,
                Description: "Nodes whose sessions are logged to \(Self.groupName)"
            )
        )
        return Step(step: "0", what: what, outcome: .made)
    }

    /// The article's prerequisite: the role has what every managed node needs.
    func requireManagedPolicy(_ facts: WalkthroughFacts) async throws(AWSClientError) -> Step {
        let what = "AmazonSSMManagedInstanceCore on the role"
        struct ListInput: Encodable, Sendable { let RoleName: String }
        struct Policy: Decodable, Sendable { let PolicyArn: String }
        struct ListOutput: Decodable, Sendable { let AttachedPolicies: [Policy]? }
        let output: ListOutput = try await client.call(
            .iam,
            "ListAttachedRolePolicies",
            ListInput(RoleName: Self.roleName)
        )
        let attached = (output.AttachedPolicies ?? []).map(\.PolicyArn)
        guard !attached.contains(facts.managedPolicyARN) else {
            return Step(step: "0", what: what, outcome: .alreadyRight)
        }
        struct AttachInput: Encodable, Sendable {
            let RoleName: String
            let PolicyArn: String
        }
        try await client.call(
            .iam,
            "AttachRolePolicy",
            AttachInput(RoleName: Self.roleName, PolicyArn: facts.managedPolicyARN)
        )
        return Step(step: "0", what: what, outcome: .made)
    }

    /// Step 3: an inline policy of the role.
    func requireInlinePolicy(
        _ name: String,
        _ wanted: JSONValue
    ) async throws(AWSClientError) -> Step {
        let what = "inline policy \(name) on the role"
        struct GetInput: Encodable, Sendable {
            let RoleName: String
            let PolicyName: String
        }
        struct GetOutput: Decodable, Sendable { let PolicyDocument: String }
        var outcome = Outcome.made
        do {
            let output: GetOutput = try await client.call(
                .iam,
                "GetRolePolicy",
                GetInput(RoleName: Self.roleName, PolicyName: name)
            )
            guard try Self.document(output.PolicyDocument, "the role's policy \(name)") != wanted
            else { return Step(step: "3", what: what, outcome: .alreadyRight) }
            outcome = .mended
        } catch {
            guard error.code == "NoSuchEntity" else { throw error }
        }
        struct PutInput: Encodable, Sendable {
            let RoleName: String
            let PolicyName: String
            let PolicyDocument: String
        }
        try await client.call(
            .iam,
            "PutRolePolicy",
            PutInput(RoleName: Self.roleName, PolicyName: name, PolicyDocument: wanted.text)
        )
        return Step(step: "3", what: what, outcome: outcome)
    }

    /// A policy document as IAM's answers hold it: percent-encoded JSON.
    private static func document(
        _ text: String,
        _ what: String
    ) throws(AWSClientError) -> JSONValue {
        let plain = String(
            decoding: Percent.lenientBytes(of: text.utf8),
            as: UTF8.self
        )
        return try AWSCalls.json(plain, of: what)
    }

    private static func trusts(_ policy: JSONValue, _ service: String) -> Bool {
        guard case .array(let statements) = policy["Statement"] else { return false }
        return statements.contains { statement in
            guard statement["Effect"] == .string("Allow") else { return false }
            switch statement["Principal"]?["Service"] {
            case .string(let name): return name == service
            case .array(let names): return names.contains(.string(service))
            default: return false
            }
        }
    }
}
