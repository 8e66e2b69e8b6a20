import LogsService
import ServiceKit
import ServiceTestKit
import Simulation
import Storage
import Testing
import Vocabulary

@Suite("A group's KMS key")
struct KmsKeyTests {
    private static let arn = "arn:aws:logs:us-east-1:111122223333:log-group:/ssm/console"

    private static let denied = ServiceFault("AccessDeniedException", "User: … is not authorized")
    private static let disabled = ServiceFault("DisabledException", "… is disabled.")

    private func encrypted() async throws -> LogsBench {
        let logs = try LogsBench()
        try await logs.makeGroup(kmsKeyID: logs.key)
        try await logs.makeStream("s")
        return logs
    }

    @Test func `is asked for a data key as the service, for this group`() async throws {
        let logs = try await encrypted()
        let asked = try #require(logs.keys.asked.first)
        #expect(asked.operation == "kms:GenerateDataKey")
        #expect(asked.principal == .service("logs.us-east-1.amazonaws.com"))
        #expect(asked.context == ["aws:logs:arn": Self.arn])
        let group = try await logs.call("DescribeLogGroups", "{}")["logGroups"][0]
        #expect(group["kmsKeyId"].text == logs.key)
    }

    @Test(arguments: [
        (
            "AccessDeniedException", "AccessDeniedException",
            "The specified KMS key does not exist or is not allowed to be used with Arn '\(arn)'"
        ),
        ("NotFoundException", "InvalidParameterException", "does not exist."),
        ("DisabledException", "InvalidParameterException", "is disabled."),
        (
            "KMSInvalidStateException", "InvalidParameterException",
            "is not in a state in which it can be used."
        ),
        (
            "InvalidKeyUsageException", "InvalidParameterException",
            "is not a symmetric encryption key."
        ),
    ])
    func `that refuses leaves the group as it was`(
        refusal: String,
        code: String,
        message: String
    ) async throws {
        let logs = try LogsBench()
        logs.keys.refuse(logs.key, ServiceFault(refusal, "no"))
        let create = #"{"logGroupName":"/ssm/console","kmsKeyId":"\#(logs.key)"}"#
        let created = try await logs.fault("CreateLogGroup", create)
        #expect(created?.code == code)
        #expect(created?.message.hasSuffix(message) == true, "\(created?.message ?? "")")
        try await logs.makeGroup()
        for input in [
            create,
            #"{"resourceIdentifier":"\#(Self.arn)","kmsKeyId":"\#(logs.key)"}"#,
        ] {
            let fault = try await logs.fault("AssociateKmsKey", input)
            #expect(fault == created)
        }
        let group = try await logs.call("DescribeLogGroups", "{}")["logGroups"][0]
        #expect(group["kmsKeyId"] == .null)
    }

