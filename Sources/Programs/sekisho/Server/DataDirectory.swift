import AWSClient
import Certificates
import ClientCore
import FoundationEssentials
import Glibc
import RootKeys
import Sealing
import SigV4
import Vocabulary

/// What is where in a data directory; the bytes are in docs/formats/data-directory.md.
struct DataDirectory: Sendable {
    let path: String

    init(_ path: String) {
        // Absolute, since the server and what it prints outlive the working directory.
        let full =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var trimmed = full[...]
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.path = String(trimmed)
    }

    /// What `init` decided, and nobody may change after: plain JSON, without a secret.
    struct Installation: Codable, Sendable {
        var version = 1
        let region: String
        let account: String
        let domain: String?
        /// Where the root key is, unless it is said otherwise; absolute.
        let rootKey: String
    }

    /// Where a running server is: plain JSON, without a secret.
    ///
    /// It is there while the server is ready.
    struct RunningServer: Codable, Sendable {
        let listeners: [String]
        let publicURL: String
        let pid: Int32
    }

    /// The administrator's credentials, wrapped by the root key, so that `env` and `--data` work.
    struct Administrator: Codable, Sendable {
        let accessKeyId: String
        let secretAccessKey: String
        /// For the console; of the password itself nothing is kept.
        let consolePasswordHash: String
    }

    private static let administratorPlace = "administrator"

    private var installationPath: String { "\(path)/installation.json" }
    private var runningPath: String { "\(path)/server.json" }
    private var administratorPath: String { "\(path)/administrator" }
    var defaultRootKeyPath: String { "\(path)/root.key" }
    var authorityPath: String { "\(path)/ca.pem" }
    var configurationPath: String { "\(path)/sekisho.json" }

    func installation() throws -> Installation {
        guard let bytes = try? PrivateFile.read(installationPath) else {
            throw Failure(
                "\(path) is no data directory of a server: run 'sekisho init --data \(path)' first."
            )
        }
        guard let value = try? JSONDecoder().decode(Installation.self, from: Data(bytes)),
            value.version == 1
        else {
            throw Failure("\(installationPath) was written by another version of sekisho.")
        }
        return value
    }

    func write(_ installation: Installation) throws {
        try write(json: installation, to: installationPath)
    }

    func write(_ running: RunningServer) throws {
        try write(json: running, to: runningPath)
    }

    func removeRunningServer() { unlink(runningPath) }

    /// The running server, waiting a moment for one that is just starting.
    func runningServer(waiting limit: Duration = .seconds(10)) async throws -> RunningServer {
        let end = ContinuousClock.now + limit
        while true {
            if let bytes = try? PrivateFile.read(runningPath),
                let running = try? JSONDecoder().decode(RunningServer.self, from: Data(bytes))
            {
                return running
            }
            guard ContinuousClock.now < end else {
                throw Failure("No server runs on \(path): start 'sekisho serve --data \(path)'.")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The root key: at `override`, or where `init` put it.
    func rootKey(at override: String?) throws -> RootKey {
        let place = try override ?? installation().rootKey
        do {
            return try RootKeyFile.open(place)
        } catch {
            throw Failure(error)
        }
    }

    func write(_ administrator: Administrator, under root: RootKey) throws {
        let plain = Secret(Array(try JSONEncoder().encode(administrator)))
        let wrapped = root.wrap(plain, for: Self.administratorPlace, entropy: SystemEntropy())
        try PrivateFile.write(wrapped, to: administratorPath)
    }

    func administrator(under root: RootKey) throws -> Administrator {
        let wrapped = try PrivateFile.read(administratorPath)
        let plain: Secret
        do {
            plain = try root.unwrap(wrapped, for: Self.administratorPlace)
        } catch {
            throw Failure(error)
        }
        return try plain.withBytes {
            try JSONDecoder().decode(Administrator.self, from: Data($0))
        }
    }

    func certificates(under root: RootKey) -> CertificateStore {
        CertificateStore(
            directory: path,
            wrapping: CertificateStore.Wrapping(
                wrap: { root.wrap($0, for: $1, entropy: SystemEntropy()) },
                unwrap: { try root.unwrap($0, for: $1) }
            )
        )
    }

    /// The administrator's settings for the server that runs here.
    func clientSettings(under root: RootKey) async throws -> ClientSettings {
        let installation = try installation()
        let administrator = try administrator(under: root)
        let running = try await runningServer()
        return ClientSettings(
            endpoint: try Endpoint(parsing: running.publicURL),
            region: try Region(parsing: installation.region),
            trust: .file(authorityPath),
            trustRemedy: "a server with --tls-cert is asked without --data, with AWS_CA_BUNDLE set "
                + "to its CA file",
            credentials: SigningCredentials(
                accessKeyID: administrator.accessKeyId,
                secretAccessKey: Secret(utf8: administrator.secretAccessKey)
            )
        )
    }

    private func write(json value: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        try PrivateFile.write(Array(try encoder.encode(value)) + [0x0A], to: path)
    }
}

extension Failure {
    /// A root key that does not do, and where another one is named when that is what helps.
    init(_ error: RootKeyError) {
        switch error {
        case .missing:
            self.init(
                "\(error) If it was moved, name the file with --root-key (SEKISHO_ROOT_KEY); if it is lost, "
                    + "restore it from its backup."
            )
        case .wrongKey:
            self.init("\(error) Name the right file with --root-key (SEKISHO_ROOT_KEY).")
        default: self.init("\(error)")
        }
    }
}
