import ArgumentParser
import Certificates
import Glibc
import IAMService
import Logging
import RootKeys
import SQLiteStorage
import Sealing
import Storage
import Vocabulary

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the data directory of a new server.",
        discussion: """
            Makes the root key, a private certificate authority with the server's certificate, and the \
            administrator. The secrets are printed once.

            Examples:
              sekisho init --data ~/sekisho
              sekisho init --data /srv/sekisho --root-key /etc/sekisho/root.key \\
                --region eu-central-1 --domain sekisho.example --san 10.0.0.5
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp("The directory to make; it must be new or empty.", valueName: "dir"),
        transform: OptionValue.directory
    )
    var data: DataDirectory

    @Option(name: .long, help: ArgumentHelp("The server's own region.", valueName: "region"))
    var region = "us-east-1"

    @Option(
        name: .long,
        help: ArgumentHelp("The twelve digits of the account.", valueName: "digits")
    )
    var account = "000000000000"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to put the root key (default: DIR/root.key).",
            valueName: "file"
        )
    )
    var rootKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The domain under which host names are SERVICE.REGION.DOMAIN.",
            valueName: "domain"
        )
    )
    var domain: String?

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "Another name or address that the certificate is to carry; may be repeated.",
            valueName: "name"
        ),
        transform: OptionValue.certificateName
    )
    var san: [CertificateName] = []

    @OptionGroup var output: OutputOptions

    /// What is printed, once.
    struct Result: Encodable {
        let accessKeyId: String
        let secretAccessKey: String
        let consolePassword: String
        let caCertificate: String
        let region: String
        let account: String
        let rootKey: String
    }

    func validate() throws {
        do {
            _ = try OptionValue.serverRegion(region)
        } catch {
            throw ValidationError("The value '\(region)' is invalid for '--region': \(error)")
        }
        do {
            _ = try AccountID(parsing: account)
            _ = try certificateNames()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() async throws {
        let result = try await make()
        switch output.output {
        case .json: try Terminal.print(json: result)
        case .text: Terminal.print(text(of: result, data))
        }
    }

    /// Makes all of it or nothing: half a data directory could neither be served nor made anew.
    func make() async throws -> Result {
        let scope = Scope(
            account: try AccountID(parsing: account),
            region: try Region(parsing: region)
        )
        let names = try certificateNames()
        let claim = try data.claim()
        do {
            let result = try await setUp(claim, scope, names)
            claim.release()
            return result
        } catch {
            claim.undo()
            throw error
        }
    }

    private func certificateNames() throws -> [CertificateName] {
        var names = CertificateName.loopback
        if let domain {
            names.append(try CertificateName(parsing: domain))
            names.append(try CertificateName(parsing: "*.\(region).\(domain)"))
        }
        for name in san where !names.contains(name) { names.append(name) }
        return names
    }

    private func setUp(
        _ claim: DataDirectory.Claim,
        _ scope: Scope,
        _ names: [CertificateName]
    ) async throws -> Result {
        let entropy = SystemEntropy()
        let rootKeyPath = rootKey.map { DataDirectory($0).path } ?? data.defaultRootKeyPath
        let root = try Self.makeRootKey(at: rootKeyPath, entropy)
        do {
            return try await fill(data, scope, names, under: root, at: rootKeyPath)
        } catch {
            // Made above, where no file was; all that it has sealed goes as well.
            unlink(rootKeyPath)
            claim.removeContents()
            throw error
        }
    }

    private static func makeRootKey(at path: String, _ entropy: some Entropy) throws -> RootKey {
        do {
            return try RootKeyFile.create(path, entropy: entropy)
        } catch .exists {
            throw Failure(
                "There is a file at \(path) already, and no root key is ever replaced: give another place "
                    + "with --root-key."
            )
        }
    }

    private func fill(
        _ directory: DataDirectory,
        _ scope: Scope,
        _ names: [CertificateName],
        under root: RootKey,
        at rootKeyPath: String
    ) async throws -> Result {
        let entropy = SystemEntropy()
        let logger = Logger(label: "sekisho") { _ in SwiftLogNoOpLogHandler() }
        let engines = try await StorageEngines.sqlite(in: directory.path, logger: logger)
        let storeKey = try await StoreKey.create(
            in: engines.records,
            under: root,
            entropy: entropy
        )
        let assembly = ServerAssembly(engines: engines, storeKey: storeKey, logger: logger)
        let administrator = try await assembly.iam.bootstrapAdministrator(in: scope)
        await engines.close()

        try directory.certificates(under: root).create(
            name: "Sekisho CA \(entropy.hexDigits(8))",
            for: names
        )
        let letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
        let password = Secret(utf8: entropy.characters(20, of: letters))
        try directory.write(
            DataDirectory.Administrator(
                accessKeyId: administrator.accessKeyID,
                secretAccessKey: administrator.secretAccessKey.revealedText(),
                consolePasswordHash: try PasswordHash(password, entropy: entropy).description
            ),
            under: root
        )
        // Last, since it is what makes the directory one that can be served.
        try directory.write(
            DataDirectory.Installation(
                region: scope.region.description,
                account: scope.account.description,
                domain: domain,
                rootKey: rootKeyPath
            )
        )
        return Result(
            accessKeyId: administrator.accessKeyID,
            secretAccessKey: administrator.secretAccessKey.revealedText(),
            consolePassword: password.revealedText(),
            caCertificate: directory.authorityPath,
            region: scope.region.description,
            account: scope.account.description,
            rootKey: rootKeyPath
        )
    }

    private func text(of result: Result, _ directory: DataDirectory) -> String {
        """
        The server's data is in \(directory.path).

          accessKeyId      \(result.accessKeyId)
          secretAccessKey  \(result.secretAccessKey)
          consolePassword  \(result.consolePassword)
          caCertificate    \(result.caCertificate)
          region           \(result.region)
          account          \(result.account)

        These are the administrator's; the password is not kept and cannot be shown again.
        The root key is \(result.rootKey). Whoever has it and the data can read everything, and without it
        nobody can: move it to where backups of the data do not go, and name it with --root-key.

        Next:  sekisho serve --data \(directory.path)
        """
    }
}
