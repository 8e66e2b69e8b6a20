import SessionDocument
import SessionWire
import Testing
import Vocabulary

@testable import AgentCore

/// A document with the article's preferences and what a test changes.
func document(
    type: String = "Standard_Stream",
    inputs: [String: JSONValue] = [:],
    properties: JSONValue = .null,
    parameters: JSONValue = .null,
    schema: String = "1.0"
) -> JSONValue {
    .object([
        "schemaVersion": .string(schema), "sessionType": .string(type), "inputs": .object(inputs),
        "properties": properties, "parameters": parameters,
    ])
}

func plan(
    _ document: JSONValue,
    parameters: [String: JSONValue]? = nil,
    runAsUser: String? = nil
) throws -> SessionPlan {
    try SessionPlan(
        session: SessionID(parsing: "alice-6217a8df86ba49059"),
        task: AgentTask(
            documentName: "SSM-SessionManagerRunShell",
            documentContent: document,
            sessionID: "alice-6217a8df86ba49059",
            parameters: parameters,
            runAsUser: runAsUser,
            sessionOwner: "arn:aws:iam::000000000000:user/alice"
        )
    )
}

@Suite("A session document")
struct SessionPlanTests {
    @Test func `says how the session is logged, encrypted and run`() throws {
        let plan = try plan(
            document(inputs: [
                "cloudWatchLogGroupName": .string("g"),
                "cloudWatchEncryptionEnabled": .string("True"),
                "cloudWatchStreamingEnabled": .bool(true), "kmsKeyId": .string("alias/k"),
                "runAsEnabled": .bool(true), "runAsDefaultUser": .string("deploy"),
                "shellProfile": .object(["linux": .string("cd ~")]),
                "idleSessionTimeout": .string("20"), "unknown": .integer(1),
            ])
        )
        #expect(plan.preferences.logGroup == "g")
        #expect(plan.preferences.requiresEncryptedLog)
        #expect(plan.preferences.streamsLog)
        #expect(plan.preferences.kmsKeyID == "alias/k")
        #expect(plan.preferences.isRunAsEnabled)
        #expect(plan.preferences.runAsDefaultUser == "deploy")
        #expect(plan.preferences.shellProfile == "cd ~")
        #expect(plan.preferences.logging == .required)
        #expect(plan.command == nil)
        #expect(
            plan.logDestination == LogDestination(group: "g", stream: "alice-6217a8df86ba49059")
        )
    }

    @Test(arguments: [
        ("cloudWatchStreamingEnabled", JSONValue.string("true")),
        ("cloudWatchEncryptionEnabled", .string("yes")), ("runAsEnabled", .integer(1)),
        ("cloudWatchLogGroupName", .bool(true)), ("sekishoLogging", .string("sometimes")),
    ])
    func `with a value that means nothing is refused by its name`(
        name: String,
        value: JSONValue
    ) {
        let refusal = #expect(throws: SessionRefusal.self) {
            try plan(document(inputs: [name: value]))
        }
        #expect(refusal?.output.contains(name) == true)
    }

    @Test func `of another schema is refused in AWS's words`() {
        #expect(
            throws: SessionRefusal(
                "Document with schema version 2.2 is not supported by this version of ssm agent, "
                    + "please update to latest version"
            )
        ) { try plan(document(schema: "2.2")) }
    }

    @Test(arguments: ["Port", "NonInteractiveCommands", "Whatever"])
    func `of a type that we do not serve is refused by name`(type: String) {
        let refusal = #expect(throws: SessionRefusal.self) { try plan(document(type: type)) }
        #expect(refusal?.output.contains(type) == true)
    }

    @Test func `of commands has its parameters put in`() throws {
        let plan = try plan(
            document(
                type: "InteractiveCommands",
                properties: .object([
                    "linux": .object([
                        "commands": .string("tail -n {{ count }} {{file}}"),
                        "runAsElevated": .bool(true),
                    ])
                ]),
                parameters: .object(["count": .object(["default": .integer(7)])])
            ),
            parameters: ["file": .array([.string("{{ count }}.log")])]
        )
        #expect(plan.command == "tail -n 7 {{ count }}.log")
        #expect(plan.runsElevated)
    }

    @Test func `writes a list inside a text as JSON, as the server does`() throws {
        for (type, expected) in [("StringList", #"echo ["x"]"#), ("String", "echo x")] {
            let plan = try plan(
                document(
                    type: "InteractiveCommands",
                    properties: .object([
                        "linux": .object(["commands": .string("echo {{ list }}")])
                    ]),
                    parameters: .object(["list": .object(["type": .string(type)])])
                ),
                parameters: ["list": .array([.string("x")])]
            )
            #expect(plan.command == expected)
        }
    }

    @Test func `of commands without any is refused in AWS's words`() {
        #expect(
            throws: SessionRefusal("Commands cannot be empty for session type InteractiveCommands")
        ) {
            try plan(
                document(
                    type: "InteractiveCommands",
                    properties: .object(["linux": .object(["commands": .string("")])])
                )
            )
        }
    }
}
