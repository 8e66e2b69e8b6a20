import PolicyEngine
import Testing
import Vocabulary

/// One test per cell of AWS's tables: who is named by the resource's policy, and what else must allow.
@Suite("Evaluation logic")
struct EvaluationTests {
    enum Speaks: String, Sendable {
        case allows, denies, silent, absent
    }

    enum Caller: Sendable {
        case user, session
    }

    /// Whom the resource's policy names.
    enum Named: String, Sendable, CaseIterable {
        case nobody, everyone, account, user, role, session, userID, roleID, sessionOfID
    }

    struct Cell: Sendable, CustomTestStringConvertible {
        let caller: Caller
        let named: Named?
        let identity: Speaks
        let boundary: Speaks
        let session: Speaks
        let outcome: Outcome

        var testDescription: String {
            "\(caller), resource names \(named?.rawValue ?? "–"), identity \(identity), "
                + "boundary \(boundary), session \(session)"
        }
    }

    enum Outcome: Equatable, Sendable {
        case allowed
        case denied(PolicyLayer)
        case lacking(PolicyLayer)
    }

    /// Without a resource policy: identity, boundary and session policy must each allow.
    static let withoutResourcePolicy: [Cell] = [
        cell(.user, nil, .allows, .absent, .absent, .allowed),
        cell(.user, nil, .silent, .absent, .absent, .lacking(.identity)),
        cell(.user, nil, .denies, .absent, .absent, .denied(.identity)),
        cell(.user, nil, .allows, .allows, .absent, .allowed),
        cell(.user, nil, .allows, .silent, .absent, .lacking(.boundary)),
        cell(.user, nil, .allows, .denies, .absent, .denied(.boundary)),
        cell(.user, nil, .silent, .allows, .absent, .lacking(.identity)),
        cell(.session, nil, .allows, .absent, .absent, .allowed),
        cell(.session, nil, .allows, .absent, .allows, .allowed),
        cell(.session, nil, .allows, .absent, .silent, .lacking(.session)),
        cell(.session, nil, .allows, .absent, .denies, .denied(.session)),
        cell(.session, nil, .silent, .absent, .allows, .lacking(.identity)),
        cell(.session, nil, .allows, .silent, .allows, .lacking(.boundary)),
        cell(.session, nil, .allows, .allows, .allows, .allowed),
    ]

    /// With one, in the principal's own account.
    static let withResourcePolicy: [Cell] = [
        // Nobody named: the resource's policy is asked and lacks an allow, whatever else allows.
        cell(.user, .nobody, .allows, .absent, .absent, .lacking(.resource)),
        cell(.session, .nobody, .allows, .allows, .allows, .lacking(.resource)),
        // The user's ARN: an implicit deny elsewhere does not matter, an explicit one does.
        cell(.user, .user, .silent, .absent, .absent, .allowed),
        cell(.user, .user, .silent, .silent, .absent, .allowed),
        cell(.user, .user, .denies, .absent, .absent, .denied(.identity)),
        cell(.user, .user, .allows, .denies, .absent, .denied(.boundary)),
        // Everyone names a user as its ARN does, and a session as its role does.
        cell(.user, .everyone, .silent, .silent, .absent, .allowed),
        cell(.session, .everyone, .silent, .absent, .absent, .allowed),
        cell(.session, .everyone, .silent, .silent, .absent, .lacking(.boundary)),
        // The role's ARN: limited by boundary and session policy, not by the identity policy.
        cell(.session, .role, .silent, .absent, .absent, .allowed),
        cell(.session, .role, .silent, .allows, .absent, .allowed),
        cell(.session, .role, .silent, .silent, .absent, .lacking(.boundary)),
        cell(.session, .role, .silent, .absent, .silent, .lacking(.session)),
        cell(.session, .role, .denies, .absent, .absent, .denied(.identity)),
        // The session's ARN: not limited by any implicit deny.
        cell(.session, .session, .silent, .silent, .silent, .allowed),
        cell(.session, .session, .silent, .silent, .denies, .denied(.session)),
        cell(.session, .session, .silent, .denies, .silent, .denied(.boundary)),
        // Ids name as ARNs do.
        cell(.user, .userID, .silent, .silent, .absent, .allowed),
        cell(.session, .roleID, .silent, .absent, .absent, .allowed),
        cell(.session, .roleID, .silent, .silent, .absent, .lacking(.boundary)),
        cell(.session, .sessionOfID, .silent, .silent, .silent, .allowed),
        // The account: the account's policies decide.
        cell(.user, .account, .allows, .absent, .absent, .allowed),
        cell(.user, .account, .silent, .absent, .absent, .lacking(.identity)),
        cell(.user, .account, .allows, .silent, .absent, .lacking(.boundary)),
        cell(.user, .account, .denies, .absent, .absent, .denied(.identity)),
        cell(.session, .account, .allows, .absent, .absent, .allowed),
        cell(.session, .account, .allows, .absent, .silent, .lacking(.session)),
        cell(.session, .account, .silent, .absent, .allows, .lacking(.identity)),
        // Others named do not help.
        cell(.user, .role, .allows, .absent, .absent, .lacking(.resource)),
        cell(.session, .user, .allows, .absent, .absent, .lacking(.resource)),
        cell(.user, .roleID, .allows, .absent, .absent, .lacking(.resource)),
        cell(.user, .sessionOfID, .allows, .absent, .absent, .lacking(.resource)),
        cell(.session, .userID, .allows, .absent, .absent, .lacking(.resource)),
    ]

