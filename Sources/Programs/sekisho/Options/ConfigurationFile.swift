import Certificates
import Configuration
import FoundationEssentials

/// The configuration file of the server: a JSON object whose members are `ServerSetting`s.
///
/// Read strictly: a misspelt member that is passed over is a server that does not run as its operator believes.
struct ConfigurationFile: Sendable {
    let path: String
    private let members: [ServerSetting: ConfigContent]

    /// Reads the file at `path`; nil when there is none.
    init?(at path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        try self.init(try PrivateFile.read(path), path: path)
    }

    init(_ bytes: [UInt8], path: String) throws(Failure) {
        guard let found = try? JSONDecoder().decode([String: Value].self, from: Data(bytes)) else {
            throw Failure("The configuration file \(path) is no readable JSON object.")
        }
        var members: [ServerSetting: ConfigContent] = [:]
        for (name, value) in found.sorted(by: { $0.key < $1.key }) {
            guard let setting = ServerSetting(rawValue: name) else {
                throw Self.unknown(name, in: path)
            }
            guard let content = value.content(for: setting.kind) else {
                throw Failure("\(path): '\(name)' is to be \(setting.kind.rawValue).")
            }
            members[setting] = content
        }
        self.path = path
        self.members = members
    }

    /// The members, as one of the places that settings are read from.
    var provider: InMemoryProvider {
        let values = members.map { setting, content in
            (
                AbsoluteConfigKey(ConfigKey([setting.rawValue])),
                ConfigValue(content, isSecret: setting == .adminSecretKey)
            )
        }
        return InMemoryProvider(values: Dictionary(values) { first, _ in first })
    }

    /// The text of a setting; nil when the file does not have it.
    func text(_ setting: ServerSetting) -> String? {
        guard case .string(let text)? = members[setting] else { return nil }
        return text
    }

    private static func unknown(_ name: String, in path: String) -> Failure {
        let names = ServerSetting.allCases.map(\.rawValue)
        let advice =
            NearestName.of(name, among: names).map { "did you mean '\($0)'?" }
            ?? "there are \(names.joined(separator: ", "))."
        return Failure("\(path): there is no setting '\(name)'; \(advice)")
    }

    private enum Value: Decodable {
        case text(String)
        case list([String])
        case flag(Bool)
        case other

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let flag = try? value.decode(Bool.self) {
                self = .flag(flag)
            } else if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let list = try? value.decode([String].self) {
                self = .list(list)
            } else {
                self = .other
            }
        }

        func content(for kind: ServerSetting.Kind) -> ConfigContent? {
            switch (self, kind) {
            case (.text(let text), .text): .string(text)
            case (.list(let texts), .list): .stringArray(texts)
            case (.flag(let flag), .flag): .bool(flag)
            default: nil
            }
        }
    }
}
