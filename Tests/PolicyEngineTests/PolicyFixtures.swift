import PolicyEngine
import Testing
import Vocabulary

/// Shorthand for requests and policies, so that a test shows what it is about.
enum Fixture {
    static let account = "111122223333"
    static let user = "arn:aws:iam::111122223333:user/alice"
    static let role = "arn:aws:iam::111122223333:role/operator"
    static let session = "arn:aws:sts::111122223333:assumed-role/operator/alice"
    static let userID = "AIDAALICE2345ABCDEFGH"
    static let roleID = "AROAOPERATOR2345ABCDE"
    /// The session above, by its role's id.
    static let sessionOfID = "AROAOPERATOR2345ABCDE:alice"
    static let root = "arn:aws:iam::111122223333:root"
    static let key = "arn:aws:kms:us-east-1:111122223333:key/1"

    static func userPrincipal() throws -> PolicyPrincipal {
        .user(arn: try ARN(parsing: user), id: userID)
    }

    static func sessionPrincipal() throws -> PolicyPrincipal {
        .roleSession(
            arn: try ARN(parsing: session),
            role: try ARN(parsing: role),
            roleID: roleID
        )
    }

    static func document(
        _ statements: String,
        as kind: PolicyDocument.Kind = .identity,
        version: String = "2012-10-17"
    ) throws -> PolicyDocument {
        try PolicyDocument(
            parsing: "{\"Version\":\"\(version)\",\"Statement\":[\(statements)]}",
            as: kind
        )
    }

    static func policy(
        _ statements: String,
        named name: String = "policy",
        as kind: PolicyDocument.Kind = .identity
    ) throws -> NamedPolicy {
        NamedPolicy(name: name, document: try document(statements, as: kind))
    }

    /// Whether an identity policy with this condition allows a request with these values.
    static func condition(
        _ condition: String,
        _ values: [String: [String]],
        version: String = "2012-10-17"
    ) throws -> Bool {
        let statement =
            "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":\(condition)}"
        let policy = NamedPolicy(
            name: "policy",
            document: try document(statement, version: version)
        )
        let request = PolicyRequest(
            principal: try userPrincipal(),
            action: "kms:Encrypt",
            resource: key,
            context: ConditionContext(values)
        )
        return PolicyStack(identity: [policy]).decide(request).isAllowed
    }
}