    @Test(arguments: withoutResourcePolicy)
    func `without a resource policy`(cell: Cell) throws {
        #expect(try Self.outcome(cell) == cell.outcome)
    }

    @Test(arguments: withResourcePolicy)
    func `with a key policy in the same account`(cell: Cell) throws {
        #expect(try Self.outcome(cell) == cell.outcome)
    }

    @Test(arguments: Named.allCases, [Caller.user, .session])
    func `another account's key needs both sides, however directly it names`(
        named: Named,
        caller: Caller
    ) throws {
        let allowing = Self.cell(caller, named, .allows, .absent, .absent, .allowed)
        let silent = Self.cell(caller, named, .silent, .absent, .absent, .allowed)
        let isNamed =
            switch (named, caller) {
            case (.everyone, _), (.account, _), (.user, .user), (.userID, .user),
                (.role, .session), (.roleID, .session), (.session, .session),
                (.sessionOfID, .session):
                true
            default: false
            }
        let other = try AccountID(parsing: "999900000000")
        let expected: Outcome = isNamed ? .allowed : .lacking(.resource)
        #expect(try Self.outcome(allowing, account: other) == expected)
        #expect(
            try Self.outcome(silent, account: other)
                == (isNamed ? .lacking(.identity) : .lacking(.resource))
        )
    }

    @Test(arguments: [Named.everyone, .account, .user])
    func `a denial in the resource's policy always counts`(named: Named) throws {
        let policy = try Fixture.policy(
            Self.statement("Deny", principal: named) + ","
                + Self.statement("Allow", principal: .user),
            named: "key policy",
            as: .key
        )
        let stack = PolicyStack(
            identity: [try Fixture.policy(Self.statement("Allow"))],
            resource: .init(policy, account: try AccountID(parsing: Fixture.account))
        )
        let decision = stack.decide(try Self.request(.user))
        #expect(
            decision
                == .explicitlyDenied(
                    StatementReference(layer: .resource, policy: "key policy", sid: nil, index: 0)
                )
        )
    }

    @Test func `NotPrincipal leaves out only whom it names together with the account`() throws {
        func isDenied(_ names: [String], _ caller: Caller) throws -> Bool {
            let list = names.map { "\"\($0)\"" }.joined(separator: ",")
            let policy = try Fixture.policy(
                "{\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":[\(list)]},\"Action\":\"*\","
                    + "\"Resource\":\"*\"}," + Self.statement("Allow", principal: .everyone),
                as: .key
            )
            let account = try AccountID(parsing: Fixture.account)
            let stack = PolicyStack(identity: [], resource: .init(policy, account: account))
            return !stack.decide(try Self.request(caller)).isAllowed
        }
        #expect(try !isDenied([Fixture.user, Fixture.root], .user))
        #expect(try isDenied([Fixture.user], .user))
        #expect(try isDenied([Fixture.root], .user))
        #expect(try !isDenied([Fixture.session, Fixture.role, Fixture.root], .session))
        #expect(try isDenied([Fixture.role, Fixture.root], .session))
        #expect(try !isDenied([Fixture.userID, Fixture.root], .user))
        #expect(try isDenied([Fixture.userID], .user))
        #expect(try !isDenied([Fixture.sessionOfID, Fixture.roleID, Fixture.root], .session))
        #expect(try isDenied([Fixture.roleID, Fixture.root], .session))
    }

    @Test func `a service is decided by the resource's policy alone`() throws {
        let policy = try Fixture.policy(
            "{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"logs.us-east-1.amazonaws.com\"},"
                + "\"Action\":\"kms:*\",\"Resource\":\"*\"}",
            as: .key
        )
        let account = try AccountID(parsing: Fixture.account)
        let stack = PolicyStack(identity: [], resource: .init(policy, account: account))
        func decide(_ name: String) -> Bool {
            stack.decide(
                PolicyRequest(
                    principal: .service(name),
                    action: "kms:Decrypt",
                    resource: Fixture.key,
                    context: ConditionContext([:])
                )
            ).isAllowed
        }
        #expect(decide("logs.us-east-1.amazonaws.com"))
        #expect(!decide("logs.eu-west-1.amazonaws.com"))
        #expect(!decide("ssm.amazonaws.com"))
    }

    @Test func `a decision names the statements it rests on`() throws {
        let stack = PolicyStack(
            identity: [
                try Fixture.policy(
                    "{\"Effect\":\"Allow\",\"Action\":\"logs:*\",\"Resource\":\"*\"},"
                        + "{\"Sid\":\"Keys\",\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"*\"}",
                    named: "arn:aws:iam::111122223333:policy/Keys"
                )
            ],
            boundary: try Fixture.policy(Self.statement("Allow"), named: "boundary")
        )
        guard case .allowed(let statements) = stack.decide(try Self.request(.user)) else {
            Issue.record("not allowed")
            return
        }
        #expect(
            statements.map(\.description) == [
                "arn:aws:iam::111122223333:policy/Keys, statement Keys", "boundary, statement 1",
            ]
        )
    }

    static let sentences: [(Decision, String)] = [
        (
            .implicitlyDenied(.identity),
            "because no identity-based policy allows the kms:Encrypt action"
        ),
        (
            .implicitlyDenied(.boundary),
            "because no permissions boundary allows the kms:Encrypt action"
        ),
        (.implicitlyDenied(.session), "because no session policy allows the kms:Encrypt action"),
        (
            .implicitlyDenied(.resource),
            "because no resource-based policy allows the kms:Encrypt action"
        ),
        (.implicitlyDenied(.trust), "because no role trust policy allows the kms:Encrypt action"),
        (explicit(.identity), "with an explicit deny in an identity-based policy"),
        (explicit(.boundary), "with an explicit deny in a permissions boundary"),
        (explicit(.session), "with an explicit deny in a session policy"),
        (explicit(.resource), "with an explicit deny in a resource-based policy"),
        (explicit(.trust), "with an explicit deny in the role trust policy"),
    ]

    @Test(arguments: sentences)
    func `a denial is told in AWS's words`(decision: Decision, reason: String) {
        let message = decision.denialMessage(
            principal: Fixture.user,
            action: "kms:Encrypt",
            resource: Fixture.key
        )
        #expect(
            message
                == "User: \(Fixture.user) is not authorized to perform: kms:Encrypt on resource: "
                + "\(Fixture.key) \(reason)"
        )
    }
}

