import PolicyEngine
import Testing

@Suite("A policy document")
struct PolicyDocumentTests {
    @Test func `the article's key policy is read`() throws {
        let document = try PolicyDocument(
            parsing: """
                {
                    "Version": "2012-10-17",
                    "Id": "key-default-1",
                    "Statement": [
                        {
                            "Sid": "Enable IAM User Permissions",
                            "Effect": "Allow",
                            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                            "Action": "kms:*",
                            "Resource": "*"
                        },
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
                            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:Describe*"],
                            "Resource": "*",
                            "Condition": {
                                "ArnEquals": {
                                    "kms:EncryptionContext:aws:logs:arn":
                                        "arn:aws:logs:us-east-1:111122223333:log-group:sessions"
                                }
                            }
                        }
                    ]
                }
                """,
            as: .key
        )
        #expect(document.statementCount == 2)
        #expect(document.version == .current)
        #expect(document.id == "key-default-1")
    }

    @Test func `one statement need not be a list, and the old version is the default`() throws {
        let document = try PolicyDocument(
            parsing: #"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#,
            as: .identity
        )
        #expect(document.statementCount == 1)
        #expect(document.version == .first)
    }

    struct Flawed: Sendable, CustomTestStringConvertible {
        let text: String
        let kind: PolicyDocument.Kind
        let reason: PolicyDocumentError.Reason
        let line: Int
        let column: Int

        init(
            _ text: String,
            _ reason: PolicyDocumentError.Reason,
            _ line: Int,
            _ column: Int,
            as kind: PolicyDocument.Kind = .identity
        ) {
            self.text = text
            self.kind = kind
            self.reason = reason
            self.line = line
            self.column = column
        }

        /// A document of one statement, from its members.
        static func statement(
            _ members: String,
            _ reason: PolicyDocumentError.Reason,
            _ column: Int,
            as kind: PolicyDocument.Kind = .identity
        ) -> Flawed {
            Flawed(
                "{\"Version\":\"2012-10-17\",\"Statement\":\n{\(members)}}",
                reason,
                2,
                column,
                as: kind
            )
        }

        var testDescription: String { text }
    }

