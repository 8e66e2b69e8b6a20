import APIFrontend
import AWSClient
import ArgumentParser
import Logging
import Vocabulary

/// What `serve` can be told on the command line; nil and empty where it is told nothing.
struct ServeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The data directory that 'sekisho init' made.", valueName: "dir"),
        transform: OptionValue.directory
    )
    var data: DataDirectory?

    @Flag(name: .long, help: "Keep nothing on disk: for tests; any region is accepted.")
    var inMemory = false

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "https://HOST:PORT, or http://HOST:PORT on loopback; may be repeated; port 0 is any free one.",
            valueName: "url"
        ),
        transform: OptionValue.listener
    )
    var listen: [Listener] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The address that people and nodes use (default: the first https listener).",
            valueName: "url"
        ),
        transform: OptionValue.publicURL
    )
    var publicURL: Endpoint?

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "A further region to answer for; may be repeated.",
            valueName: "region"
        ),
        transform: { try $0.split(separator: ",").map { try OptionValue.serverRegion(String($0)) } }
    )
    var regions: [[Region]] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A certificate of your own, with its intermediates, in PEM.",
            valueName: "file"
        )
    )
    var tlsCert: String?

    @Option(name: .long, help: ArgumentHelp("Its private key, in PEM.", valueName: "file"))
    var tlsKey: String?

    @OptionGroup var rootKey: RootKeyOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The administrator's access key; only with --in-memory.",
            valueName: "key"
        )
    )
    var adminAccessKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The administrator's secret key; only with --in-memory.",
            valueName: "key"
        )
    )
    var adminSecretKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A configuration file (SEKISHO_CONFIG).", valueName: "file")
    )
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "\(OptionValue.logLevels) (default: notice).",
            valueName: "level"
        ),
        transform: OptionValue.logLevel
    )
    var logLevel: Logger.Level?
}
