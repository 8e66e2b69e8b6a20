import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Synchronization
import Testing
import Vocabulary

@testable import SSMService

@Suite("Who may do what")
struct AuthorizationTests {
    let bench: SSMBench
    static let node = "mi-0123456789abcdef0"
    static let session = "alice-0123456789abcdef0"

    /// Every operation that is signed, with an input that reaches authorization, and what is asked first.
    static let table: [(name: String, input: JSONValue, action: String, resource: String)] = [
        ("CreateActivation", ["IamRole": "R"], "ssm:CreateActivation", "*"),
        ("DescribeActivations", [:], "ssm:DescribeActivations", "*"),
        (
            "DeleteActivation", ["ActivationId": "x"], "ssm:DeleteActivation", "*"
        ),
        (
            "UpdateInstanceInformation", ["InstanceId": .string(node)],
            "ssm:UpdateInstanceInformation", "managed-instance/\(node)"
        ),
        ("DescribeInstanceInformation", [:], "ssm:DescribeInstanceInformation", "*"),
        (
            "DeregisterManagedInstance", ["InstanceId": .string(node)],
            "ssm:DeregisterManagedInstance", "managed-instance/\(node)"
        ),
        (
            "UpdateManagedInstanceRole", ["InstanceId": .string(node), "IamRole": "R"],
            "ssm:UpdateManagedInstanceRole", "managed-instance/\(node)"
        ),
        (
            "ListInstanceAssociations", ["InstanceId": .string(node)],
            "ssm:ListInstanceAssociations", "managed-instance/\(node)"
        ),
        (
            "AddTagsToResource",
            ["ResourceType": "Document", "ResourceId": "Doc", "Tags": []],
            "ssm:AddTagsToResource", "document/Doc"
        ),
        (
            "RemoveTagsFromResource",
            ["ResourceType": "ManagedInstance", "ResourceId": .string(node), "TagKeys": []],
            "ssm:RemoveTagsFromResource", "managed-instance/\(node)"
        ),
        (
            "ListTagsForResource", ["ResourceType": "Document", "ResourceId": "Doc"],
            "ssm:ListTagsForResource", "document/Doc"
        ),
        (
            "CreateDocument", ["Name": "Doc", "Content": "{}", "DocumentType": "Session"],
            "ssm:CreateDocument", "document/Doc"
        ),
        (
            "UpdateDocument", ["Name": "Doc", "Content": "{}"], "ssm:UpdateDocument",
            "document/Doc"
        ),
        (
            "UpdateDocumentDefaultVersion", ["Name": "Doc", "DocumentVersion": "1"],
            "ssm:UpdateDocumentDefaultVersion", "document/Doc"
        ),
        ("GetDocument", ["Name": "Doc"], "ssm:GetDocument", "document/Doc"),
        ("DescribeDocument", ["Name": "Doc"], "ssm:DescribeDocument", "document/Doc"),
        (
            "DescribeDocumentPermission", ["Name": "Doc", "PermissionType": "Share"],
            "ssm:DescribeDocumentPermission", "document/Doc"
        ),
        ("DeleteDocument", ["Name": "Doc"], "ssm:DeleteDocument", "document/Doc"),
        ("ListDocuments", [:], "ssm:ListDocuments", "*"),
        ("ListDocumentVersions", ["Name": "Doc"], "ssm:ListDocumentVersions", "document/Doc"),
        (
            "StartSession", ["Target": .string(node)], "ssm:StartSession",
            "managed-instance/\(node)"
        ),
        (
            "ResumeSession", ["SessionId": .string(session)], "ssm:ResumeSession",
            "session/\(session)"
        ),
        (
            "TerminateSession", ["SessionId": .string(session)], "ssm:TerminateSession",
            "session/\(session)"
        ),
        ("DescribeSessions", ["State": "Active"], "ssm:DescribeSessions", "*"),
        (
            "GetConnectionStatus", ["Target": .string(node)], "ssm:GetConnectionStatus",
            "managed-instance/\(node)"
        ),
    ]

    init() throws { bench = try SSMBench() }

    @Test func `the table has every signed operation, and no other is there`() {
        let signed = bench.service.operations.filter { $0.authentication == .signed }
        #expect(signed.map(\.name).sorted() == Self.table.map(\.name).sorted())
        let others = bench.service.operations.filter { $0.authentication != .signed }
        #expect(
            others.map(\.name).sorted() == [
                "RegisterManagedInstance", "RequestManagedInstanceRoleToken",
                "UpdateManagedInstancePublicKey",
            ]
        )
    }

    @Test func `what holds values against patterns keeps no connection's thread`() {
        // Brief operations run between the reads and writes of other connections.
        let brief = bench.service.operations.filter(\.isBrief).map(\.name)
        #expect(brief == ["UpdateInstanceInformation"])
    }

    @Test(arguments: Self.table.indices)
    func `an operation asks for its action on its resource before it says anything else`(
        index: Int
    ) async throws {
        let row = Self.table[index]
        bench.bench.authorizer.refuse(row.action)
        let fault = try await bench.fault(row.name, row.input)
        #expect(fault.code == "AccessDeniedException")
        let asked = try #require(bench.bench.authorizer.asked.first)
        #expect(asked.action == row.action)
        let resource =
            row.resource == "*" ? "*" : "arn:aws:ssm:us-east-1:111122223333:\(row.resource)"
        #expect(asked.resource == resource)
    }
}

@Suite("The older message delivery")
struct MessageDeliveryTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    @Test func `holds a poll for 18 seconds and answers nothing`() async throws {
        let node = try await bench.register()
        let held = Mutex<[Duration]>([])
        let service = MessageDeliveryService(bench.service) { duration in
            held.withLock { $0.append(duration) }
        }
        let output = try await bench.call(
            service,
            "GetMessages",
            ["Destination": .string(node.description), "VisibilityTimeoutInSeconds": 10],
            bench.context("GetMessages", as: bench.session(of: node))
        )
        #expect(output == [:])
        #expect(held.withLock { $0 } == [.seconds(18)])
        #expect(bench.bench.authorizer.asked.last?.action == "ec2messages:GetMessages")
    }

    @Test func `is for the node that is named`() async throws {
        let node = try await bench.register()
        let other = try await bench.register(key: .second)
        let service = MessageDeliveryService(bench.service) { _ in }
        let fault = await #expect(throws: ServiceFault.self) {
            try await bench.call(
                service,
                "GetMessages",
                ["Destination": .string(node.description)],
                bench.context("GetMessages", as: bench.session(of: other))
            )
        }
        #expect(fault?.code == "AccessDeniedException")
    }

    @Test(arguments: ["AcknowledgeMessage", "DeleteMessage", "FailMessage", "SendReply"])
    func `knows no message`(operation: String) async throws {
        let node = try await bench.register()
        let service = MessageDeliveryService(bench.service) { _ in }
        let fault = await #expect(throws: ServiceFault.self) {
            try await bench.call(
                service,
                operation,
                ["MessageId": "m-1"],
                bench.context(operation, as: bench.session(of: node))
            )
        }
        #expect(fault?.message == "There is no message 'm-1'.")
    }
}