    static let flawed: [Flawed] = [
        Flawed("", .notJSON("unexpected end of the document"), 1, 1),
        Flawed("[]", .notObject("the document"), 1, 1),
        Flawed("{\"Version\":\n\"2012-10-17\",}", .notJSON("expected a member's name"), 2, 14),
        Flawed("{\"Statement\":[]}", .missingStatement, 1, 14),
        Flawed("{}", .missingStatement, 1, 1),
        Flawed("{\"Version\":\"2020-01-01\"}", .badVersion("2020-01-01"), 1, 12),
        Flawed("{\"Versoin\":\"2012-10-17\"}", .unknownElement("Versoin"), 1, 2),
        Flawed("{\"Id\":\"a\",\"Id\":\"b\"}", .notJSON("duplicate member \"Id\""), 1, 11),
        Flawed(
            "{\"Statement\":\"x\"}",
            .notObject("a statement"),
            1,
            14
        ),
        .statement("\"Action\":\"*\",\"Resource\":\"*\"", .missingEffect, 1),
        .statement(
            "\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\"",
            .badEffect("allow"),
            11
        ),
        .statement("\"Effect\":\"Allow\",\"Resource\":\"*\"", .missingAction, 1),
        .statement("\"Effect\":\"Allow\",\"Action\":[],\"Resource\":\"*\"", .missingAction, 28),
        .statement("\"Effect\":\"Allow\",\"Action\":\"*\"", .missingResource, 1),
        .statement(
            "\"Effect\":\"Allow\",\"Action\":\"Encrypt\",\"Resource\":\"*\"",
            .badAction("Encrypt"),
            28
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"log-group\"",
            .badResource("log-group"),
            43
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Action\":\"*\",\"NotAction\":\"*\",\"Resource\":\"*\"",
            .bothOf("Action", "NotAction"),
            32
        ),
        .statement(
            "\"Sid\":\"a b\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"",
            .badSid("a b"),
            8
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"",
            .unexpectedPrincipal,
            19
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"",
            .missingPrincipal,
            1,
            as: .key
        ),
        .statement(
            "\"Effect\":\"Allow\",\"NotPrincipal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"",
            .notPrincipalNeedsDeny,
            19,
            as: .key
        ),
        .statement(
            "\"Effect\":\"Deny\",\"NotPrincipal\":\"*\",\"Action\":\"sts:AssumeRole\"",
            .notPrincipalInTrustPolicy,
            18,
            as: .trust
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::1:user/a\"},"
                + "\"Action\":\"sts:AssumeRole\"",
            .badPrincipal(type: "AWS", value: "arn:aws:iam::1:user/a"),
            38,
            as: .trust
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:user/*\"},"
                + "\"Action\":\"sts:AssumeRole\"",
            .badPrincipal(type: "AWS", value: "arn:aws:iam::111122223333:user/*"),
            38,
            as: .trust
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:Encrypt\"",
            .notSTSAction("kms:Encrypt"),
            44,
            as: .trust
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\",\"Resource\":\"*\"",
            .unexpectedResource,
            61,
            as: .trust
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
                + "\"Condition\":{\"StringMatches\":{\"aws:username\":\"a\"}}",
            .unknownOperator("StringMatches"),
            60
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
                + "\"Condition\":{\"NumericEquals\":{\"aws:epochtime\":\"soon\"}}",
            .badConditionValue(operator: "NumericEquals", value: "soon"),
            93
        ),
        .statement(
            "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::${aws:username\"",
            .badVariable("arn:aws:s3:::${aws:username"),
            43
        ),
    ]

    @Test(arguments: flawed)
    func `what is wrong is named with its line and column`(flawed: Flawed) {
        let error = #expect(throws: PolicyDocumentError.self) {
            try PolicyDocument(parsing: flawed.text, as: flawed.kind)
        }
        #expect(error?.reason == flawed.reason)
        #expect(error?.line == flawed.line)
        #expect(error?.column == flawed.column)
    }

    @Test func `two statements with one id are refused, in an identity policy`() {
        let statement = #"{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"}"#
        let error = #expect(throws: PolicyDocumentError.self) {
            try PolicyDocument(
                parsing: "{\"Statement\":[\(statement),\(statement)]}",
                as: .identity
            )
        }
        #expect(error?.reason == .duplicateSid("A"))
        #expect(
            error?.description
                == "Statement IDs (SID) in a single policy must be unique. (line 1, column 72)"
        )
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `a million levels are refused, and do not end the process`(opening: String) {
        let text = String(repeating: opening, count: 20_000)
        let error = #expect(throws: PolicyDocumentError.self) {
            try PolicyDocument(parsing: text, as: .identity)
        }
        #expect(error?.reason == .notJSON("too deeply nested"))
    }

    @Test func `a document longer than any may be is refused unread`() {
        let text = "{" + String(repeating: " ", count: 131_072)
        let error = #expect(throws: PolicyDocumentError.self) {
            try PolicyDocument(parsing: text, as: .identity)
        }
        #expect(error?.reason == .notJSON("longer than any policy may be"))
    }

    @Test func `every truncation of a document is refused`() throws {
        let text = """
            {"Version":"2012-10-17","Statement":[{"Sid":"A\\u00e9\\ud83d\\ude00"
            ,"Effect":"Allow","Action":["a:b"],"Resource":"*",
            "Condition":{"Bool":{"a:b":true},"NumericEquals":{"a:c":[1,-2.5e3]}}}]}
            """
        // Key policies may have any letters in their ids.
        _ = try PolicyDocument(
            parsing: text.replacingFirst("\"Action\"", with: "\"Principal\":\"*\",\"Action\""),
            as: .key
        )
        let bytes = Array(text.utf8)
        for end in 0..<bytes.count {
            #expect(throws: PolicyDocumentError.self) {
                try PolicyDocument(
                    parsing: String(decoding: bytes[..<end], as: UTF8.self),
                    as: .identity
                )
            }
        }
    }
}

extension String {
    fileprivate func replacingFirst(_ text: String, with other: String) -> String {
        guard let range = firstRange(of: text) else { return self }
        return replacingCharacters(in: range, with: other)
    }

    private func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            start = index(after: start)
        }
        return nil
    }

    private func replacingCharacters(in range: Range<Index>, with other: String) -> String {
        String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
