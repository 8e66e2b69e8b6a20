import PolicyEngine
import Simulation
import Testing
import Vocabulary

@Suite("The engine and a naive evaluator")
struct RandomPolicyTests {
    @Test func `say the same of thousands of random policies and requests`() throws {
        var answers: [NaiveStack.Answer] = []
        for seed in 1...6000 as ClosedRange<UInt64> {
            var random = RandomPolicies(seed: seed)
            let stack = random.stack()
            let request = random.request()
            let expected = stack.decide(request)
            let decision = try random.compiled(stack).decide(random.compiled(request))
            let actual: NaiveStack.Answer =
                switch decision {
                case .allowed: .allowed
                case .explicitlyDenied: .explicitlyDenied
                case .implicitlyDenied: .implicitlyDenied
                }
            #expect(actual == expected, "seed \(seed): \(stack) asked \(request)")
            answers.append(actual)
        }
        // Inputs that nearly all end the same way would test little.
        for answer in [NaiveStack.Answer.allowed, .explicitlyDenied, .implicitlyDenied] {
            #expect(answers.count { $0 == answer } > 300, "\(answer)")
        }
    }

    @Test func `match the same of thousands of random patterns`() throws {
        var hits = 0
        for seed in 1...6000 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            func text(_ letters: [String], _ most: Int) -> String {
                (0..<Int.random(in: 0...most, using: &random)).map { _ in
                    letters.randomElement(using: &random) ?? ""
                }.joined()
            }
            let pattern = "arn:" + text(["a", "b", ":", "*", "*", "?"], 9)
            let resource = "arn:" + text(["a", "b", ":"], 10)
            let statement =
                "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"\(pattern)\"}"
            let stack = PolicyStack(identity: [try Fixture.policy(statement)])
            let request = PolicyRequest(
                principal: try Fixture.userPrincipal(),
                action: "a:b",
                resource: resource,
                context: ConditionContext([:])
            )
            let actual = stack.decide(request).isAllowed
            #expect(
                actual == naiveResource(pattern, resource),
                "seed \(seed): \(pattern) \(resource)"
            )
            if actual { hits += 1 }
        }
        #expect(hits > 300)
    }
}

/// Random policies over so few names that they often meet.
struct RandomPolicies {
    private var random: SplitMix64
    private let isSession: Bool

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        isSession = Bool.random(using: &random)
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func some(_ choices: [String], _ most: Int = 2) -> [String] {
        (0..<Int.random(in: 1...most, using: &random)).map { _ in
            choices.randomElement(using: &random) ?? ""
        }
    }

    mutating func stack() -> NaiveStack {
        NaiveStack(
            identity: (0..<Int.random(in: 0...2, using: &random)).map { _ in policy() },
            boundary: chance(30) ? policy() : nil,
            session: isSession && chance(30) ? [policy()] : nil,
            resource: chance(50) ? policy(ofResource: true) : nil,
            resourceAccount: chance(80) ? Fixture.account : "999900000000"
        )
    }