extension EvaluationTests {
    private static func cell(
        _ caller: Caller,
        _ named: Named?,
        _ identity: Speaks,
        _ boundary: Speaks,
        _ session: Speaks,
        _ outcome: Outcome
    ) -> Cell {
        Cell(
            caller: caller,
            named: named,
            identity: identity,
            boundary: boundary,
            session: session,
            outcome: outcome
        )
    }

    private static func explicit(_ layer: PolicyLayer) -> Decision {
        .explicitlyDenied(StatementReference(layer: layer, policy: "p", sid: nil, index: 0))
    }

    private static func statement(_ effect: String, principal: Named? = nil) -> String {
        let principal =
            switch principal {
            case nil: ""
            case .nobody: "\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:user/nobody\"},"
            case .everyone: "\"Principal\":\"*\","
            case .account: "\"Principal\":{\"AWS\":\"\(Fixture.root)\"},"
            case .user: "\"Principal\":{\"AWS\":\"\(Fixture.user)\"},"
            case .role: "\"Principal\":{\"AWS\":\"\(Fixture.role)\"},"
            case .session: "\"Principal\":{\"AWS\":\"\(Fixture.session)\"},"
            case .userID: "\"Principal\":{\"AWS\":\"\(Fixture.userID)\"},"
            case .roleID: "\"Principal\":{\"AWS\":\"\(Fixture.roleID)\"},"
            case .sessionOfID: "\"Principal\":{\"AWS\":\"\(Fixture.sessionOfID)\"},"
            }
        return "{\"Effect\":\"\(effect)\",\(principal)\"Action\":\"kms:*\",\"Resource\":\"*\"}"
    }

    private static func policy(_ speaks: Speaks) throws -> NamedPolicy? {
        switch speaks {
        case .allows: try Fixture.policy(statement("Allow"))
        case .denies: try Fixture.policy(statement("Deny") + "," + statement("Allow"))
        case .silent:
            try Fixture.policy("{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}")
        case .absent: nil
        }
    }

    private static func request(_ caller: Caller) throws -> PolicyRequest {
        PolicyRequest(
            principal: try caller == .user ? Fixture.userPrincipal() : Fixture.sessionPrincipal(),
            action: "kms:Encrypt",
            resource: Fixture.key,
            context: ConditionContext([:])
        )
    }

    private static func outcome(_ cell: Cell, account: AccountID? = nil) throws -> Outcome {
        var stack = PolicyStack(
            identity: try policy(cell.identity).map { [$0] } ?? [],
            boundary: try policy(cell.boundary),
            session: try policy(cell.session).map { [$0] }
        )
        if let named = cell.named {
            let document = try Fixture.policy(statement("Allow", principal: named), as: .key)
            let own = try AccountID(parsing: Fixture.account)
            stack.resource = .init(document, account: account ?? own)
        }
        return switch stack.decide(try request(cell.caller)) {
        case .allowed: .allowed
        case .explicitlyDenied(let statement): .denied(statement.layer)
        case .implicitlyDenied(let layer): .lacking(layer)
        }
    }
}
