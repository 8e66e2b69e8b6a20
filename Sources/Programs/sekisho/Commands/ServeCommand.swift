import ArgumentParser
import FoundationEssentials
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the server.",
        discussion: """
            Each option is also a variable (SEKISHO_LISTEN, SEKISHO_PUBLIC_URL, …; lists with commas) and a \
            member of the configuration file (listen, publicUrl, …), which is DIR/sekisho.json unless --config \
            names another. GET /health answers 200 when it is ready; SIGTERM drains and exits 0.

            Examples:
              sekisho serve --data ~/sekisho
              sekisho serve --data ~/sekisho --listen https://0.0.0.0:8443 --public-url https://sekisho.example:8443
              sekisho serve --in-memory --listen http://127.0.0.1:0
            """
    )

    @Option(name: .long, help: "The data directory that 'sekisho init' made.")
    var data: String?

    @Flag(name: .long, help: "Keep nothing on disk: for tests; any region is accepted.")
    var inMemory = false

    @Option(
        name: .long,
        parsing: .singleValue,
        help:
            "https://HOST:PORT, or http://HOST:PORT on loopback; may be repeated; port 0 is any free one."
    )
    var listen: [String] = []

    @Option(
        name: .long,
        help: "The address that people and nodes use (default: the first https listener)."
    )
    var publicURL: String?

    @Option(
        name: .long,
        parsing: .singleValue,
        help: "A further region to answer for; may be repeated."
    )
    var regions: [String] = []

    @Option(name: .long, help: "A certificate of your own, with its intermediates, in PEM.")
    var tlsCert: String?

    @Option(name: .long, help: "Its private key, in PEM.")
    var tlsKey: String?

    @Option(name: .long, help: "The root key's file, if it was moved.")
    var rootKey: String?

    @Option(name: .long, help: "The administrator's access key; only with --in-memory.")
    var adminAccessKey: String?

    @Option(name: .long, help: "The administrator's secret key; only with --in-memory.")
    var adminSecretKey: String?

    @Option(name: .long, help: "A configuration file.")
    var config: String?

    @Option(name: .long, help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    func run() async throws {
        let settings = try await ServeSettings(
            ServeSettings.CommandLine(
                data: data,
                config: config,
                rootKey: rootKey,
                listen: listen,
                publicURL: publicURL,
                regions: regions.flatMap { $0.split(separator: ",").map(String.init) },
                tlsCert: tlsCert,
                tlsKey: tlsKey,
                inMemory: inMemory,
                adminAccessKey: adminAccessKey,
                adminSecretKey: adminSecretKey,
                logLevel: logLevel
            ),
            environment: ProcessInfo.processInfo.environment
        )
        guard let level = Logger.Level(rawValue: settings.logLevel) else {
            throw Failure(
                "'\(settings.logLevel)' is no log level: use debug, info, notice or error."
            )
        }
        var logger = Logger(label: "sekisho") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        switch settings.place {
        case .memory:
            try await MemoryServer(settings: settings, logger: logger).run()
        case .directory(let directory, let rootKey):
            let server = DirectoryServer(
                directory: directory,
                rootKey: rootKey,
                settings: settings,
                logger: logger
            )
            try await server.run()
        }
    }
}
