import AWSClient
import ArgumentParser
import ClientCore
import FoundationEssentials
import Glibc
import Logging
import Vocabulary

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// `--output`, on every command that prints results.
struct OutputOptions: ParsableArguments {
    @Option(name: .long, help: "text for people, json for programs.")
    var output = OutputFormat.text

    /// Prints a table, or the values behind it as a JSON array.
    func print(_ values: some Encodable, as table: () -> Table) throws {
        switch output {
        case .json: try Terminal.print(json: values)
        case .text: Terminal.print(table().text(bold: Terminal.outputIsColoured))
        }
    }
}

/// Which server a command asks, and as whom.
struct ClientOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Ask the server of this data directory, as its administrator.",
            valueName: "dir"
        )
    )
    var data: String?

    @Option(name: .long, help: "The profile in ~/.aws to use (AWS_PROFILE).")
    var profile: String?

    @Option(name: .long, help: "The region to ask in (AWS_REGION).")
    var region: String?

    @Option(name: .long, help: "The server's address (AWS_ENDPOINT_URL).")
    var endpointURL: String?

    @Flag(name: .long, help: "Say on the error output what is being done.")
    var verbose = false

    func validate() throws {
        guard data == nil || profile == nil else {
            throw ValidationError("--data and --profile both say who calls: give one of them.")
        }
    }

    /// The settings to call with.
    ///
    /// Throws a sentence that names what is missing.
    func settings() async throws -> ClientSettings {
        var environment = ProcessInfo.processInfo.environment
        environment["AWS_ENDPOINT_URL"] = endpointURL ?? environment["AWS_ENDPOINT_URL"]
        if let region { environment["AWS_REGION"] = region }
        guard let data else {
            return try ClientSettings(environment: environment, profile: profile) { path in
                try? String(contentsOfFile: path, encoding: .utf8)
            }
        }
        var settings = try await DataDirectory(data).clientSettings()
        if let region { settings.region = try Region(parsing: region) }
        if let endpointURL { settings.endpoint = try Endpoint(parsing: endpointURL) }
        return settings
    }

    func calls() async throws -> AWSCalls {
        AWSCalls(client: try await settings().client(logger: logger))
    }

    /// Quiet unless asked: what a command has to say, it says itself.
    var logger: Logger {
        var logger = Logger(label: "sekisho") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .critical
        return logger
    }
}
