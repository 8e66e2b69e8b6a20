import AWSClient
import SessionWire

extension Walkthrough {
    /// Step 4: the preferences ask for KMS encryption, and for logs to the encrypted group.
    ///
    /// Other fields stay as somebody chose them.
    func requirePreferences(key: String) async throws(AWSClientError) -> Step {
        let what = "preferences \(Preferences.name): encryption and logging"
        let wanted: [String: JSONValue] = [
            "kmsKeyId": .string(key),
            "cloudWatchLogGroupName": .string(Self.groupName),
            "cloudWatchEncryptionEnabled": .bool(true),
            "cloudWatchStreamingEnabled": .bool(true),
        ]
        let current: JSONValue
        do {
            current = try await calls.document(Preferences.name).content
        } catch {
            guard error.code == "InvalidDocument" else { throw error }
            try await create(Self.defaults.with("inputs", Self.inputs(wanted, over: Self.defaults)))
            return Step(step: "4", what: what, outcome: .made)
        }
        let inputs = Self.inputs(wanted, over: current)
        guard inputs != current["inputs"] else {
            return Step(step: "4", what: what, outcome: .alreadyRight)
        }
        try await update(current.with("inputs", inputs))
        return Step(step: "4", what: what, outcome: .mended)
    }

    private static func inputs(
        _ wanted: [String: JSONValue],
        over document: JSONValue
    ) -> JSONValue {
        wanted.reduce(document["inputs"] ?? .object([:])) { $0.with($1.key, $1.value) }
    }

    /// The document that AWS's console makes on the first save.
    private static var defaults: JSONValue {
        .object([
            "schemaVersion": .string("1.0"),
            "description": .string("Document to hold regional settings for Session Manager"),
            "sessionType": .string("Standard_Stream"),
            "inputs": .object([
                "s3BucketName": .string(""), "s3KeyPrefix": .string(""),
                "s3EncryptionEnabled": .bool(true), "cloudWatchLogGroupName": .string(""),
                "cloudWatchEncryptionEnabled": .bool(true),
                "cloudWatchStreamingEnabled": .bool(true), "idleSessionTimeout": .string("20"),
                "maxSessionDuration": .string(""), "kmsKeyId": .string(""),
                "runAsEnabled": .bool(false), "runAsDefaultUser": .string(""),
                "shellProfile": .object(["windows": .string(""), "linux": .string("")]),
            ]),
        ])
    }

    private func create(_ content: JSONValue) async throws(AWSClientError) {
        struct Input: Encodable, Sendable {
            let Name = Preferences.name
            let DocumentType = "Session"
            let DocumentFormat = "JSON"
            let Content: String
        }
        try await client.call(.ssm, "CreateDocument", Input(Content: content.text))
    }

    private func update(_ content: JSONValue) async throws(AWSClientError) {
        struct UpdateInput: Encodable, Sendable {
            let Name = Preferences.name
            let DocumentVersion = "$LATEST"
            let Content: String
        }
        struct Description: Decodable, Sendable { let DocumentVersion: String }
        struct UpdateOutput: Decodable, Sendable { let DocumentDescription: Description }
        struct DefaultInput: Encodable, Sendable {
            let Name = Preferences.name
            let DocumentVersion: String
        }
        let output: UpdateOutput = try await client.call(
            .ssm,
            "UpdateDocument",
            UpdateInput(Content: content.text)
        )
        try await client.call(
            .ssm,
            "UpdateDocumentDefaultVersion",
            DefaultInput(DocumentVersion: output.DocumentDescription.DocumentVersion)
        )
    }
}
