import FoundationEssentials
import SessionDocument
import SessionWire

/// The documents of AWS's own that are here without being created.
///
/// Only those whose sessions our agent serves; every other name of AWS's is refused as not existing.
enum BuiltInDocuments {
    static let interactiveCommand = "AWS-StartInteractiveCommand"

    static let names = [interactiveCommand]

    static let owner = "Amazon"

    /// The content of a built-in document, or nil for a name that is none.
    static func content(of name: String) -> String? {
        guard name == interactiveCommand else { return nil }
        return #"""
            {
              "schemaVersion": "1.0",
              "description": "Document to run single interactive command on an instance",
              "sessionType": "InteractiveCommands",
              "parameters": {
                "command": {
                  "type": "String",
                  "description": "The command to run on the instance",
                  "minChars": 1
                }
              },
              "properties": {
                "linux": {
                  "commands": "{{command}}",
                  "runAsElevated": false
                },
                "macos": {
                  "commands": "{{command}}",
                  "runAsElevated": false
                }
              }
            }
            """#
    }

    /// What an account has for preferences before it creates them: AWS's defaults.
    static let defaultPreferences: [String: JSONValue] = [
        "schemaVersion": .string(SessionDocument.schemaVersion),
        "description": .string("Document to hold regional settings for Session Manager"),
        "sessionType": .string(SessionType.standardStream.rawValue),
        "inputs": .object([
            "s3BucketName": .string(""),
            "s3KeyPrefix": .string(""),
            "s3EncryptionEnabled": .bool(true),
            "cloudWatchLogGroupName": .string(""),
            "cloudWatchEncryptionEnabled": .bool(true),
            "cloudWatchStreamingEnabled": .bool(false),
            "kmsKeyId": .string(""),
            "runAsEnabled": .bool(false),
            "runAsDefaultUser": .string(""),
        ]),
    ]

    static func version(of name: String) -> DocumentVersionRecord? {
        content(of: name).map { content in
            DocumentVersionRecord(
                number: 1,
                content: content,
                hash: DocumentVersionRecord.hash(of: content),
                created: Date(timeIntervalSince1970: 0)
            )
        }
    }

    static func record(of name: String) -> DocumentRecord? {
        guard names.contains(name) else { return nil }
        return DocumentRecord(
            name: name,
            owner: owner,
            created: Date(timeIntervalSince1970: 0),
            defaultVersion: 1,
            latestVersion: 1,
            greatestVersion: 1,
            tags: []
        )
    }
}
