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
              sekisho serve --data ~/sekisho --listen https://0.0.0.0:8443 \\
                --public-url https://sekisho.example:8443
              sekisho serve --in-memory --listen http://127.0.0.1:0
            """
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let settings = try ServeSettings(
            options,
            environment: ProcessInfo.processInfo.environment
        )
        var logger = Logger(label: "sekisho") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = settings.logLevel
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
