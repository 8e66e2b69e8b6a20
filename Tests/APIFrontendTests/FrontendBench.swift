import FoundationEssentials
import Logging
import Sealing
import ServiceKit
import SigV4
import Simulation
import Storage
import Synchronization
import Testing
import Vocabulary
import WebSocketTransport

@testable import APIFrontend

// What the tests of the frontend share: services that answer what they were told, credentials, a node,
// records that can be full.

/// The service's key of the user alice in these tests.
let aliceSecret = Secret(utf8: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
let aliceKeyID = "AKIDALICE"

struct FakeCredentials: CredentialPort {
    let account: AccountID

    func signingIdentity(
        accessKeyID: String,
        sessionToken: String?
    ) async throws -> SigningIdentity {
        switch (accessKeyID, sessionToken) {
        case (aliceKeyID, _):
            let arn = try ARN(parsing: "arn:aws:iam::\(account):user/alice")
            return SigningIdentity(
                secret: aliceSecret,
                principal: .user(arn: arn, userID: "AIDAALICE", name: "alice"),
                account: account
            )
        case ("ASIAOLD", _):
            throw ServiceFault(
                "ExpiredTokenException",
                "The security token included in the request is expired"
            )
        default:
            throw ServiceFault(
                "UnrecognizedClientException",
                "The security token included in the request is invalid."
            )
        }
    }
}

/// Credentials that are known from the second question on.
actor LateCredentials: CredentialPort {
    private let known: FakeCredentials
    private var isKnown = false

    init(account: AccountID) { known = FakeCredentials(account: account) }

    func signingIdentity(
        accessKeyID: String,
        sessionToken: String?
    ) async throws -> SigningIdentity {
        defer { isKnown = true }
        return try await known.signingIdentity(
            accessKeyID: isKnown ? accessKeyID : "AKIDNOBODY",
            sessionToken: sessionToken
        )
    }
}

struct FakeNodeKeys: NodeKeyPort {
    let node: String
    let key: [UInt8]

    func publicKey(of node: NodeID, in scope: Scope) async throws -> [UInt8]? {
        node.description == self.node ? key : nil
    }
}

/// Who an operation was called by, and what with.
struct Seen: Codable, Equatable, Sendable {
    var Caller: String
    var Region: String
    var Account: String
    var Text: String?
}

struct EchoInput: Codable, Sendable {
    var Text: String?
    var Fault: String?
}

struct FakeService: AWSService {
    let signingName: String
    let wireProtocol: WireProtocol
    let operations: [Operation]

    static let query = WireProtocol.query(
        version: "2010-05-08",
        namespace: "https://iam.amazonaws.com/doc/2010-05-08/"
    )

    /// What stands for all operations here: it tells what it saw, or fails as it is told.
    static func echo(_ name: String, _ authentication: Operation.Authentication = .signed)
        -> Operation
    {
        Operation(name, authentication: authentication) { (input: EchoInput, context) -> Seen in
            switch input.Fault {
            case "full": throw StorageError.full
            case "corrupt": throw StorageError.corrupt("the secret place on the disk")
            case "conflict": throw StorageError.conflict(RecordKey(context.scope, "x"))
            case let code?: throw ServiceFault(code, "Told to.")
            case nil: break
            }
            context.audit.noted("text", input.Text)
            return Seen(
                Caller: context.principal.displayName,
                Region: context.scope.region.description,
                Account: context.scope.account.description,
                Text: input.Text
            )
        }
    }

    static let all: [any AWSService] = [
        FakeService(
            signingName: "kms",
            wireProtocol: .json11(targetPrefix: "TrentService"),
            operations: [
                echo("Encrypt"), Operation("Nothing") { (_: EchoInput, _) in EmptyOutput() },
            ]
        ),
        FakeService(
            signingName: "logs",
            wireProtocol: .json11(targetPrefix: "Logs_20140328"),
            operations: [echo("PutLogEvents")]
        ),
        FakeService(
            signingName: "ssm",
            wireProtocol: .json11(targetPrefix: "AmazonSSM"),
            operations: [
                echo("RequestManagedInstanceRoleToken", .nodeKey),
                echo("RegisterManagedInstance", .anonymous),
            ]
        ),
        FakeService(
            signingName: "iam",
            wireProtocol: query,
            operations: [
                echo("GetUser"), Operation("DeleteUser") { (_: EchoInput, _) in EmptyOutput() },
            ]
        ),
        FakeService(
            signingName: "sts",
            wireProtocol: .query(
                version: "2011-06-15",
                namespace: "https://sts.amazonaws.com/doc/2011-06-15/"
            ),
            operations: [echo("GetCallerIdentity")]
        ),
    ]
}

/// Records that can be told to be full.
final class FragileRecords: OrderedRecords {
    private let base: any OrderedRecords
    private let isFull = Mutex(false)

    init(_ base: any OrderedRecords) {
        self.base = base
    }

    func fill(_ isFull: Bool = true) { self.isFull.withLock { $0 = isFull } }

    func get(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        try await base.get(keys)
    }

    func range(
        _ prefix: RecordKey,
        after: RecordKey?,
        limit: Int,
        backwards: Bool
    ) async throws(StorageError) -> [Record] {
        try await base.range(prefix, after: after, limit: limit, backwards: backwards)
    }

    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> Revision {
        guard !isFull.withLock({ $0 }) else { throw .full }
        return try await base.commit(transaction)
    }

    func scrub() async throws(StorageError) { try await base.scrub() }
}

/// A frontend with its surroundings, without a socket.
struct FrontendBench: Sendable {
    let clock = ManualClock()
    let records = FragileRecords(StorageEngines.inMemory().records)
    let metrics = Metrics()
    let account: AccountID
    var home: Region
    var regions = ServedRegions.any
    var domain: String? = "gateway.internal"
    var nodeKeys = FakeNodeKeys(node: "", key: [])

    init() throws {
        account = try AccountID(parsing: "111122223333")
        home = try Region(parsing: "us-east-1")
    }

    var audit: AuditTrail {
        AuditTrail(
            store: RecordStore(
                records: records,
                key: SealingKey(Secret([UInt8](repeating: 7, count: SealingKey.length))),
                entropy: SeededEntropy()
            )
        )
    }

    private var authenticator: Authenticator {
        Authenticator(
            account: account,
            homeRegion: home,
            regions: regions,
            credentials: FakeCredentials(account: account),
            nodeKeys: nodeKeys
        )
    }

    /// A recorder that has counted nothing yet.
    var recorder: CallRecorder {
        CallRecorder(
            trail: audit,
            home: Scope(account: account, region: home),
            clock: clock,
            entropy: SystemEntropy(),
            metrics: metrics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    var doorman: Doorman { doorman(recorder) }

    func doorman(_ recorder: CallRecorder) -> Doorman {
        let entropy = SystemEntropy()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Doorman(
            calls: CallHandler(
                directory: ServiceDirectory(FakeService.all),
                authenticator: authenticator,
                domain: domain,
                recorder: recorder,
                clock: clock,
                entropy: entropy,
                metrics: metrics,
                logger: logger
            ),
            channels: ChannelHandler(
                authenticator: authenticator,
                recorder: recorder,
                clock: clock,
                entropy: entropy,
                metrics: metrics,
                logger: logger,
                post: { path, body, context throws(ServiceFault) in
                    let text = String(decoding: body, as: UTF8.self)
                    if text == "terminated" {
                        throw ServiceFault(
                            "AccessDeniedException",
                            "Session is already terminated & gone"
                        )
                    }
                    return (
                        200, "application/json", "\(context.principal.displayName) \(path) \(text)"
                    )
                }
            ),
            metrics: metrics,
            isReady: { true }
        )
    }

    /// What was recorded, the newest first.
    func recorded(in region: String = "us-east-1") async throws -> [AuditRecord] {
        try await audit.newest(
            100,
            in: Scope(account: account, region: try Region(parsing: region))
        )
    }

    func answer(_ request: IncomingRequest) async -> Answer { await doorman.answer(request) }
}

/// Makes requests as a client would.
struct Client: Sendable {
    var accessKeyID = aliceKeyID
    var secret = aliceSecret
    var region = "us-east-1"
    var host = "localhost:8443"
    let now: Date

    func incoming(_ head: SignableRequest, _ body: String) -> IncomingRequest {
        IncomingRequest(
            head: head,
            body: Array(body.utf8),
            sourceAddress: "127.0.0.1",
            isSecureTransport: true
        )
    }

    func bare(
        _ method: String = "POST",
        _ path: String = "/",
        query: String = "",
        headers: [(String, String)]
    ) -> SignableRequest {
        SignableRequest(
            method: method,
            path: path,
            query: query,
            headers: [HeaderField("host", host)] + headers.map { HeaderField($0.0, $0.1) }
        )
    }

    func signer(_ service: String) -> RequestSigner {
        RequestSigner(
            credentials: SigningCredentials(accessKeyID: accessKeyID, secretAccessKey: secret),
            region: region,
            service: service
        )
    }

    func signed(
        _ request: SignableRequest,
        _ body: String,
        service: String
    ) throws -> IncomingRequest {
        let added = try signer(service).signedHeaders(for: request, body: Array(body.utf8), at: now)
        let complete = SignableRequest(
            method: request.method,
            path: request.path,
            query: request.query,
            headers: request.headers + added
        )
        return incoming(complete, body)
    }

    /// A JSON call.
    func json(
        _ service: String,
        _ target: String,
        _ body: String = "{}"
    ) throws -> IncomingRequest {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target),
            ("user-agent", "test/1"),
        ]
        return try signed(bare(headers: headers), body, service: service)
    }

    /// A query call.
    func form(_ service: String, _ body: String) throws -> IncomingRequest {
        let headers = [("content-type", "application/x-www-form-urlencoded")]
        return try signed(bare(headers: headers), body, service: service)
    }
}

extension Answer {
    var text: String { String(decoding: body, as: UTF8.self) }
}
