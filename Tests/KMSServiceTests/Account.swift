import IAMService
import ServiceKit
import ServiceTestKit
import Simulation
import Vocabulary

/// KMS under the real authorizer, with people of an account.
struct Account {
    let bench: TestBench
    let iam: IAMService
    let kms: Harness

    init() throws {
        bench = try TestBench()
        iam = Harness.iam(bench)
        kms = try Harness(bench, under: iam)
    }

    /// Makes the administrator, who may do everything.
    func administrator() async throws -> Principal {
        let key = try await iam.bootstrapAdministrator(in: bench.scope)
        return try await principal(key.accessKeyID)
    }

    /// Makes a user with an inline policy that allows these actions on everything.
    func user(
        _ name: String,
        allowing actions: [String] = [],
        by administrator: Principal
    ) async throws -> Principal {
        let asAdministrator = context("iam:Any", administrator)
        _ = try await iam.iam.run(
            "CreateUser",
            ["UserName": .string(name)],
            in: asAdministrator
        )
        if !actions.isEmpty {
            let quoted = actions.map { "\"\($0)\"" }.joined(separator: ",")
            let policy = """
                {"Version":"2012-10-17","Statement":[
                {"Effect":"Allow","Action":[\(quoted)],"Resource":"*"}]}
                """
            _ = try await iam.iam.run(
                "PutUserPolicy",
                [
                    "UserName": .string(name), "PolicyName": "p",
                    "PolicyDocument": .string(policy),
                ],
                in: asAdministrator
            )
        }
        let key = try await iam.iam.run(
            "CreateAccessKey",
            ["UserName": .string(name)],
            in: asAdministrator
        )
        return try await principal(key["AccessKey"]["AccessKeyId"].string)
    }

    /// Calls IAM as somebody.
    @discardableResult
    func iam(_ operation: String, _ input: JSON, as principal: Principal) async throws -> JSON {
        let services = [iam.iam, iam.sts]
        let service = services.first { $0.operations.contains { $0.name == operation } }
        return try await (service ?? iam.iam).run(
            operation,
            input,
            in: context("iam:\(operation)", principal)
        )
    }

    private func principal(_ accessKeyID: String) async throws -> Principal {
        try await iam.signingIdentity(accessKeyID: accessKeyID, sessionToken: nil).principal
    }

    func context(_ operation: String, _ principal: Principal) -> OperationContext {
        OperationContext(
            requestID: bench.entropy.uuid(),
            scope: bench.scope,
            principal: principal,
            operation: operation,
            receivedAt: bench.clock.now(),
            sourceAddress: "127.0.0.1"
        )
    }

    @discardableResult
    func call(_ operation: String, _ input: JSON, as principal: Principal) async throws -> JSON {
        try await kms.call(operation, input, in: context("kms:\(operation)", principal))
    }

    func code(_ operation: String, _ input: JSON, as principal: Principal) async throws -> String? {
        try await kms.fault(operation, input, in: context("kms:\(operation)", principal))?.code
    }
}
