import ArgumentParser
import Certificates
import FoundationEssentials

struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Certificates of the server's private authority.",
        discussion: """
            The server's own certificate is made by 'sekisho init' and renews itself.

            A server that has a new name:
              sekisho certificate issue --data ~/sekisho sekisho.example
              sekisho serve --data ~/sekisho --listen https://0.0.0.0:8443 \\
                --public-url https://sekisho.example:8443 \\
                --tls-cert sekisho.example.pem --tls-key sekisho.example.key
            """,
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

        @Argument(
            help: ArgumentHelp("DNS names, *.DOMAIN, or IP addresses.", valueName: "name"),
            transform: OptionValue.certificateName
        )
        var names: [CertificateName]

        @OptionGroup var installation: InstallationOptions

        @Option(name: .long, help: ArgumentHelp("The directory to write to.", valueName: "dir"))
        var out = "."

        @OptionGroup var output: OutputOptions

        private struct Files: Encodable {
            let certificate: String
            let privateKey: String
        }

        func run() async throws {
            let certificates = installation.directory.certificates(
                under: try installation.rootKey()
            )
            let issued = try certificates.issue(for: names)
            // ArgumentParser asks for one name at least.
            let first = names[0].description
            let stem = "\(out)/\(first.replacing("*", with: "_").replacing(":", with: "-"))"
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
