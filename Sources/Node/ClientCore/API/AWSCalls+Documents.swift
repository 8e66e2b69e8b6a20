package import AWSClient
import FoundationEssentials
package import SessionWire

/// The document of the session preferences, by AWS's name.
package enum Preferences {
    package static let name = "SSM-SessionManagerRunShell"
}

extension AWSCalls {
    /// The default version of a Session document, as JSON.
    package func document(
        _ name: String
    ) async throws(AWSClientError) -> (content: JSONValue, version: String) {
        struct Input: Encodable, Sendable { let Name: String }
        struct Output: Decodable, Sendable {
            let Content: String
            let DocumentVersion: String?
        }
        let output: Output = try await client.call(.ssm, "GetDocument", Input(Name: name))
        return (try Self.json(output.Content, of: name), output.DocumentVersion ?? "1")
    }

    /// Reads a document of JSON that came inside an answer.
    static func json(_ text: String, of what: String) throws(AWSClientError) -> JSONValue {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else {
            throw .unreadable("What the server keeps as \(what) is no JSON.")
        }
        return value
    }
}

extension JSONValue {
    /// As text, members in the order of their names.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A value of this type holds nothing that the encoder refuses but infinities, and ours are read from JSON.
        guard let data = try? encoder.encode(self) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The same object with one member more, or another value for it.
    func with(_ member: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return .object([member: value]) }
        members[member] = value
        return .object(members)
    }
}
