/// A setting of the server by the name it has in the configuration file.
///
/// The one list of them: a member of the file that is not here is refused, and each is also a variable.
enum ServerSetting: String, CaseIterable, Sendable {
    case data
    case inMemory
    case listen
    case publicUrl
    case regions
    case tlsCert
    case tlsKey
    case rootKey
    case adminAccessKey
    case adminSecretKey
    case logLevel

    /// What its value is, in the words of a message.
    enum Kind: String, Sendable {
        case text = "a text"
        case list = "a list of texts"
        case flag = "true or false"
    }

    var kind: Kind {
        switch self {
        case .listen, .regions: .list
        case .inMemory: .flag
        default: .text
        }
    }

    /// `publicUrl` is `SEKISHO_PUBLIC_URL`.
    var variable: String {
        "SEKISHO_"
            + rawValue.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
    }
}
