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
        ),
        transform: OptionValue.directory
    )
    var data: DataDirectory?

    @OptionGroup var rootKey: RootKeyOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The profile in ~/.aws to use (AWS_PROFILE).", valueName: "name")
    )
    var profile: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The region to ask in (AWS_REGION).", valueName: "region"),
        transform: OptionValue.region
    )
    var region: Region?

    @Option(
        name: .long,
        help: ArgumentHelp("The server's address (AWS_ENDPOINT_URL).", valueName: "url"),
        transform: OptionValue.endpoint
    )
    var endpointURL: Endpoint?

    @Flag(name: .long, help: "Say on the error output what is being done.")
    var verbose = false

    func validate() throws {
        guard data == nil || profile == nil else {
            throw ValidationError("--data and --profile both say who calls: give one of them.")
        }
        guard data != nil || rootKey.file == nil else {
            throw ValidationError("--root-key opens a data directory: give --data DIR as well.")
        }
    }

    /// The settings to call with.
    ///
    /// Throws a sentence that names what is missing.
    func settings() async throws -> ClientSettings {
        var environment = ProcessInfo.processInfo.environment
        if let endpointURL { environment["AWS_ENDPOINT_URL"] = endpointURL.description }
        if let region { environment["AWS_REGION"] = region.description }
        guard let data else {
            return try ClientSettings(environment: environment, profile: profile) { path in
                try? String(contentsOfFile: path, encoding: .utf8)
            }
        }
        var settings = try await data.clientSettings(under: try rootKey.open(of: data))
        if let region { settings.region = region }
        if let endpointURL { settings.endpoint = endpointURL }
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