    private mutating func policy(ofResource: Bool = false) -> [NaiveStatement] {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in statement(ofResource) }
    }

    private mutating func statement(_ ofResource: Bool) -> NaiveStatement {
        let names = [
            "*", Fixture.user, Fixture.role, Fixture.session, Fixture.root, Fixture.account,
            Fixture.userID, Fixture.roleID, Fixture.sessionOfID,
            "arn:aws:iam::111122223333:user/bob", "AIDABOB234567ABCDEFGH",
            "AROAOPERATOR2345ABCDE:bob", "AROASOMEOTHER2345ABCD:alice",
        ]
        var statement = NaiveStatement(
            allows: chance(85),
            actions: some(["*", "kms:*", "KMS:Enc*", "kms:Decrypt", "logs:*", "logs:Put?"]),
            notAction: chance(10),
            resources: some([
                "*", "arn:aws:kms:*:111122223333:key/*", "arn:aws:kms:us-east-1:*:key/1",
                "arn:aws:kms:*", "arn:aws:kms:us-*-1:111122223333:key/${aws:username}",
                "arn:aws:kms:us-east-1:111122223333:key/?",
            ]),
            notResource: chance(10)
        )
        if ofResource {
            statement.principals = some(names, 3)
            statement.notPrincipal = !statement.allows && chance(40)
        }
        if chance(50) { statement.conditions = [condition()] }
        if chance(10) {
            // An operator may stand only once in a block.
            let other = condition()
            if other.name != statement.conditions.first?.name { statement.conditions.append(other) }
        }
        return statement
    }

    private mutating func condition() -> (name: String, key: String, values: [String]) {
        if chance(10) {
            return ("Null", some(["x:text", "x:number"], 1)[0], some(["true", "false"], 1))
        }
        let isNumber = chance(30)
        let base =
            isNumber
            ? some(
                [
                    "NumericEquals", "NumericNotEquals", "NumericLessThan",
                    "NumericGreaterThanEquals",
                ],
                1
            )[0]
            : some(
                [
                    "StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
                    "StringEqualsIgnoreCase",
                ],
                1
            )[0]
        let name =
            (chance(20) ? some(["ForAllValues:", "ForAnyValue:"], 1)[0] : "") + base
            + (chance(20) ? "IfExists" : "")
        let texts =
            base == "StringEqualsIgnoreCase"
            ? ["a", "B", "ab"] : ["a", "ab", "a*", "?", "*", "B", "${aws:username}"]
        return (
            name, isNumber ? "x:number" : "x:text",
            isNumber ? some(["0", "1", "2.5"]) : some(texts)
        )
    }

    mutating func request() -> NaiveRequest {
        var values: [String: [String]] = [:]
        if !isSession || chance(20) { values["aws:username"] = some(["1", "alice", "a*"], 1) }
        if chance(70) { values["x:text"] = some(["a", "ab", "b", "A", "*"], 3) }
        if chance(70) { values["x:number"] = some(["0", "1", "2", "3"], 2) }
        return NaiveRequest(
            action: some(["kms:Encrypt", "kms:Decrypt", "logs:PutX"], 1)[0],
            resource: some(
                [Fixture.key, "arn:aws:kms:us-east-1:111122223333:key/alice", "*"],
                1
            )[0],
            values: values,
            itself: isSession
                ? [Fixture.session, Fixture.sessionOfID] : [Fixture.user, Fixture.userID],
            role: isSession ? [Fixture.role, Fixture.roleID] : [],
            account: Fixture.account
        )
    }

    func compiled(_ stack: NaiveStack) throws -> PolicyStack {
        func named(_ statements: [NaiveStatement], _ kind: PolicyDocument.Kind) throws
            -> NamedPolicy
        {
            try Fixture.policy(statements.map(\.json).joined(separator: ","), as: kind)
        }
        let account = try AccountID(parsing: stack.resourceAccount)
        return PolicyStack(
            identity: try stack.identity.map { try named($0, .identity) },
            boundary: try stack.boundary.map { try named($0, .identity) },
            session: try stack.session?.map { try named($0, .identity) },
            resource: try stack.resource.map { .init(try named($0, .key), account: account) }
        )
    }

    func compiled(_ request: NaiveRequest) throws -> PolicyRequest {
        PolicyRequest(
            principal: try isSession ? Fixture.sessionPrincipal() : Fixture.userPrincipal(),
            action: request.action,
            resource: request.resource,
            context: ConditionContext(request.values)
        )
    }
}

extension NaiveStatement {
    var json: String {
        func list(_ texts: [String]) -> String {
            "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
        var members = ["\"Effect\":\"\(allows ? "Allow" : "Deny")\""]
        if !principals.isEmpty {
            members.append(
                "\"\(notPrincipal ? "Not" : "")Principal\":{\"AWS\":\(list(principals))}"
            )
        }
        members.append("\"\(notAction ? "Not" : "")Action\":\(list(actions))")
        members.append("\"\(notResource ? "Not" : "")Resource\":\(list(resources))")
        let blocks = conditions.map { "\"\($0.name)\":{\"\($0.key)\":\(list($0.values))}" }
        if !blocks.isEmpty {
            members.append("\"Condition\":{\(blocks.joined(separator: ","))}")
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}
