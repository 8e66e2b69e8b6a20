import LogsService
import ServiceTestKit
import Testing
import Vocabulary

@Suite("A log group")
struct LogGroupTests {
    @Test func `is described with both of its ARNs`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.call(
            "PutRetentionPolicy",
            #"{"logGroupName":"/ssm/console","retentionInDays":30}"#
        )
        let group = try await logs.call("DescribeLogGroups", "{}")["logGroups"][0]
        #expect(group["logGroupName"].text == "/ssm/console")
        #expect(group["arn"].text == "arn:aws:logs:us-east-1:111122223333:log-group:/ssm/console:*")
        #expect(
            group["logGroupArn"].text
                == "arn:aws:logs:us-east-1:111122223333:log-group:/ssm/console"
        )
        #expect(group["creationTime"].number == logs.now)
        #expect(group["retentionInDays"].number == 30)
        #expect(group["storedBytes"].number == 0)
        #expect(group["metricFilterCount"].number == 0)
        #expect(group["logGroupClass"].text == "STANDARD")
        #expect(group["deletionProtectionEnabled"] == .bool(false))
        #expect(group["kmsKeyId"] == .null)
        try await logs.call("DeleteRetentionPolicy", #"{"logGroupName":"/ssm/console"}"#)
        let after = try await logs.call("DescribeLogGroups", "{}")["logGroups"][0]
        #expect(after["retentionInDays"] == .null)
    }

    @Test(arguments: [
        (
            #"{}"#,
            "1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null"
        ),
        (#"{"logGroupName":""}"#, #"2 validation errors"#),
        (
            #"{"logGroupName":"a b"}"#,
            #"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"#
        ),
        (#"{"logGroupName":"aws/lambda"}"#, "Log groups starting with AWS/ are reserved for AWS."),
        (
            #"{"logGroupName":"g","logGroupClass":"INFREQUENT_ACCESS"}"#,
            "The log group class INFREQUENT_ACCESS is not supported."
        ),
        (
            #"{"logGroupName":"g","logGroupClass":"BEST"}"#,
            "Member must satisfy enum value set: [STANDARD, INFREQUENT_ACCESS, DELIVERY]"
        ),
        (#"{"logGroupName":"g","tags":{}}"#, "Member must have length greater than or equal to 1"),
        (
            #"{"logGroupName":"g","tags":{"aws:x":"y"}}"#,
            "Tag keys beginning with aws: are reserved for AWS."
        ),
        (
            #"{"logGroupName":"g","tags":{"a!":"y"}}"#,
            "Member must satisfy regular expression pattern"
        ),
        (#"{"logGroupName":"g","kmsKeyId":"alias/mine"}"#, "it must be the ARN of a key."),
    ])
    func `is refused with a reason`(input: String, reason: String) async throws {
        let logs = try LogsBench()
        let fault = try await logs.fault("CreateLogGroup", input)
        #expect(fault?.code == "InvalidParameterException")
        #expect(fault?.message.contains(reason) == true, "\(fault?.message ?? "")")
    }

    @Test func `may have a name of 512 characters and no more`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup(String(repeating: "g", count: 512))
        let fault = try await logs.fault(
            "CreateLogGroup",
            #"{"logGroupName":"\#(String(repeating: "g", count: 513))"}"#
        )
        #expect(
            fault?.message
                == "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
        )
    }

    @Test func `is made once`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        let fault = try await logs.fault("CreateLogGroup", #"{"logGroupName":"/ssm/console"}"#)
        #expect(
            fault
                == ServiceFault(
                    "ResourceAlreadyExistsException",
                    "The specified log group already exists"
                )
        )
    }

    @Test(arguments: [
        ("DeleteLogGroup", #"{"logGroupName":"none"}"#),
        ("PutRetentionPolicy", #"{"logGroupName":"none","retentionInDays":1}"#),
        ("DeleteRetentionPolicy", #"{"logGroupName":"none"}"#),
        ("CreateLogStream", #"{"logGroupName":"none","logStreamName":"s"}"#),
        ("DescribeLogStreams", #"{"logGroupName":"none"}"#),
        (
            "DescribeLogStreams",
            #"{"logGroupIdentifier":"arn:aws:logs:eu-west-1:111122223333:log-group:/ssm/console"}"#
        ),
        (
            "PutLogEvents",
            #"{"logGroupName":"none","logStreamName":"s","logEvents":[{"timestamp":1,"message":"m"}]}"#
        ),
        ("GetLogEvents", #"{"logGroupName":"none","logStreamName":"s"}"#),
        ("FilterLogEvents", #"{"logGroupName":"none"}"#),
        ("DisassociateKmsKey", #"{"logGroupName":"none"}"#),
        (
            "AssociateKmsKey",
            #"{"logGroupName":"none","kmsKeyId":"arn:aws:kms:us-east-1:111122223333:key/k"}"#
        ),
        ("TagLogGroup", #"{"logGroupName":"none","tags":{"a":"b"}}"#),
        (
            "ListTagsForResource",
            #"{"resourceArn":"arn:aws:logs:us-east-1:111122223333:log-group:none"}"#
        ),
    ])
    func `that is not there is reported as AWS does`(name: String, input: String) async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        let fault = try await logs.fault(name, input)
        #expect(fault?.code == "ResourceNotFoundException")
        #expect(fault?.message == "The specified log group does not exist.")
    }

    @Test func `is listed by prefix, by pattern and page by page`() async throws {
        let logs = try LogsBench()
        for name in ["b", "a", "ab/Data", "aws-data", "xDatax"] { try await logs.makeGroup(name) }
        func names(_ input: String) async throws -> [String] {
            try await logs.call("DescribeLogGroups", input)["logGroups"].items
                .compactMap { $0["logGroupName"].text }
        }
        #expect(try await names("{}") == ["a", "ab/Data", "aws-data", "b", "xDatax"])
        #expect(try await names(#"{"logGroupNamePrefix":"a"}"#) == ["a", "ab/Data", "aws-data"])
        #expect(try await names(#"{"logGroupNamePattern":"Data"}"#) == ["ab/Data", "xDatax"])
        #expect(try await names(#"{"logGroupClass":"DELIVERY"}"#) == [])
        #expect(try await names(#"{"logGroupIdentifiers":["b","a","none"]}"#) == ["a", "b"])

        var seen: [String] = []
        var token = ""
        repeat {
            let page = try await logs.call("DescribeLogGroups", #"{"limit":2\#(token)}"#)
            seen += page["logGroups"].items.compactMap { $0["logGroupName"].text }
            token = page["nextToken"].text.map { #","nextToken":"\#($0)""# } ?? ""
        } while !token.isEmpty
        #expect(seen == ["a", "ab/Data", "aws-data", "b", "xDatax"])
    }

    @Test func `found by a pattern is described by three members only`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        let page = try await logs.call("DescribeLogGroups", #"{"logGroupNamePattern":"ssm"}"#)
        #expect(page["logGroups"][0].members == ["logGroupName", "creationTime", "arn"])
    }

    @Test(arguments: [
        (
            #"{"logGroupNamePrefix":"a","logGroupNamePattern":"b"}"#,
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        ),
        (
            #"{"limit":51}"#,
            "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50"
        ),
        (
            #"{"limit":0}"#,
            "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"
        ),
        (#"{"nextToken":"made up"}"#, "The specified nextToken is invalid."),
        (#"{"accountIdentifiers":["999999999999"]}"#, "No other accounts are linked to this one."),
    ])
    func `listing refuses`(input: String, reason: String) async throws {
        let fault = try await LogsBench().fault("DescribeLogGroups", input)
        #expect(fault == ServiceFault("InvalidParameterException", reason))
    }

    @Test(arguments: [0, 2, 4, 31, 366, 3654])
    func `keeps events for documented numbers of days only`(days: Int) async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        let fault = try await logs.fault(
            "PutRetentionPolicy",
            #"{"logGroupName":"/ssm/console","retentionInDays":\#(days)}"#
        )
        #expect(
            fault?.message.hasPrefix(
                "1 validation error detected: Value '\(days)' at 'retentionInDays' failed to "
                    + "satisfy constraint: Member must satisfy enum value set: [1, 3, 5, 7, 14,"
            ) == true
        )
    }

    @Test func `protected from deletion goes only when the protection is off`() async throws {
        let logs = try LogsBench()
        try await logs.call(
            "CreateLogGroup",
            #"{"logGroupName":"g","deletionProtectionEnabled":true}"#
        )
        let fault = try await logs.fault("DeleteLogGroup", #"{"logGroupName":"g"}"#)
        #expect(
            fault
                == ServiceFault(
                    "ValidationException",
                    "Cannot delete log group with deletion protection enabled. "
                        + "Disable deletion protection first."
                )
        )
        try await logs.call(
            "PutLogGroupDeletionProtection",
            #"{"logGroupIdentifier":"g","deletionProtectionEnabled":false}"#
        )
        try await logs.call("DeleteLogGroup", #"{"logGroupName":"g"}"#)
        #expect(try await logs.call("DescribeLogGroups", "{}")["logGroups"].items == [])
    }

    @Test func `made again under its name has nothing of the old one`() async throws {
        let logs = try LogsBench()
        for round in ["first", "second"] {
            try await logs.makeGroup()
            try await logs.makeStream("s")
            #expect(try await logs.filter() == [])
            #expect(try await logs.messages("s") == [])
            try await logs.put(round, "s")
            #expect(try await logs.messages("s") == [round])
            if round == "first" {
                try await logs.call("DeleteLogGroup", #"{"logGroupName":"/ssm/console"}"#)
            }
        }
        await logs.maintenance.step()
        #expect(try await logs.messages("s") == ["second"])
    }

    @Test func `takes and gives tags by both forms`() async throws {
        let logs = try LogsBench()
        let arn = "arn:aws:logs:us-east-1:111122223333:log-group:g"
        try await logs.call("CreateLogGroup", #"{"logGroupName":"g","tags":{"a":"1"}}"#)
        try await logs.call("TagResource", #"{"resourceArn":"\#(arn)","tags":{"b":"2","a":"3"}}"#)
        try await logs.call("TagLogGroup", #"{"logGroupName":"g","tags":{"c":"4"}}"#)
        try await logs.call("UntagResource", #"{"resourceArn":"\#(arn)","tagKeys":["b","none"]}"#)
        let tags = try await logs.call("ListTagsForResource", #"{"resourceArn":"\#(arn)"}"#)["tags"]
        #expect(tags == .object(["a": .string("3"), "c": .string("4")]))
        try await logs.call("UntagLogGroup", #"{"logGroupName":"g","tags":["a"]}"#)
        let older = try await logs.call("ListTagsLogGroup", #"{"logGroupName":"g"}"#)["tags"]
        #expect(older == .object(["c": .string("4")]))
    }

    @Test func `has at most fifty tags`() async throws {
        let logs = try LogsBench()
        let arn = "arn:aws:logs:us-east-1:111122223333:log-group:g"
        let fifty = (0..<50).map { #""k\#($0)":"v""# }.joined(separator: ",")
        try await logs.call("CreateLogGroup", #"{"logGroupName":"g","tags":{\#(fifty)}}"#)
        let fault = try await logs.fault(
            "TagResource",
            #"{"resourceArn":"\#(arn)","tags":{"one":"more"}}"#
        )
        #expect(fault?.code == "TooManyTagsException")
    }
}
