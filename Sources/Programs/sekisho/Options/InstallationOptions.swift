import ArgumentParser
import ClientCore
import FoundationEssentials
import RootKeys

/// `--root-key`, on every command that opens a data directory.
struct RootKeyOptions: ParsableArguments {
    @Option(
        name: .customLong("root-key"),
        help: ArgumentHelp(
            "The root key's file, if it was moved (SEKISHO_ROOT_KEY).",
            valueName: "file"
        )
    )
    var file: String?

    /// The root key of a directory: where the option says, else the variable, the configuration, or `init`.
    func open(of directory: DataDirectory) throws -> RootKey {
        let variable = ProcessInfo.processInfo.environment[ServerSetting.rootKey.variable]
        let said = file ?? variable.flatMap { $0.isEmpty ? nil : $0 }
        let configured = try ConfigurationFile(at: directory.configurationPath)?.text(.rootKey)
        return try directory.rootKey(at: said ?? configured)
    }
}

/// The data directory of a server, for commands that are nothing without one.
struct InstallationOptions: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp("The server's data directory.", valueName: "dir"),
        transform: OptionValue.directory
    )
    var directory: DataDirectory

    @OptionGroup var rootKeyOptions: RootKeyOptions

    func rootKey() throws -> RootKey { try rootKeyOptions.open(of: directory) }

    func clientSettings() async throws -> ClientSettings {
        try await directory.clientSettings(under: try rootKey())
    }
}
