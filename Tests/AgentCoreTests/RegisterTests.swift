import FoundationEssentials
import Logging
import Synchronization
import Testing
import Vocabulary

@testable import AgentCore

@Suite("Registering", .timeLimit(.minutes(1)))
struct RegisterTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let unknown = StubAPI.Answer.fault(
        "UnrecognizedClientException",
        "The security token included in the request is invalid."
    )

    private func register(
        _ endpoint: String,
        in path: String,
        authority: String? = nil,
        region: String = "us-east-1",
        replaces: Bool = false
    ) async throws -> NodeIdentity {
        var register = Register(
            endpoint: endpoint,
            authorityFile: authority,
            activationCode: "AbCdEfGhIjKlMnOpQrSt",
            activationID: "01234567-89ab-cdef-0123-456789abcdef",
            region: try Region(parsing: region),
            directory: StateDirectory(path: path),
            replaces: replaces
        )
        register.newKey = (replaces ? TestKeys.second : TestKeys.first).get
        return try await register.run(logger: Self.logger)
    }

    /// A server that registers every machine under that id.
    private func server(answering id: String) async throws -> StubAPI {
        try await StubAPI { call in
            call.operation == "RegisterManagedInstance"
                ? .success(#"{"InstanceId":"\#(id)"}"#) : unknown
        }
    }

    private func files(in path: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            files[name] = FileManager.default.contents(atPath: path + "/" + name)
        }
        return files
    }

    @Test func `keeps the key that the server was given, on disk before the server knew it`()
        async throws
    {
        try await withTemporaryDirectory { path in
            let sent = Mutex("")
            let server = try await StubAPI { call in
                guard call.operation == "RegisterManagedInstance" else { return unknown }
                let key = try call.text("PublicKey") ?? ""
                let staged = try NodeKey.load(
                    from: StateDirectory(path: path),
                    as: "private-key.pem.next"
                )
                guard staged.publicKeyText == key else { return .fault("Not", "on disk") }
                sent.withLock { $0 = key }
                return .success(#"{"InstanceId":"mi-0123456789abcdef0"}"#)
            }
            let node = try await register(server.endpoint, in: path, region: "eu-west-1")
            #expect(node.id.description == "mi-0123456789abcdef0")
            let directory = StateDirectory(path: path)
            #expect(try directory.nodeState()?.identity() == node)
            let kept = try NodeKey.load(from: directory).publicKeyText
            #expect(kept == sent.withLock { $0 })
            let names = try files(in: path).keys.sorted()
            #expect(names == ["fingerprint.json", "lock", "private-key.pem", "registration.json"])
        }
    }

    @Test(arguments: [
        StubAPI.Answer.fault("InvalidActivation", "The activation is not valid."), .hangUp,
        .success("{}"), .success(#"{"InstanceId":"../../etc"}"#),
    ])
    func `that fails leaves an earlier registration as it was, to the byte`(
        answer: StubAPI.Answer
    ) async throws {
        try await withTemporaryDirectory { path in
            let authority = path + "/authority.pem"
            try Data(testAuthority.utf8).write(to: URL(filePath: authority))
            let state = path + "/state"
            let good = try await server(answering: "mi-00000000000000001")
            _ = try await register(good.endpoint, in: state, authority: authority)
            let before = try files(in: state)
            #expect(before.count == 5)

            let bad = try await StubAPI { call in
                call.operation == "RegisterManagedInstance" ? answer : unknown
            }
            for authority in [nil, authority] {
                await #expect(throws: AgentFailure.self) {
                    try await register(
                        bad.endpoint,
                        in: state,
                        authority: authority,
                        replaces: true
                    )
                }
                #expect(try files(in: state) == before)
            }
            #expect(bad.operations.contains("RegisterManagedInstance"))
        }
    }

    @Test func `over a registration is refused before the server hears of it, unless asked for`()
        async throws
    {
        try await withTemporaryDirectory { path in
            let first = try await server(answering: "mi-00000000000000001")
            _ = try await register(first.endpoint, in: path)
            let before = try files(in: path)
            let second = try await server(answering: "mi-00000000000000002")
            let failure = await #expect(throws: AgentFailure.self) {
                try await register(second.endpoint, in: path)
            }
            #expect(failure?.description.contains("--replace") == true)
            #expect(failure?.description.contains("mi-00000000000000001") == true)
            #expect(second.operations.isEmpty)
            #expect(try files(in: path) == before)

            let replaced = try await register(second.endpoint, in: path, replaces: true)
            #expect(replaced.id.description == "mi-00000000000000002")
            #expect(try StateDirectory(path: path).nodeState()?.identity() == replaced)
            #expect(try files(in: path)["private-key.pem"] != before["private-key.pem"])
        }
    }

    /// The files of a new registration in the order in which they come into force.
    @Test(arguments: 0...4)
    func `that was interrupted leaves the old registration or becomes the new one`(
        step: Int
    ) async throws {
        try await withTemporaryDirectory { path in
            let directory = StateDirectory(path: path)
            func state(_ id: String) throws -> NodeState {
                let identity = NodeIdentity(
                    id: try NodeID(parsing: id),
                    region: try Region(parsing: "us-east-1")
                )
                return NodeState(identity: identity, endpoint: "https://h", hasOwnAuthority: true)
            }
            let (old, new) = (try state("mi-00000000000000001"), try state("mi-00000000000000002"))
            let (oldKey, newKey) = (try TestKeys.first.get(), try TestKeys.second.get())
            let pending = PendingRegistration(directory: directory)
            try pending.stage(oldKey, authority: Array("old".utf8))
            try pending.commit(old)
            try PendingRegistration.complete(in: directory)

            try pending.stage(newKey, authority: Array("new".utf8))
            if step > 0 {
                try directory.write("registration.json.next", try directory.encoded(new))
            }
            let renames = ["private-key.pem", "ca.pem", "registration.json"]
            for name in renames.prefix(max(0, step - 1)) {
                try directory.moveIfPresent(name + ".next", to: name)
            }
            // A second crash, in the middle of completing, is the same again.
            for _ in 0...1 { try PendingRegistration.complete(in: directory) }
            let isNew = step > 0
            #expect(try directory.nodeState() == (isNew ? new : old))
            let key = try NodeKey.load(from: directory).publicKeyText
            #expect(key == (isNew ? newKey : oldKey).publicKeyText)
            #expect(try directory.read("ca.pem") == Array((isNew ? "new" : "old").utf8))
            #expect(directory.holdsRegistration)
        }
    }

    /// A directory stands where a file of the registration should go.
    @Test(arguments: ["private-key.pem", "ca.pem", "registration.json"])
    func `that is kept but cannot take effect is told so, and nothing replaces it before it has`(
        blocked: String
    ) async throws {
        try await withTemporaryDirectory { path in
            let authority = path + "/authority.pem"
            try Data(testAuthority.utf8).write(to: URL(filePath: authority))
            let directory = StateDirectory(path: path + "/state")
            let block = directory.path + "/" + blocked
            let server = try await StubAPI { call in
                guard call.operation == "RegisterManagedInstance" else { return unknown }
                try FileManager.default.createDirectory(
                    atPath: block,
                    withIntermediateDirectories: false
                )
                return .success(#"{"InstanceId":"mi-00000000000000001"}"#)
            }
            let failure = await #expect(throws: AgentFailure.self) {
                try await register(server.endpoint, in: directory.path, authority: authority)
            }
            let text = failure?.description ?? ""
            #expect(text.contains("mi-00000000000000001, and that is kept"), "\(text)")
            #expect(text.contains(blocked) && text.contains("when the agent starts"), "\(text)")
            #expect(!text.contains("Remove"), "\(text)")

            let before = try files(in: directory.path)
            let refusing = try await StubAPI { _ in .fault("InvalidActivation", "No.") }
            let refusal = await #expect(throws: AgentFailure.self) {
                try await register(refusing.endpoint, in: directory.path, replaces: true)
            }
            #expect(refusal?.description.contains("mi-00000000000000001") == true)
            #expect(refusing.operations.isEmpty)
            PendingRegistration(directory: directory).discard()
            #expect(try files(in: directory.path) == before)

            try FileManager.default.removeItem(atPath: block)
            try PendingRegistration.complete(in: directory)
            #expect(try directory.nodeState()?.instanceID == "mi-00000000000000001")
            let key = try NodeKey.load(from: directory).publicKeyText
            #expect(try key == TestKeys.first.get().publicKeyText)
            #expect(try directory.read("ca.pem") == Array(testAuthority.utf8))
        }
    }

    @Test func `that cannot be kept says what to do at the server`() async throws {
        try await withTemporaryDirectory { path in
            let server = try await StubAPI { call in
                guard call.operation == "RegisterManagedInstance" else { return unknown }
                try FileManager.default.createDirectory(
                    atPath: path + "/registration.json.next",
                    withIntermediateDirectories: false
                )
                return .success(#"{"InstanceId":"mi-00000000000000001"}"#)
            }
            let failure = await #expect(throws: AgentFailure.self) {
                try await register(server.endpoint, in: path)
            }
            #expect(
                failure?.description.contains("Remove mi-00000000000000001 there") == true,
                "\(failure as Any)"
            )
        }
    }

    @Test func `replaces a new registration that cannot be read`() async throws {
        try await withTemporaryDirectory { path in
            let directory = StateDirectory(path: path)
            try directory.write("registration.json.next", Array("{".utf8))
            let server = try await server(answering: "mi-00000000000000002")
            let node = try await register(server.endpoint, in: path, replaces: true)
            #expect(try directory.nodeState()?.identity() == node)
            let key = try NodeKey.load(from: directory).publicKeyText
            #expect(try key == TestKeys.second.get().publicKeyText)
            #expect(!directory.holds("registration.json.next"))
        }
    }

    @Test(arguments: [
        ("Credential should be scoped to a valid region, not 'eu-west-1'. ", "--region"),
        ("Signature expired: 20260101T000000Z is now earlier than …", "clocks"),
        ("Signature not yet current: 20260101T000000Z is still later than …", "clocks"),
    ])
    func `is refused before the activation is used, if the node could never sign`(
        message: String,
        says: String
    ) async throws {
        try await withTemporaryDirectory { path in
            let server = try await StubAPI { call in
                try call.region == "eu-west-1"
                    ? .fault("InvalidSignatureException", message) : .hangUp
            }
            let failure = await #expect(throws: AgentFailure.self) {
                try await register(server.endpoint, in: path, region: "eu-west-1")
            }
            #expect(failure?.description.contains(says) == true, "\(failure as Any)")
            #expect(server.operations == ["RequestManagedInstanceRoleToken"])
            #expect(!StateDirectory(path: path).holdsRegistration)
        }
    }

    @Test func `names the region to a server of several`() async throws {
        try await withTemporaryDirectory { path in
            let server = try await StubAPI { call in
                guard call.operation == "RegisterManagedInstance" else { return unknown }
                return try call.region == "ap-south-1"
                    ? .success(#"{"InstanceId":"mi-00000000000000001"}"#)
                    : .fault("Wrong", "region")
            }
            _ = try await register(server.endpoint, in: path, region: "ap-south-1")
        }
    }

    @Test(arguments: ["http://192.0.2.1", "http://127.evil.example:80", "ftp://127.0.0.1"])
    func `shows an activation code to no network without TLS`(endpoint: String) async throws {
        try await withTemporaryDirectory { path in
            await #expect(throws: AgentFailure.self) { try await register(endpoint, in: path) }
            let left = try files(in: path)
            #expect(left.isEmpty)
        }
    }
}

/// A self-signed certificate, which nobody trusts for anything.
private let testAuthority = """
    -----BEGIN CERTIFICATE-----
    MIIBdjCCARugAwIBAgIUPzlP5pNW7tD3Ch7kNhedTnH3wcUwCgYIKoZIzj0EAwIw
    DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjMxMzU4NDJaGA8yMTI2MTAzMDEzNTg0
    MlowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPAo
    OG8MxroaJDtxW6eY6wMyZyuRFOO2jXM1IBxDsJfhJoXCDpwU/qrpVae/gIhjB4P/
    xWBrKM/11/YkXmT8juyjUzBRMB0GA1UdDgQWBBTvHYta1RhdKyVR4ktEr83lBcxV
    GDAfBgNVHSMEGDAWgBTvHYta1RhdKyVR4ktEr83lBcxVGDAPBgNVHRMBAf8EBTAD
    AQH/MAoGCCqGSM49BAMCA0kAMEYCIQDGh+9rV/oxPyDfRqYiwawmPmB2WOmImuaw
    RrAgdudxqAIhAJARZ5dEPBPoKH7Zm12yIg6Bw0FZA/u2BobuEXRHqN4T
    -----END CERTIFICATE-----
    """
