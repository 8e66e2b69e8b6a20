import APIFrontend
import AWSClient
import ArgumentParser
import Configuration
import Logging
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
    let publicURL: Endpoint?
    /// Beyond the server's own.
    let regions: [Region]
    let tlsFiles: (certificate: String, key: String)?
    /// Only in memory.
    let administrator: (accessKeyID: String, secretAccessKey: Secret)?
    let logLevel: Logger.Level

    /// Puts the three sources together.
    ///
    /// Throws a `ValidationError` where options do not go together, and a `Failure` that names the place for a
    /// variable or member of the file that does not fit.
    init(_ line: ServeOptions, environment: [String: String]) throws {
        let sources = try Sources(
            environment: environment,
            file: line.config,
            directory: line.data
        )
        let inMemory = try line.inMemory || sources.flag(.inMemory)
        let data = try line.data ?? sources.text(.data).map { DataDirectory($0) }
        switch (inMemory, data) {
        case (true, nil): place = .memory
        case (false, let data?):
            place = .directory(data, rootKey: try line.rootKey.file ?? sources.text(.rootKey))
        case (true, .some):
            throw ValidationError(
                "--in-memory keeps nothing, so it goes without --data: give one of them."
            )
        case (false, nil):
            throw ValidationError("Say where the data is with --data DIR, or --in-memory for none.")
        }
        let listen = try sources.list(line.listen, .listen, OptionValue.listener)
        listeners = try listen.isEmpty ? Self.standardListeners(inMemory: inMemory) : listen
        publicURL = try line.publicURL ?? sources.value(.publicUrl, OptionValue.publicURL)
        regions = try sources.list(
            line.regions.flatMap(\.self),
            .regions,
            OptionValue.serverRegion
        )
        logLevel = try line.logLevel ?? sources.value(.logLevel, OptionValue.logLevel) ?? .notice
        tlsFiles = try Self.both(
            line.tlsCert ?? sources.text(.tlsCert),
            line.tlsKey ?? sources.text(.tlsKey),
            orElse: "--tls-cert and --tls-key go together: give both files."
        )
        let administrator = try Self.both(
            line.adminAccessKey ?? sources.text(.adminAccessKey),
            line.adminSecretKey ?? sources.text(.adminSecretKey),
            orElse: "--admin-access-key and --admin-secret-key go together: give both."
        )
        guard administrator == nil || inMemory else {
            throw ValidationError(
                "--admin-access-key is for --in-memory: 'sekisho init' made the others."
            )
        }
        self.administrator = administrator.map { ($0, Secret(utf8: $1)) }
    }

    private static func standardListeners(inMemory: Bool) throws -> [Listener] {
        let plain = try Listener(parsing: "http://127.0.0.1:8080")
        return try inMemory ? [plain] : [Listener(parsing: "https://127.0.0.1:8443"), plain]
    }

    private static func both(
        _ first: String?,
        _ second: String?,
        orElse sentence: String
    ) throws -> (String, String)? {
        switch (first, second) {
        case (let first?, let second?): (first, second)
        case (nil, nil): nil
        default: throw ValidationError(sentence)
        }
    }
}

/// The variables and the configuration file, each asked by name; what does not fit is told with its place.
private struct Sources {
    private let places: [(reader: ConfigReader, file: String?)]

    /// The file is the one named, or `sekisho.json` in the data directory if it is there.
    init(environment: [String: String], file: String?, directory: DataDirectory?) throws {
        // An empty variable is one that was not set, as for all AWS tools.
        let provider = EnvironmentVariablesProvider(
            environmentVariables: environment.filter { !$0.value.isEmpty }
        )
        let variables = ConfigReader(provider: provider.prefixKeys(with: "sekisho"))
        let directory =
            directory
            ?? variables.string(forKey: ConfigKey(ServerSetting.data.rawValue)).map {
                DataDirectory($0)
            }
        let named = file ?? variables.string(forKey: "config")
        let path = named ?? directory?.configurationPath
        let configuration = try path.flatMap { try ConfigurationFile(at: $0) }
        if let named, configuration == nil {
            throw Failure("There is no configuration file at \(named).")
        }
        places =
            [(variables, nil)]
            + [configuration].compactMap { file in
                file.map { (ConfigReader(provider: $0.provider), $0.path) }
            }
    }

    func text(_ setting: ServerSetting) throws -> String? { try value(setting) { $0 } }

    func flag(_ setting: ServerSetting) throws -> Bool {
        let key = ConfigKey(setting.rawValue)
        for place in places {
            if let flag = place.reader.bool(forKey: key) { return flag }
            if place.reader.string(forKey: key) != nil {
                throw Failure("\(name(setting, place.file)) is to be true or false.")
            }
        }
        return false
    }

    func value<Value>(
        _ setting: ServerSetting,
        _ read: (String) throws -> Value
    ) throws -> Value? {
        let key = ConfigKey(setting.rawValue)
        for place in places {
            guard let text = place.reader.string(forKey: key) else { continue }
            return try value(of: text, name(setting, place.file), read)
        }
        return nil
    }

    /// What the command line has, else the variable with its commas, else the file.
    func list<Value>(
        _ line: [Value],
        _ setting: ServerSetting,
        _ read: (String) throws -> Value
    ) throws -> [Value] {
        guard line.isEmpty else { return line }
        let key = ConfigKey(setting.rawValue)
        for place in places {
            guard let texts = place.reader.stringArray(forKey: key) else { continue }
            return try texts.map { try value(of: $0, name(setting, place.file), read) }
        }
        return []
    }

    private func value<Value>(
        of text: String,
        _ name: String,
        _ read: (String) throws -> Value
    ) throws -> Value {
        do {
            return try read(text)
        } catch {
            throw Failure("The value '\(text)' is invalid for \(name): \(error)")
        }
    }

    private func name(_ setting: ServerSetting, _ file: String?) -> String {
        file.map { "'\(setting.rawValue)' in \($0)" } ?? setting.variable
    }
}
