import FoundationEssentials
import IAMService
import Logging
import Sealing
import ServiceKit
import ServiceTestKit
import Testing
import Vocabulary

@testable import KMSService

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// KMS over memory, with the surroundings it needs.
struct Harness {
    let bench: TestBench
    let service: KMSService

    /// Asks the bench's scripted authorizer unless IAM itself is given.
    init(
        _ bench: TestBench? = nil,
        under iam: IAMService? = nil,
        principals: (any PolicyPrincipalPort)? = nil
    ) throws {
        let bench = try bench ?? TestBench()
        self.bench = bench
        let authorizer: any Authorizer = if let iam { iam } else { bench.authorizer }
        service = KMSService(
            store: bench.store,
            materialKey: bench.sealingKey.derived(for: "material"),
            authorizer: authorizer,
            principals: principals ?? iam ?? Self.iam(bench),
            pageTokens: bench.pageTokens,
            clock: bench.clock,
            entropy: bench.entropy,
            logger: quiet
        )
    }

    static func iam(_ bench: TestBench) -> IAMService {
        IAMService(
            store: bench.store,
            sealingKey: bench.sealingKey.derived(for: "sessions"),
            pageTokens: bench.pageTokens,
            clock: bench.clock,
            entropy: bench.entropy,
            logger: quiet
        )
    }

    @discardableResult
    func call(
        _ operation: String,
        _ input: JSON = [:],
        in context: OperationContext? = nil
    ) async throws -> JSON {
        try await service.run(
            operation,
            input,
            in: context ?? bench.context("kms:\(operation)")
        )
    }

    /// The fault that a call ends in; nil if it succeeds.
    func fault(
        _ operation: String,
        _ input: JSON = [:],
        in context: OperationContext? = nil
    ) async throws -> ServiceFault? {
        do {
            try await call(operation, input, in: context)
            return nil
        } catch let fault as ServiceFault {
            return fault
        }
    }

    /// Makes a key and returns its id.
    func makeKey(_ input: JSON = [:]) async throws -> String {
        try await call("CreateKey", input)["KeyMetadata"]["KeyId"].string
    }

    func arn(_ keyID: String) -> String { "arn:aws:kms:us-east-1:111122223333:key/\(keyID)" }
}
