import AWSWire
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

/// JSON as a client sees it, so that tests read and write AWS's member names.
enum JSON: Equatable, Codable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    subscript(_ member: String) -> JSON {
        if case .object(let members) = self { members[member] ?? .null } else { .null }
    }

    var text: String { if case .string(let value) = self { value } else { "" } }
    var items: [JSON] { if case .array(let value) = self { value } else { [] } }
    var members: [String] {
        if case .object(let value) = self { value.keys.sorted() } else { [] }
    }
    /// The bytes of a member in base64.
    var bytes: [UInt8] { Array(Data(base64Encoded: text) ?? Data()) }

    static func blob(_ bytes: [UInt8]) -> JSON { .string(Data(bytes).base64EncodedString()) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByArrayLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { $1 })
    }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
}

private struct JSONInput: OperationInput {
    let body: [UInt8]

    func decode<Input: Decodable>(_ type: Input.Type) throws -> Input {
        try AWSJSON.decode(type, from: body)
    }
}

extension AWSService {
    /// Runs an operation on JSON, as the frontend does.
    func run(
        _ operation: String,
        _ input: JSON,
        in context: OperationContext
    ) async throws -> JSON {
        let found = try #require(operations.first { $0.name == operation }, "\(operation)")
        let output = try await found.run(JSONInput(body: AWSJSON.encode(input)), context)
        return try AWSJSON.decode(JSON.self, from: AWSJSON.encode(output))
    }
}

/// KMS over memory, with the surroundings it needs.
struct Harness {
    let bench: TestBench
    let service: KMSService

    /// Asks the bench's scripted authorizer unless IAM itself is given.
    init(_ bench: TestBench? = nil, under iam: IAMService? = nil) throws {
        let bench = try bench ?? TestBench()
        self.bench = bench
        let authorizer: any Authorizer = if let iam { iam } else { bench.authorizer }
        service = KMSService(
            store: bench.store,
            materialKey: bench.sealingKey.derived(for: "material"),
            authorizer: authorizer,
            principals: iam ?? Self.iam(bench),
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
        try await call("CreateKey", input)["KeyMetadata"]["KeyId"].text
    }

    func arn(_ keyID: String) -> String { "arn:aws:kms:us-east-1:111122223333:key/\(keyID)" }
}
