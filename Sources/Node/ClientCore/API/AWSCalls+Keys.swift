package import AWSClient
package import FoundationEssentials

/// A key as DescribeKey tells of it.
package struct KeyMetadata: Codable, Sendable {
    package let keyId: String
    package let arn: String?
    package let description: String?
    package let keyState: String?
    package let enabled: Bool?
    package let creationDate: Date?
    package let keyManager: String?
    package let keySpec: String?

    enum CodingKeys: String, CodingKey {
        case keyId = "KeyId"
        case arn = "Arn"
        case description = "Description"
        case keyState = "KeyState"
        case enabled = "Enabled"
        case creationDate = "CreationDate"
        case keyManager = "KeyManager"
        case keySpec = "KeySpec"
    }
}

package struct KeyAlias: Codable, Sendable {
    package let aliasName: String
    package let targetKeyId: String?

    enum CodingKeys: String, CodingKey {
        case aliasName = "AliasName"
        case targetKeyId = "TargetKeyId"
    }
}

extension AWSCalls {
    package func keyIDs() async throws(AWSClientError) -> [String] {
        struct Input: Encodable, Sendable { let Marker: String? }
        struct Entry: Decodable, Sendable { let KeyId: String }
        struct Output: Decodable, Sendable {
            let Keys: [Entry]?
            let NextMarker: String?
        }
        return try await pages { token async throws(AWSClientError) in
            let page: Output = try await client.call(.kms, "ListKeys", Input(Marker: token))
            return ((page.Keys ?? []).map(\.KeyId), page.NextMarker)
        }
    }

    package func aliases() async throws(AWSClientError) -> [KeyAlias] {
        struct Input: Encodable, Sendable { let Marker: String? }
        struct Output: Decodable, Sendable {
            let Aliases: [KeyAlias]?
            let NextMarker: String?
        }
        return try await pages { token async throws(AWSClientError) in
            let page: Output = try await client.call(.kms, "ListAliases", Input(Marker: token))
            return (page.Aliases ?? [], page.NextMarker)
        }
    }

    /// `key` is an id, ARN, alias name or alias ARN.
    package func describeKey(_ key: String) async throws(AWSClientError) -> KeyMetadata {
        struct Input: Encodable, Sendable { let KeyId: String }
        struct Output: Decodable, Sendable { let KeyMetadata: KeyMetadata }
        let output: Output = try await client.call(.kms, "DescribeKey", Input(KeyId: key))
        return output.KeyMetadata
    }

    package func keyPolicy(_ key: String) async throws(AWSClientError) -> String {
        struct Input: Encodable, Sendable {
            let KeyId: String
            let PolicyName = "default"
        }
        struct Output: Decodable, Sendable { let Policy: String }
        let output: Output = try await client.call(.kms, "GetKeyPolicy", Input(KeyId: key))
        return output.Policy
    }
}
