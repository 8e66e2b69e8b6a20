import AWSWire
import CryptoExtras
import FoundationEssentials
import Logging
import Sealing
import ServiceKit
import ServiceTestKit
import SessionDocument
package import SessionWire
import Simulation
import Storage
import Synchronization
import Testing
import Vocabulary

@testable import SSMService

/// The service under test, between a scripted IAM and a scripted gateway.
struct SSMBench: Sendable {
    let bench: TestBench
    let roles = ScriptedRoles()
    let gateway = ScriptedGateway()
    let service: SSMService

    init() throws {
        bench = try TestBench()
        service = SSMService(
            store: bench.store,
            sealingKey: bench.sealingKey,
            authorizer: bench.authorizer,
            roles: roles,
            nodes: gateway,
            pageTokens: bench.pageTokens,
            publicURL: { "https://sekisho.example:8443" },
            clock: bench.clock,
            entropy: bench.entropy,
            logger: Logger(label: "test")
        )
    }

    var scope: Scope { bench.scope }

    func context(_ operation: String, as principal: Principal? = nil) -> OperationContext {
        guard let principal else { return bench.context("ssm:\(operation)") }
        return OperationContext(
            requestID: bench.entropy.uuid(),
            scope: scope,
            principal: principal,
            operation: "ssm:\(operation)",
            receivedAt: bench.clock.now()
        )
    }

    /// Calls an operation as the wire does: JSON in, JSON out.
    @discardableResult
    func call(
        _ name: String,
        _ input: JSONValue = .object([:]),
        as principal: Principal? = nil
    ) async throws -> JSONValue {
        try await call(service, name, input, context(name, as: principal))
    }

    @discardableResult
    func call(
        _ service: any AWSService,
        _ name: String,
        _ input: JSONValue,
        _ context: OperationContext
    ) async throws -> JSONValue {
        let operation = try #require(service.operations.first { $0.name == name })
        let output = try await operation.run(
            WireInput(body: Array(try JSONEncoder().encode(input))),
            context
        )
        return try AWSJSON.decode(JSONValue.self, from: AWSJSON.encode(output))
    }

    /// The fault that a call ends in.
    func fault(
        _ name: String,
        _ input: JSONValue = .object([:]),
        as principal: Principal? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> ServiceFault {
        try await #require(throws: ServiceFault.self, sourceLocation: location) {
            try await call(name, input, as: principal)
        }
    }

    // MARK: Nodes

    /// An activation, as its answer.
    func activate(_ more: [String: JSONValue] = [:]) async throws -> (id: String, code: String) {
        let input = ["IamRole": JSONValue.string("NodeRole")].merging(more) { _, new in new }
        let output = try await call("CreateActivation", .object(input))
        return (
            try #require(output["ActivationId"]?.string),
            try #require(output["ActivationCode"]?.string)
        )
    }

    /// A registered node.
    func register(
        _ more: [String: JSONValue] = [:],
        key: TestKey = .first
    ) async throws -> NodeID {
        let activation = try await activate(more)
        let output = try await call(
            "RegisterManagedInstance",
            registration(activation, key: key),
            as: .anonymous
        )
        return try NodeID(parsing: #require(output["InstanceId"]?.string))
    }

    func registration(
        _ activation: (id: String, code: String),
        key: TestKey = .first,
        fingerprint: String = "f1"
    ) -> JSONValue {
        [
            "ActivationId": .string(activation.id), "ActivationCode": .string(activation.code),
            "Fingerprint": .string(fingerprint), "PublicKey": .string(key.text),
            "PublicKeyType": "Rsa",
        ]
    }

    /// A node that is registered and connected.
    func connectedNode(
        _ more: [String: JSONValue] = [:],
        key: TestKey = .first
    ) async throws -> NodeID {
        let node = try await register(more, key: key)
        gateway.connect(node)
        return node
    }

    /// The role session that a node runs under.
    ///
    /// With no `service` it is one that somebody assumed and gave the node's name.
    func session(
        of node: NodeID,
        role: String = "NodeRole",
        service: String? = "ssm.amazonaws.com"
    ) -> Principal {
        .assumedRole(
            RoleSession(
                roleARN: scope.globalARN(service: "iam", resource: "role/\(role)"),
                roleID: "AROANODE",
                roleName: role,
                sessionName: node.description,
                service: service
            )
        )
    }

    // MARK: Sessions

    func start(
        _ node: NodeID,
        _ more: [String: JSONValue] = [:]
    ) async throws -> SessionID {
        let input = ["Target": JSONValue.string(node.description)].merging(more) { _, new in new }
        let output = try await call("StartSession", .object(input))
        return try SessionID(parsing: #require(output["SessionId"]?.string))
    }

    func state(of session: SessionID) async throws -> SessionState? {
        try await service.session(session, in: scope)?.value.state
    }

    /// Creates the preferences document with these inputs.
    func prefer(_ inputs: [String: JSONValue]) async throws {
        try await call(
            "CreateDocument",
            [
                "Name": "SSM-SessionManagerRunShell", "DocumentType": "Session",
                "Content": .string(document(inputs: inputs)),
            ]
        )
    }

    func document(inputs: [String: JSONValue]) -> String {
        JSONValue.object([
            "schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": .object(inputs),
        ]).text()
    }
}

/// A body as the frontend hands it to an operation.
private struct WireInput: OperationInput {
    let body: [UInt8]

    func decode<Input: Decodable>(_ type: Input.Type) throws -> Input {
        try AWSJSON.decode(type, from: body)
    }
}

/// RSA key pairs, made once, since making them takes a while.
struct TestKey: Sendable {
    static let first = TestKey(bits: 2048)
    static let second = TestKey(bits: 2048)
    static let short = TestKey(bits: 1024)

    /// Base64 of the DER SubjectPublicKeyInfo, as the agent sends it.
    let text: String

    private init(bits: Int) {
        // The key is made from a constant size, which is accepted.
        let key = try? _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: bits))
        text = key?.publicKey.derRepresentation.base64EncodedString() ?? ""
    }
}

