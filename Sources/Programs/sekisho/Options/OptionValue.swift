import APIFrontend
import AWSClient
import ArgumentParser
import Certificates
import Logging
import Vocabulary

/// What option values are read with: each throws the sentence that follows "the value is invalid".
///
/// A value that does not fit is thus wrong usage (exit 2, with the usage of the command it was given to), and
/// never reaches a server.
enum OptionValue {
    /// A name or id; empty where a shell's variable was not set.
    static func name(_ text: String) throws -> String {
        guard !text.isEmpty else {
            throw ValidationError("it is empty. Is a variable of the shell not set?")
        }
        return text
    }

    static func directory(_ text: String) throws -> DataDirectory {
        DataDirectory(try name(text))
    }

    static func count(_ text: String) throws -> Int {
        guard let count = Int(text), count > 0 else { throw ValidationError("give 1 or more.") }
        return count
    }

    static func region(_ text: String) throws -> Region { try Region(parsing: text) }

    /// A region that a server is to have: named as AWS names them, since clients tell the partition by it.
    static func serverRegion(_ text: String) throws -> Region {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        let isNamedAsUsual =
            words.count >= 3
            && words.dropLast().allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isLetter) }
            && words.last.map { !$0.isEmpty && $0.allSatisfy(\.isNumber) } ?? false
        guard isNamedAsUsual, let region = try? Region(parsing: text) else {
            throw ValidationError("write a region as AWS does, such as eu-central-1.")
        }
        return region
    }

    static func listener(_ text: String) throws -> Listener { try Listener(parsing: text) }

    static func endpoint(_ text: String) throws -> Endpoint { try Endpoint(parsing: text) }

    static func publicURL(_ text: String) throws -> Endpoint {
        guard let endpoint = try? Endpoint(parsing: text), endpoint.isSecure else {
            throw ValidationError("write https://HOST or https://HOST:PORT.")
        }
        return endpoint
    }

    static func certificateName(_ text: String) throws -> CertificateName {
        try CertificateName(parsing: text)
    }

    static func logLevel(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            throw ValidationError("give one of \(logLevels).")
        }
        return level
    }

    static let logLevels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
}