    @Test(arguments: [
        #"{"kmsKeyId":"arn:aws:kms:us-east-1:111122223333:key/k"}"#,
        #"{"logGroupName":"g","resourceIdentifier":"arn:aws:logs:us-east-1:111122223333:log-group:g","kmsKeyId":"arn:aws:kms:us-east-1:111122223333:key/k"}"#,
        #"{"resourceIdentifier":"arn:aws:logs:us-east-1:111122223333:query-result:*","kmsKeyId":"arn:aws:kms:us-east-1:111122223333:key/k"}"#,
        #"{"logGroupName":"g","kmsKeyId":"0d5f3c0e-5f6c-4c0a-9d0c-5f0e3c0d5f6c"}"#,
        #"{"logGroupName":"g"}"#,
    ])
    func `is associated with one group, by its ARN`(input: String) async throws {
        let logs = try LogsBench()
        try await logs.makeGroup("g")
        #expect(
            try await logs.fault("AssociateKmsKey", input)?.code == "InvalidParameterException"
        )
    }

    @Test
    func
        `that is turned off stops writing and reading within five seconds, and on again brings both back`()
        async throws
    {
        let logs = try await encrypted()
        try await logs.put("before", "s")
        logs.keys.refuse(logs.key, Self.disabled)
        logs.clock.advance(by: 5)
        for fault in [
            try await logs.fault(
                "PutLogEvents",
                #"{"logGroupName":"/ssm/console","logStreamName":"s","#
                    + #""logEvents":[{"timestamp":\#(logs.now),"message":"lost"}]}"#
            ),
            try await logs.fault(
                "GetLogEvents",
                #"{"logGroupName":"/ssm/console","logStreamName":"s"}"#
            ),
            try await logs.fault("FilterLogEvents", #"{"logGroupName":"/ssm/console"}"#),
        ] {
            #expect(fault?.code == "InvalidParameterException")
            #expect(fault?.message == "The specified KMS key '\(logs.key)' is disabled.")
        }
        // Maintenance moves sealed bytes and needs no key.
        try await logs.maintenance.compact()
        logs.keys.refuse(logs.key, nil)
        try await logs.put("after", "s")
        #expect(try await logs.messages("s") == ["before", "after"])
    }

    @Test func `whose policy no longer lets the service use it gives AWS's sentence`() async throws
    {
        let logs = try await encrypted()
        try await logs.put("before", "s")
        logs.keys.refuse(logs.key, Self.denied)
        logs.clock.advance(by: 5)
        await #expect(
            throws: ServiceFault(
                "AccessDeniedException",
                "The specified KMS key does not exist or is not allowed to be used with Arn "
                    + "'\(Self.arn)'"
            )
        ) { try await logs.messages("s") }
    }

    @Test func `is asked at most every five seconds`() async throws {
        let logs = try await encrypted()
        try await logs.put("one", "s")
        let before = logs.keys.asked.count
        logs.clock.advance(by: 4.9)
        for _ in 0..<10 {
            try await logs.put("more", "s")
            _ = try await logs.messages("s")
        }
        #expect(logs.keys.asked.count == before)
        logs.clock.advance(by: 0.1)
        try await logs.put("later", "s")
        #expect(logs.keys.asked.count == before + 1)
        #expect(logs.keys.asked.last?.operation == "kms:Decrypt")
    }

    @Test func `gives a new data key every hour, and what was written keeps its own`() async throws
    {
        let logs = try await encrypted()
        for hour in 0..<3 {
            try await logs.put("hour \(hour)", "s")
            logs.clock.advance(by: 60 * 60)
        }
        let generated = logs.keys.asked.filter { $0.operation == "kms:GenerateDataKey" }.count
        #expect(generated == 4)
        #expect(try await logs.messages("s") == ["hour 0", "hour 1", "hour 2"])
        #expect(try await logs.restarted().messages("s") == ["hour 0", "hour 1", "hour 2"])
    }

    @Test func `that is changed or taken away seals what comes, not what was`() async throws {
        let logs = try LogsBench()
        let other = "arn:aws:kms:us-east-1:111122223333:key/other"
        try await logs.makeGroup()
        try await logs.makeStream("s")
        try await logs.put("own key", "s")
        logs.clock.advance(by: 1)
        try await logs.call(
            "AssociateKmsKey",
            #"{"logGroupName":"/ssm/console","kmsKeyId":"\#(logs.key)"}"#
        )
        try await logs.put("first key", "s")
        logs.clock.advance(by: 1)
        try await logs.call(
            "AssociateKmsKey",
            #"{"logGroupName":"/ssm/console","kmsKeyId":"\#(other)"}"#
        )
        try await logs.put("second key", "s")
        let secondKey = logs.now
        logs.clock.advance(by: 1)
        try await logs.call("DisassociateKmsKey", #"{"logGroupName":"/ssm/console"}"#)
        try await logs.put("own key again", "s")
        #expect(
            try await logs.messages("s")
                == ["own key", "first key", "second key", "own key again"]
        )
        logs.keys.refuse(logs.key, Self.disabled)
        logs.clock.advance(by: 5)
        await #expect(throws: ServiceFault.self) { try await logs.messages("s") }
        let later = try await logs.filter(#""startTime":\#(secondKey)"#)
        #expect(later.compactMap { $0["message"].text } == ["second key", "own key again"])
    }

    @Test func `or the service's own, leaves nothing plain in storage`() async throws {
        for isOwn in [true, false] {
            let logs = try LogsBench()
            try await logs.makeGroup(kmsKeyID: isOwn ? nil : logs.key)
            try await logs.makeStream("s")
            try await logs.put("correct horse battery staple", "s")
            func check(_ bytes: [UInt8]) {
                #expect(!String(decoding: bytes, as: UTF8.self).contains("horse"))
            }
            let entries = try await logs.engines.log.entries(from: .init(offset: 0), limit: 10)
            #expect(entries.count == 1)
            for entry in entries { check(entry.bytes) }
            try await logs.maintenance.compact()
            let blobs = try await logs.engines.blobs.list(prefix: "", after: nil, limit: 10)
            #expect(blobs.count == 1)
            for blob in blobs { check(try await logs.engines.blobs.get(blob, range: nil)) }
            let all = RecordKey([])
            for record in try await logs.engines.records.range(
                all,
                after: nil,
                limit: 1000,
                backwards: false
            ) { check(record.value) }
        }
    }
}
