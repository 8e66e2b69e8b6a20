import AWSClient
import SessionWire

extension Walkthrough {
    /// Step 1: a symmetric key of that alias.
    func requireKey() async throws(AWSClientError) -> (KeyMetadata, Step) {
        let what = "key \(Self.aliasName)"
        do {
            let key = try await calls.describeKey(Self.aliasName)
            return (key, Step(step: "1", what: what, outcome: .alreadyRight))
        } catch {
            guard error.code == "NotFoundException" else { throw error }
        }
        struct CreateKeyInput: Encodable, Sendable { let Description: String }
        struct CreateKeyOutput: Decodable, Sendable { let KeyMetadata: KeyMetadata }
        struct CreateAliasInput: Encodable, Sendable {
            let AliasName: String
            let TargetKeyId: String
        }
        let output: CreateKeyOutput = try await client.call(
            .kms,
            "CreateKey",
            CreateKeyInput(Description: "Session Manager console logs")
        )
        let key = output.KeyMetadata
        try await client.call(
            .kms,
            "CreateAlias",
            CreateAliasInput(AliasName: Self.aliasName, TargetKeyId: key.keyId)
        )
        return (key, Step(step: "1", what: what, outcome: .made))
    }

    /// Step 1: the key's policy holds the article's statements; what else it says stays.
    ///
    /// A new key has AWS's default policy, whose one statement is the first of ours.
    func requireKeyPolicy(
        of key: String,
        _ facts: WalkthroughFacts
    ) async throws(AWSClientError) -> Step {
        let current = try AWSCalls.json(try await calls.keyPolicy(key), of: "the key's policy")
        let wanted = Self.merged(current, facts.keyStatements)
        let what = "policy of \(Self.aliasName): administrators, users, logs service"
        guard wanted != current else {
            return Step(step: "1", what: what, outcome: .alreadyRight)
        }
        struct Input: Encodable, Sendable {
            let KeyId: String
            let PolicyName = "default"
            let Policy: String
        }
        try await client.call(.kms, "PutKeyPolicy", Input(KeyId: key, Policy: wanted.text))
        let isNew = Self.statements(of: current).count <= 1
        return Step(step: "1", what: what, outcome: isNew ? .made : .mended)
    }

    /// The policy with each wanted statement in the place of the one with its `Sid`, or at its end.
    ///
    /// Whoever administrates or uses the key already goes on doing so: those statements are only added.
    static func merged(_ policy: JSONValue, _ wanted: [JSONValue]) -> JSONValue {
        var statements = statements(of: policy)
        for statement in wanted {
            guard let index = statements.firstIndex(where: { $0["Sid"] == statement["Sid"] }) else {
                statements.append(statement)
                continue
            }
            if statement["Condition"] != nil { statements[index] = statement }
        }
        return policy.with("Statement", .array(statements))
    }

    private static func statements(of policy: JSONValue) -> [JSONValue] {
        switch policy["Statement"] {
        case .array(let statements): statements
        case .some(let single): [single]
        case nil: []
        }
    }
}
