import FoundationEssentials
import IAMService
import Sealing
import ServiceKit
import ServiceTestKit
import Simulation
import Storage
import Testing
import Vocabulary

@Suite("Access keys")
struct AccessKeyTests {
    @Test func `a key's secret is shown once and signs`() async throws {
        let iam = try await IAMTestBench()
        try await iam.call("CreateUser", ["UserName": "alice"])
        let made = try await iam.call("CreateAccessKey", ["UserName": "alice"])
        #expect(made["AccessKeyId"].hasPrefix("AKIA"))
        #expect(made["AccessKeyId"].count == 20)
        #expect(made["SecretAccessKey"].count == 40)
        #expect(made["Status"] == "Active")
        let listed = try await iam.call("ListAccessKeys", ["UserName": "alice"])
        #expect(listed["AccessKeyId"] == made["AccessKeyId"])
        #expect(!listed.xml.contains("Secret"))
        let identity = try await iam.service.signingIdentity(
            accessKeyID: made["AccessKeyId"],
            sessionToken: nil
        )
        #expect(identity.secret.revealedText() == made["SecretAccessKey"])
        #expect(identity.account.description == iam.account)
    }

    @Test func `nothing stored shows the secret`() async throws {
        let iam = try await IAMTestBench()
        let secret = try await iam.call("CreateAccessKey")["SecretAccessKey"]
        for record in try await iam.bench.engines.records.range(
            .init([]),
            after: nil,
            limit: 1000,
            backwards: false
        ) {
            let text = String(decoding: record.key.bytes + record.value, as: UTF8.self)
            #expect(!text.contains(secret))
        }
        let audit = try await AuditTrail(store: iam.bench.store).newest(10, in: iam.bench.scope)
        #expect(!"\(audit)".contains(secret))
    }

    @Test func `a key that is off or deleted signs nothing from the next call on`() async throws {
        let iam = try await IAMTestBench()
        _ = try await iam.user("alice")
        let id = try await iam.call("ListAccessKeys", ["UserName": "alice"])["AccessKeyId"]
        func signs() async throws -> Bool {
            do {
                _ = try await iam.service.signingIdentity(accessKeyID: id, sessionToken: nil)
                return true
            } catch let fault as ServiceFault {
                #expect(fault.code == "UnrecognizedClientException")
                return false
            }
        }
        #expect(try await signs())
        let key = ["UserName": "alice", "AccessKeyId": id]
        try await iam.call("UpdateAccessKey", key.merging(["Status": "Inactive"]) { $1 })
        #expect(try await !signs())
        try await iam.call("UpdateAccessKey", key.merging(["Status": "Active"]) { $1 })
        #expect(try await signs())
        try await iam.call("DeleteAccessKey", key)
        #expect(try await !signs())
        #expect(try await iam.fault("DeleteAccessKey", key)?.code == "NoSuchEntity")
    }

    @Test func `the third key is one too many`() async throws {
        let iam = try await IAMTestBench()
        try await iam.call("CreateUser", ["UserName": "alice"])
        for _ in 0..<2 { try await iam.call("CreateAccessKey", ["UserName": "alice"]) }
        let fault = try await iam.fault("CreateAccessKey", ["UserName": "alice"])
        #expect(fault?.code == "LimitExceeded")
        #expect(fault?.message == "Cannot exceed quota for AccessKeysPerUser: 2")
    }

    @Test func `the last use is told, and survives the memory`() async throws {
        let iam = try await IAMTestBench()
        _ = try await iam.user("alice")
        let id = try await iam.call("ListAccessKeys", ["UserName": "alice"])["AccessKeyId"]
        let unused = try await iam.call("GetAccessKeyLastUsed", ["AccessKeyId": id])
        #expect(unused["ServiceName"] == "N/A")
        #expect(unused.all("LastUsedDate").isEmpty)
        let signer = try await iam.service.signingIdentity(accessKeyID: id, sessionToken: nil)
        let context = OperationContext(
            requestID: "r",
            scope: iam.bench.scope,
            principal: signer.principal,
            accessKeyID: id,
            operation: "kms:Encrypt",
            receivedAt: iam.bench.clock.now()
        )
        let request = AuthorizationRequest("kms:Encrypt", on: "*")
        await #expect(throws: ServiceFault.self) {
            try await iam.service.authorize(request, in: context)
        }
        let used = try await iam.call("GetAccessKeyLastUsed", ["AccessKeyId": id])
        #expect(used["UserName"] == "alice")
        #expect(used["ServiceName"] == "kms")
        #expect(used["Region"] == "us-east-1")
        #expect(used["LastUsedDate"] == "2026-01-02T03:04:05Z")
    }

    @Test func `a key that is not there is not found`() async throws {
        let iam = try await IAMTestBench()
        let fault = try await iam.fault(
            "GetAccessKeyLastUsed",
            ["AccessKeyId": "AKIAIOSFODNN7EXAMPLE"]
        )
        #expect(fault?.code == "NoSuchEntity")
    }

    @Test func `a user manages the keys of its own without a name`() async throws {
        let iam = try await IAMTestBench()
        let alice = try await iam.user(
            "alice",
            allowing: Policies.allow(
                "iam:*AccessKey*",
                on: "arn:aws:iam::*:user/${aws:username}"
            )
        )
        let made = try await iam.call("CreateAccessKey", as: alice)
        #expect(made["UserName"] == "alice")
        let listed = try await iam.call("ListAccessKeys", as: alice)
        #expect(listed.all("AccessKeyId").count == 2)
        let other = try await iam.fault(
            "CreateAccessKey",
            ["UserName": "administrator"],
            as: alice
        )
        #expect(other?.code == "AccessDenied")
        #expect(other?.status == 403)
        #expect(
            other?.message == "User: arn:aws:iam::111122223333:user/alice is not authorized to "
                + "perform: iam:CreateAccessKey on resource: "
                + "arn:aws:iam::111122223333:user/administrator because no identity-based policy "
                + "allows the iam:CreateAccessKey action"
        )
    }
}
