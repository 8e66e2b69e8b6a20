import PolicyEngine
import Testing
import Vocabulary

@Suite("The principals in the text of a policy")
struct PolicyPrincipalsTests {
    private static let bob = "arn:aws:iam::111122223333:user/bob"

    private func principals(_ policy: String) throws -> PolicyPrincipals {
        try #require(PolicyPrincipals(of: policy))
    }

    private func user(_ text: String) throws -> PrincipalName { .user(try ARN(parsing: text)) }

    @Test func `are users, roles and sessions under AWS, by ARN or id`() throws {
        let policy = """
            {"Statement": [
             {"Principal": {"AWS": ["\(Fixture.user)", "\(Fixture.role)", "\(Fixture.session)"]}},
             {"NotPrincipal": {"AWS": "\(Fixture.userID)"}},
             {"Principal": {"AWS": ["\(Fixture.sessionOfID)", "\(Fixture.user)"]}}]}
            """
        #expect(
            try principals(policy).names == [
                try user(Fixture.user), .role(try ARN(parsing: Fixture.role)),
                .session(try ARN(parsing: Fixture.session)), .uniqueID(Fixture.userID),
                .sessionOfID(Fixture.roleID, name: "alice"),
            ]
        )
    }

    @Test(arguments: [
        #"{"Statement": {"Principal": "*"}}"#,
        #"{"Statement": {"Principal": {"AWS": ["*", "111122223333"]}}}"#,
        #"{"Statement": {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}}"#,
        #"{"Statement": {"Principal": {"Service": "arn:aws:iam::111122223333:user/bob"}}}"#,
        #"{"Statement": {"Resource": "arn:aws:iam::111122223333:user/bob"}}"#,
        #"{"Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"}}"#,
        #"{"Statement": {"Principal": {"AWS": "AROAOPERATOR2345ABCDE:a/b"}}}"#,
        #"{"Statement": {"Principal": {"AWS": "AIDAALICE2345ABCDEFGH:alice"}}}"#,
        #"{"Statement": [1, {"Principal": {"AWS": [2]}}]}"#,
        "[]",
    ])
    func `are not accounts, everybody, services, or what stands elsewhere`(
        policy: String
    ) throws {
        let found = try principals(policy)
        #expect(found.names.isEmpty)
        #expect(found.renaming([:]) == policy)
    }

    @Test func `change their names where they stand, and nothing else changes`() throws {
        func policy(_ one: String, _ two: String) -> String {
            """
            {"Id" : "\(Self.bob)",\t"Statement":[ {"Principal" :{ "AWS": [ \(one) ,\(two)]},
              "Condition": {"StringEquals": {"aws:PrincipalArn": "\(Self.bob)"}}},
            {"NotPrincipal": {"AWS" : \(one) }, "Sid": "né"}]}

            """
        }
        let renamed = try principals(policy("\"\(Self.bob)\"", "\"\(Fixture.role)\""))
            .renaming([user(Self.bob): .uniqueID(Fixture.userID)])
        #expect(renamed == policy("\"\(Fixture.userID)\"", "\"\(Fixture.role)\""))
        let back = try principals(renamed).renaming([.uniqueID(Fixture.userID): user(Self.bob)])
        #expect(back == policy("\"\(Self.bob)\"", "\"\(Fixture.role)\""))
    }

    @Test func `are read and written as JSON strings`() throws {
        let name = try user(#"arn:aws:iam::111122223333:user/a"b\c/bob"#)
        let escaped =
            #"{"Statement":{"Principal":{"AWS":"arn:aws:iam::111122223333:user\/\u0062ob"}}}"#
        #expect(try principals(escaped).names == [try user(Self.bob)])
        let renamed = try principals(escaped).renaming([user(Self.bob): name])
        #expect(
            renamed
                == #"{"Statement":{"Principal":{"AWS":"arn:aws:iam::111122223333:user/a\"b\\c/bob"}}}"#
        )
        #expect(try principals(renamed).names == [name])
    }

    @Test func `are JSON strings whatever is in them`() throws {
        let policy = #"{"Statement":{"Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"}}}"#
        let name = try user("arn:aws:iam::111122223333:user/a\n\u{1F}\"b")
        let renamed = try principals(policy).renaming([user(Self.bob): name])
        #expect(
            renamed
                == #"{"Statement":{"Principal":{"AWS":"arn:aws:iam::111122223333:user/a\u000a\u001f\"b"}}}"#
        )
        #expect(try principals(renamed).names == [name])
    }

    @Test(arguments: [
        ("alice", true), ("mi-0123456789abcdef0", true), ("a+=,.@-_b", true),
        (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
        ("", false), ("x", false), ("Jane Doe", false), ("né", false), ("a:b", false),
        ("a/b", false), ("a\nb", false), ("*", false),
    ])
    func `by id are sessions of a name that sessions have`(name: String, isOne: Bool) {
        #expect(PrincipalName.sessionOfID(Fixture.roleID, name: name).isExpressible == isOne)
    }

    @Test(arguments: [
        ("user/bob", true), ("user/ops/bob", true), (#"user/a"b\c:d/bob"#, true),
        ("user/x*/bob", false), ("user/x?/bob", false), ("group/bob", false),
    ])
    func `by ARN have no wildcards`(resource: String, isOne: Bool) throws {
        let name = try user("arn:aws:iam::111122223333:\(resource)")
        #expect(name.isExpressible == isOne)
    }

    @Test func `of a text that is no JSON are not there`() {
        #expect(PolicyPrincipals(of: "{") == nil)
    }
}