/// IAM as far as SSM asks it: roles that exist, credentials with a number, tags.
final class ScriptedRoles: RoleCredentialsPort {
    private struct State {
        var missing: Set<String> = []
        var tags: [String: String] = [:]
        var issued = 0
    }

    private let state = Mutex(State())

    func forget(_ role: String) { state.withLock { _ = $0.missing.insert(role) } }

    func tag(_ key: String, _ value: String) { state.withLock { $0.tags[key] = value } }

    func requireRole(
        _ role: String,
        trusting service: String,
        in context: OperationContext
    ) async throws {
        guard state.withLock({ !$0.missing.contains(role) }), service == "ssm.amazonaws.com" else {
            throw ServiceFault(
                "ValidationException",
                "Nonexistent role or missing ssm service principal in trust policy: "
                    + context.scope.globalARN(service: "iam", resource: "role/\(role)").description
            )
        }
    }

    func credentials(
        role: String,
        sessionName: String,
        service: String,
        duration: TimeInterval,
        in context: OperationContext
    ) async throws -> TemporaryCredentials {
        let number = state.withLock { state in
            state.issued += 1
            return state.issued
        }
        return TemporaryCredentials(
            accessKeyID: "ASIA\(number)",
            secretAccessKey: Secret(utf8: "secret of \(role)"),
            sessionToken: "token of \(sessionName)",
            expiration: context.receivedAt.addingTimeInterval(duration)
        )
    }

    static func revocationKey(_ name: String) -> RecordKey { RecordKey(["revoked", name]) }

    func revocation(
        ofSessionsNamed sessionName: String,
        service: String,
        in context: OperationContext
    ) async throws -> [RecordTransaction.Change] {
        [.put(Self.revocationKey(sessionName), Array(service.utf8))]
    }

    func principalTag(_ key: String, in context: OperationContext) async throws -> String? {
        state.withLock { $0.tags[key] }
    }
}

/// A gateway that remembers what it was told.
final class ScriptedGateway: NodeChannelPort {
    struct Closing: Equatable {
        var session: String
        var output: String
    }

    private struct State {
        var connected: Set<NodeID> = []
        var losesStarts = false
        var started: [SessionStart] = []
        var closed: [Closing] = []
        var disconnected: [NodeID] = []
    }

    private let state = Mutex(State())

    var started: [SessionStart] { state.withLock { $0.started } }
    var closed: [Closing] { state.withLock { $0.closed } }
    var disconnected: [NodeID] { state.withLock { $0.disconnected } }

    func connect(_ node: NodeID) { state.withLock { _ = $0.connected.insert(node) } }

    func lose(_ node: NodeID) { state.withLock { _ = $0.connected.remove(node) } }

    /// The node goes away between the question whether it is there and the push.
    func loseStarts() { state.withLock { $0.losesStarts = true } }

    func isConnected(_ node: NodeID, in scope: Scope) async -> Bool {
        state.withLock { $0.connected.contains(node) }
    }

    func start(_ start: SessionStart, in scope: Scope) async -> Bool {
        state.withLock { state in
            guard !state.losesStarts else { return false }
            state.started.append(start)
            return true
        }
    }

    func close(_ session: SessionID, of node: NodeID, output: String, in scope: Scope) async {
        state.withLock {
            $0.closed.append(Closing(session: session.description, output: output))
        }
    }

    func disconnect(_ node: NodeID, in scope: Scope) async {
        state.withLock { $0.disconnected.append(node) }
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSONValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }
}

extension JSONValue {
    /// The elements of a list; empty for anything else.
    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}
