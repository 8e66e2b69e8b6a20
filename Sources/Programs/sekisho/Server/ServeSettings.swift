import APIFrontend
import ArgumentParser
import Configuration
import FoundationEssentials
import Sealing
import Vocabulary

/// What `serve` is to do, from the command line, `SEKISHO_*` variables and a file, in this order.
struct ServeSettings: Sendable {
    enum Place: Sendable {
        case memory
        case directory(DataDirectory, rootKey: String?)
    }

    let place: Place
    let listeners: [Listener]
    let publicURL: String?
    /// Beyond the server's own.
    let regions: [Region]
    let tlsFiles: (certificate: String, key: String)?
    /// Only in memory.
    let administrator: (accessKeyID: String, secretAccessKey: Secret)?
    let logLevel: String

    /// What the command line said; nil and empty where it said nothing.
    struct CommandLine: Sendable {
        var data: String?
        var config: String?
        var rootKey: String?
        var listen: [String] = []
        var publicURL: String?
        var regions: [String] = []
        var tlsCert: String?
        var tlsKey: String?
        var inMemory = false
        var adminAccessKey: String?
        var adminSecretKey: String?
        var logLevel: String?
    }

    /// Puts the three sources together.
    ///
    /// Throws a sentence for what does not fit.
    init(_ line: CommandLine, environment: [String: String]) async throws {
        let variables = EnvironmentVariablesProvider(environmentVariables: environment)
            .prefixKeys(with: "sekisho")
        let early = ConfigReader(provider: variables)
        let data = line.data ?? early.string(forKey: "data")
        let inMemory = line.inMemory || early.bool(forKey: "inMemory", default: false)
        let config = try await Self.reader(
            variables,
            file: line.config ?? early.string(forKey: "config"),
            directory: data
        )
        func text(_ value: String?, _ key: ConfigKey) -> String? {
            value ?? config.string(forKey: key)
        }
        func texts(_ values: [String], _ key: ConfigKey, default standard: [String]) -> [String] {
            values.isEmpty ? config.stringArray(forKey: key, default: standard) : values
        }

        switch (inMemory, data ?? config.string(forKey: "data")) {
        case (true, nil): place = .memory
        case (false, let data?):
            place = .directory(DataDirectory(data), rootKey: text(line.rootKey, "rootKey"))
        case (true, .some):
            throw ValidationError(
                "--in-memory keeps nothing, so it goes without --data: give one of them."
            )
        case (false, nil):
            throw ValidationError("Say where the data is with --data DIR, or --in-memory for none.")
        }
        let standard =
            inMemory
            ? ["http://127.0.0.1:8080"] : ["https://127.0.0.1:8443", "http://127.0.0.1:8080"]
        listeners = try texts(line.listen, "listen", default: standard).map {
            try Listener(parsing: $0)
        }
        publicURL = try Self.publicURL(text(line.publicURL, "publicUrl"))
        regions = try texts(line.regions, "regions", default: []).map { try Region(parsing: $0) }
        logLevel = text(line.logLevel, "logLevel") ?? "notice"

        switch (text(line.tlsCert, "tlsCert"), text(line.tlsKey, "tlsKey")) {
        case (let certificate?, let key?): tlsFiles = (certificate, key)
        case (nil, nil): tlsFiles = nil
        default: throw ValidationError("--tls-cert and --tls-key go together: give both files.")
        }
        switch (
            text(line.adminAccessKey, "adminAccessKey"), text(line.adminSecretKey, "adminSecretKey")
        )
        {
        case (let id?, let secret?):
            guard inMemory else {
                throw ValidationError(
                    "--admin-access-key is for --in-memory: 'sekisho init' made the others."
                )
            }
            administrator = (id, Secret(utf8: secret))
        case (nil, nil): administrator = nil
        default:
            throw ValidationError(
                "--admin-access-key and --admin-secret-key go together: give both."
            )
        }
    }

    /// Variables first, then the file: the one named, or `sekisho.json` in the data directory if it is there.
    private static func reader(
        _ variables: some ConfigProvider,
        file: String?,
        directory: String?
    ) async throws -> ConfigReader {
        let standard = directory.map { DataDirectory($0).configurationPath }
        guard let path = file ?? standard else { return ConfigReader(provider: variables) }
        guard FileManager.default.fileExists(atPath: path) else {
            guard file == nil else { throw Failure("There is no configuration file at \(path).") }
            return ConfigReader(provider: variables)
        }
        do {
            let pointer = InMemoryProvider(values: [
                "filePath": ConfigValue(.string(path), isSecret: false)
            ])
            let settings = try await FileProvider<JSONSnapshot>(
                config: ConfigReader(provider: pointer)
            )
            return ConfigReader(providers: [variables, settings])
        } catch {
            throw Failure("The configuration file \(path) is not readable JSON.")
        }
    }

    private static func publicURL(_ text: String?) throws -> String? {
        guard let text else { return nil }
        guard let listener = try? Listener(parsing: withPort(text)), listener.scheme == .https
        else {
            throw Failure("'\(text)' is no public URL: write https://HOST or https://HOST:PORT.")
        }
        var url = text[...]
        while url.hasSuffix("/") { url.removeLast() }
        return String(url)
    }

    /// `https://HOST` as a listener would be written, which always has a port.
    private static func withPort(_ text: String) -> String {
        let host = text.split(separator: "://").last ?? ""
        let name = host.hasPrefix("[") ? host.split(separator: "]").last ?? "" : host
        return name.contains(":")
            ? text : (text.hasSuffix("/") ? String(text.dropLast()) : text) + ":443"
    }
}
