import APIFrontend
import ArgumentParser
import FoundationEssentials

struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Certificates of the server's private authority.",
        subcommands: [Issue.self]
    )

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issue a server certificate for names or addresses.",
            discussion: """
                Writes NAME.pem and NAME.key (mode 600) of the first name. The server's own certificate renews \
                itself; these do not, and are good for ninety days.

                Example:
                  sekisho certificate issue --data ~/sekisho gateway.internal 10.0.0.5
                """
        )

        @Argument(help: "DNS names, *.DOMAIN, or IP addresses.")
        var names: [String]

        @Option(name: .long, help: "The server's data directory.")
        var data: String

        @Option(name: .long, help: "The root key's file, if it was moved (SEKISHO_ROOT_KEY).")
        var rootKey: String?

        @Option(name: .long, help: "The directory to write to.")
        var out = "."

        @OptionGroup var output: OutputOptions

        private struct Files: Encodable {
            let certificate: String
            let privateKey: String
        }

        func run() async throws {
            let directory = DataDirectory(data)
            let environment = ProcessInfo.processInfo.environment
            let root = try directory.rootKey(at: rootKey ?? environment["SEKISHO_ROOT_KEY"])
            let parsed = try names.map { try CertificateName(parsing: $0) }
            let issued = try directory.certificates(under: root).issue(for: parsed)
            let stem =
                "\(out)/\(parsed[0].description.replacing("*", with: "_").replacing(":", with: "-"))"
            let files = Files(certificate: "\(stem).pem", privateKey: "\(stem).key")
            try PrivateFile.write(Array(issued.privateKeyPEM.utf8), to: files.privateKey)
            try PrivateFile.write(Array(issued.certificatePEM.utf8), to: files.certificate)
            switch output.output {
            case .json: try Terminal.print(json: files)
            case .text: Terminal.print("\(files.certificate)\n\(files.privateKey)")
            }
        }
    }
}
