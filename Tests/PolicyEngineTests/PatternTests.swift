import PolicyEngine
import Testing
import Vocabulary

@Suite("Names with wildcards")
struct PatternTests {
    private func allows(
        action: String = "*",
        resource: String = "*",
        _ request: (action: String, resource: String),
        values: [String: [String]] = [:],
        version: String = "2012-10-17"
    ) throws -> Bool {
        let document = try Fixture.document(
            "{\"Effect\":\"Allow\",\"Action\":\"\(action)\",\"Resource\":\"\(resource)\"}",
            version: version
        )
        let stack = PolicyStack(identity: [NamedPolicy(name: "p", document: document)])
        return stack.decide(
            PolicyRequest(
                principal: try Fixture.userPrincipal(),
                action: request.action,
                resource: request.resource,
                context: ConditionContext(values)
            )
        ).isAllowed
    }

    @Test(arguments: [
        ("*", "kms:Encrypt", true),
        ("kms:*", "kms:Encrypt", true),
        ("KMS:encrypt", "kms:Encrypt", true),
        ("kms:En*t", "kms:Encrypt", true),
        ("kms:?ncrypt", "kms:Encrypt", true),
        ("kms:?crypt", "kms:Encrypt", false),
        ("kms:ReEncrypt*", "kms:Encrypt", false),
        ("logs:*", "kms:Encrypt", false),
    ])
    func `actions match without regard to case`(pattern: String, action: String, holds: Bool) throws
    {
        #expect(try allows(action: pattern, (action, "*")) == holds)
    }

    /// The pattern in `Resource`, the ARN, and whether it matches.
    static let resources: [(String, String, Bool)] = [
        ("*", "arn:aws:logs:r:1:log-group:g", true),
        ("*", "*", true),
        ("arn:aws:logs:r:1:log-group:g", "*", false),
        ("arn:aws:logs:*:*:log-group:g", "arn:aws:logs:r:1:log-group:g", true),
        ("arn:aws:logs:*:*:*", "arn:aws:logs:r:1:log-group:g:log-stream:s", true),
        // A `*` at the end of a segment may go past the colon, one inside a segment may not.
        ("arn:aws:logs:*", "arn:aws:logs:r:1:log-group:g", true),
        ("arn:aws:logs:*:log-group:g", "arn:aws:logs:r:1:log-group:g", true),
        ("arn:aws:logs:u*t:1:log-group:g", "arn:aws:logs:us-east:1:log-group:g", true),
        ("arn:aws:logs:u*t:log-group:g", "arn:aws:logs:us-1:t:log-group:g", false),
        ("arn:aws:logs:?:1:log-group:g", "arn:aws:logs:r:1:log-group:g", true),
        ("arn:aws:logs:r?1:log-group:g", "arn:aws:logs:r:1:log-group:g", false),
        // Past the fifth colon everything is one part.
        ("arn:aws:logs:r:1:log-group:a*z", "arn:aws:logs:r:1:log-group:a:b:z", true),
        ("arn:aws:logs:r:1:log-group:g:*", "arn:aws:logs:r:1:log-group:g", false),
        ("arn:aws:logs:r:1:log-group:G", "arn:aws:logs:r:1:log-group:g", false),
        ("arn:aws:ssm:*:*:session/${aws:username}-*", "arn:aws:ssm:r:1:session/alice-1", true),
        ("arn:aws:ssm:*:*:session/${aws:username}-*", "arn:aws:ssm:r:1:session/bob-1", false),
        ("arn:aws:ssm:*:*:session/${AWS:UserName}-*", "arn:aws:ssm:r:1:session/alice-1", true),
        ("arn:aws:s3:::b/${x:none}", "arn:aws:s3:::b/", false),
        ("arn:aws:s3:::b/${x:none, 'all'}", "arn:aws:s3:::b/all", true),
        ("arn:aws:s3:::b/${aws:username, 'all'}", "arn:aws:s3:::b/alice", true),
        ("arn:aws:s3:::b/${x:several}", "arn:aws:s3:::b/1", false),
        ("arn:aws:s3:::b/${x:star}", "arn:aws:s3:::b/anything", false),
        ("arn:aws:s3:::b/${x:star}", "arn:aws:s3:::b/*", true),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", true),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", false),
        ("arn:aws:s3:::b/${?}${$}", "arn:aws:s3:::b/?$", true),
    ]

    @Test(arguments: resources)
    func `resources match by segments, with variables filled in`(
        pattern: String,
        resource: String,
        holds: Bool
    ) throws {
        let values = ["aws:username": ["alice"], "x:several": ["1", "2"], "x:star": ["*"]]
        #expect(try allows(resource: pattern, ("a:b", resource), values: values) == holds)
    }

    @Test func `the old version has no variables`() throws {
        let pattern = "arn:aws:s3:::b/${aws:username}"
        let values = ["aws:username": ["alice"]]
        let literal = ("a:b", "arn:aws:s3:::b/${aws:username}")
        let filled = ("a:b", "arn:aws:s3:::b/alice")
        #expect(try allows(resource: pattern, filled, values: values))
        #expect(try !allows(resource: pattern, filled, values: values, version: "2008-10-17"))
        #expect(try allows(resource: pattern, literal, values: values, version: "2008-10-17"))
    }

    @Test func `variables stand in conditions on strings and ARNs`() throws {
        let values = ["x:key": ["home/alice/1"], "aws:username": ["alice"]]
        #expect(
            try Fixture.condition("{\"StringLike\":{\"x:key\":\"home/${aws:username}/*\"}}", values)
        )
        #expect(
            try Fixture.condition(
                "{\"StringEqualsIgnoreCase\":{\"x:owner\":\"${aws:username}\"}}",
                ["x:owner": ["alice"], "aws:username": ["Alice"]]
            )
        )
        #expect(
            try !Fixture.condition("{\"StringEquals\":{\"x:key\":\"${x:none}\"}}", values)
        )
    }

    @Test func `a hostile pattern costs no more than its length times the text's`() throws {
        let pattern = "arn:aws:s3:::" + String(repeating: "*a", count: 200) + "b"
        let resource = "arn:aws:s3:::" + String(repeating: "a", count: 1500)
        // Exponential matching would not end before the sun does.
        #expect(try !allows(resource: pattern, ("a:b", resource)))
    }

    @Test func `a resource may be known by several names`() throws {
        let statement =
            "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:logs:r:1:g\"}"
        let stack = PolicyStack(identity: [try Fixture.policy(statement)])
        func decide(_ names: [String]) throws -> Bool {
            let request = PolicyRequest(
                principal: try Fixture.userPrincipal(),
                action: "logs:PutLogEvents",
                resource: "arn:aws:logs:r:1:g:log-stream:",
                alsoKnownAs: names,
                context: ConditionContext([:])
            )
            return stack.decide(request).isAllowed
        }
        #expect(try decide(["arn:aws:logs:r:1:g"]))
        #expect(try !decide([]))
    }
}
