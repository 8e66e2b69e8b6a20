import LogsService
import ServiceKit
import ServiceTestKit
import Testing
import Vocabulary

@Suite("Logs asks for permission")
struct AuthorizationTests {
    static let base = "arn:aws:logs:us-east-1:111122223333:log-group:"

    @Test(arguments: [
        ("DescribeLogGroups", "{}", base + ":log-stream:"),
        ("CreateLogGroup", #"{"logGroupName":"new"}"#, base + "new:log-stream:"),
        ("DeleteLogGroup", #"{"logGroupName":"g"}"#, base + "g:log-stream:"),
        (
            "PutRetentionPolicy", #"{"logGroupName":"g","retentionInDays":1}"#,
            base + "g:log-stream:"
        ),
        ("DeleteRetentionPolicy", #"{"logGroupName":"g"}"#, base + "g:log-stream:"),
        (
            "AssociateKmsKey",
            #"{"logGroupName":"g","kmsKeyId":"arn:aws:kms:us-east-1:111122223333:key/k"}"#,
            base + "g:log-stream:"
        ),
        (
            "DisassociateKmsKey",
            #"{"resourceIdentifier":"arn:aws:logs:us-east-1:111122223333:log-group:g"}"#,
            base + "g:log-stream:"
        ),
        (
            "PutLogGroupDeletionProtection",
            #"{"logGroupIdentifier":"g","deletionProtectionEnabled":true}"#, base + "g:log-stream:"
        ),
        ("CreateLogStream", #"{"logGroupName":"g","logStreamName":"s2"}"#, base + "g:log-stream:"),
        ("DescribeLogStreams", #"{"logGroupName":"g"}"#, base + "g:log-stream:"),
        ("FilterLogEvents", #"{"logGroupName":"g"}"#, base + "g:log-stream:"),
        (
            "TagResource",
            #"{"resourceArn":"arn:aws:logs:us-east-1:111122223333:log-group:g","tags":{"a":"b"}}"#,
            base + "g:log-stream:"
        ),
        (
            "UntagResource",
            #"{"resourceArn":"arn:aws:logs:us-east-1:111122223333:log-group:g","tagKeys":["a"]}"#,
            base + "g:log-stream:"
        ),
        (
            "ListTagsForResource",
            #"{"resourceArn":"arn:aws:logs:us-east-1:111122223333:log-group:g"}"#,
            base + "g:log-stream:"
        ),
        ("TagLogGroup", #"{"logGroupName":"g","tags":{"a":"b"}}"#, base + "g:log-stream:"),
        ("UntagLogGroup", #"{"logGroupName":"g","tags":["a"]}"#, base + "g:log-stream:"),
        ("ListTagsLogGroup", #"{"logGroupName":"g"}"#, base + "g:log-stream:"),
        ("DeleteLogStream", #"{"logGroupName":"g","logStreamName":"s"}"#, base + "g:log-stream:s"),
        (
            "PutLogEvents",
            #"{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"m"}]}"#,
            base + "g:log-stream:s"
        ),
        ("GetLogEvents", #"{"logGroupName":"g","logStreamName":"s"}"#, base + "g:log-stream:s"),
    ])
    func `by the name of each operation and its resource, and does nothing without`(
        name: String,
        input: String,
        resource: String
    ) async throws {
        let logs = try LogsBench()
        try await logs.makeGroup("g")
        try await logs.makeStream("s", "g")
        let before = logs.bench.authorizer.asked.count
        logs.bench.authorizer.refuse("logs:\(name)")
        let fault = try await logs.fault(name, input)
        #expect(
            fault?.message
                == "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: "
                + "logs:\(name) on resource: \(resource) because no identity-based policy allows "
                + "the logs:\(name) action"
        )
        let asked = try #require(logs.bench.authorizer.asked.dropFirst(before).last)
        #expect(asked.action == "logs:\(name)")
        #expect(asked.resource == resource)
        let isGroup = resource == Self.base + "g:log-stream:"
        if isGroup { #expect(asked.alsoKnownAs == [Self.base + "g", Self.base + "g:*"]) }
    }

    @Test func `for every operation that there is`() throws {
        let names = Set(try LogsBench().service.operations.map(\.name))
        #expect(names.count == 20)
    }

    @Test func `to unmask, apart from reading`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        logs.bench.authorizer.refuse("logs:Unmask")
        let input = #"{"logGroupName":"/ssm/console","logStreamName":"s","unmask":true}"#
        #expect(try await logs.fault("GetLogEvents", input)?.code == "AccessDeniedException")
        let filter = #"{"logGroupName":"/ssm/console","unmask":true}"#
        #expect(try await logs.fault("FilterLogEvents", filter)?.code == "AccessDeniedException")
    }

    @Test func `to tag at creation by either of two actions`() async throws {
        let logs = try LogsBench()
        let input = #"{"logGroupName":"t","tags":{"a":"b"}}"#
        logs.bench.authorizer.refuse("logs:TagResource")
        try await logs.call("CreateLogGroup", input)
        logs.bench.authorizer.refuse("logs:TagLogGroup")
        let fault = try await logs.fault(
            "CreateLogGroup",
            #"{"logGroupName":"u","tags":{"a":"b"}}"#
        )
        #expect(fault?.message.contains("logs:TagResource on resource") == true)
    }

    @Test func `with the tags of the group among the conditions`() async throws {
        let logs = try LogsBench()
        try await logs.call("CreateLogGroup", #"{"logGroupName":"g","tags":{"team":"ops"}}"#)
        try await logs.call("DescribeLogStreams", #"{"logGroupName":"g"}"#)
        let asked = try #require(logs.bench.authorizer.asked.last)
        #expect(asked.conditionValues["aws:ResourceTag/team"] == ["ops"])
    }

    @Test func `and writes a record of what changed in the same transaction`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        try await logs.put("typed text", "s")
        let trail = try await AuditTrail(store: logs.bench.store)
            .newest(10, in: logs.bench.scope)
        #expect(
            Set(trail.map(\.eventName)) == ["CreateLogGroup", "CreateLogStream", "PutLogEvents"]
        )
        #expect(trail.allSatisfy { !"\($0)".contains("typed text") })
    }
}
