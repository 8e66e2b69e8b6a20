import SessionWire
import Testing

@testable import SessionDocument

@Suite("The terms of a session")
struct SessionTermsTests {
    private static let inputs: [String: JSONValue] = [
        "cloudWatchLogGroupName": "of {{ list }}", "kmsKeyId": "alias/{{ key }}",
        "cloudWatchEncryptionEnabled": "True", "cloudWatchStreamingEnabled": true,
        "runAsEnabled": "{{ runAs }}", "runAsDefaultUser": "{{ user }}", "s3BucketName": "",
        "shellProfile": ["linux": "cd {{ user }}", "windows": "dir"],
        "sekishoLogging": "bestEffort",
    ]
    private static let parameters: [String: JSONValue] = [
        "list": ["type": "StringList"], "key": ["type": "String", "default": "k"],
        "runAs": ["type": "String", "default": "1"], "user": ["type": "String"],
    ]

    private static func document(_ type: SessionType, _ properties: JSONValue) -> JSONValue {
        [
            "schemaVersion": "1.0", "sessionType": .string(type.rawValue), "properties": properties,
            "inputs": .object(inputs), "parameters": .object(parameters),
        ]
    }

    private static let documents: [JSONValue] = [
        document(.standardStream, nil),
        document(.interactiveCommands, ["linux": ["commands": "ls {{ user }} {{ list }}"]]),
        document(
            .interactiveCommands,
            [
                "linux": ["commands": "{{ user }}", "runAsElevated": true],
                "windows": ["commands": "dir", "runAsElevated": false],
            ]
        ),
        document(.nonInteractiveCommands, ["linux": ["commands": "{{ key }}"]]),
    ]

    @Test(arguments: documents, [["deploy"], ["a b"], ["{{ key }}"]])
    func `are the same at the server and on the node`(
        document: JSONValue,
        user: [String]
    ) throws {
        let written = try SessionDocument(parsing: document.text())
        let values = try written.parameters.values(of: ["list": ["x"], "user": user])
        let inputs = try #require(written.inputs)
        let atServer = try SessionTerms(of: written, inputs: inputs, values: values)

        let told = try SessionDocument(.object(written.content), reading: .onNode)
        let onNode = try SessionTerms(
            of: told,
            inputs: told.inputs ?? [:],
            values: told.parameters.values(told: values)
        )
        #expect(atServer == onNode)
        #expect(onNode.preferences.logGroup == #"of ["x"]"#)
        #expect(onNode.preferences.isRunAsEnabled)
        #expect(onNode.preferences.runAsDefaultUser == user[0])
    }

    @Test func `of a command are those for Linux`() throws {
        let windowsOnly = Self.document(.interactiveCommands, ["windows": ["commands": "dir"]])
        let document = try SessionDocument(windowsOnly, reading: .authoring)
        let terms = try SessionTerms(of: document, inputs: [:], values: [:])
        #expect(terms.command == nil)
    }

    @Test func `are read on the node whatever else a later server says`() throws {
        let document: JSONValue = [
            "schemaVersion": "1.0", "sessionType": "Standard_Stream", "mainSteps": [],
            "parameters": ["colour": ["type": "Colour", "shade": 5]],
            "inputs": [
                "colour": "red", "idleSessionTimeout": "never", "s3EncryptionEnabled": 7,
                "kmsKeyId": "k",
            ],
        ]
        #expect(throws: DocumentProblem.self) {
            try SessionDocument(document, reading: .authoring)
        }
        let told = try SessionDocument(document, reading: .onNode)
        let terms = try SessionTerms(of: told, inputs: told.inputs ?? [:], values: [:])
        #expect(terms.preferences.kmsKeyID == "k")
        #expect(terms.command == nil)
    }
}
