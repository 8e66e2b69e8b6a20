import SessionDocument
import SessionWire
import Testing
import Vocabulary

@testable import SSMService

@Suite("A planned session")
struct PlannedSessionTests {
    @Test func `has its preferences from its parameters where they say so`() throws {
        let text = #"""
            {"schemaVersion":"1.0","sessionType":"Standard_Stream",
             "parameters":{"minutes":{"type":"String","default":"5","allowedPattern":"[0-9]+"}},
             "inputs":{"idleSessionTimeout":"{{ minutes }}"}}
            """#
        let document = try SessionDocument(parsing: text)
        let plan = try PlannedSession(
            documentName: "D",
            document: document,
            accountInputs: [:],
            parameters: ["minutes": ["7"]]
        )
        #expect(plan.preferences.idleTimeoutMinutes == 7)
        let tooLong = #expect(throws: ServiceFault.self) {
            try PlannedSession(
                documentName: "D",
                document: document,
                accountInputs: [:],
                parameters: ["minutes": ["61"]]
            )
        }
        #expect(tooLong?.code == "InvalidParameters")
    }

    @Test func `blames the parameters for what they make of a sound document`() throws {
        let text = #"""
            {"schemaVersion":"1.0","sessionType":"Standard_Stream",
             "parameters":{"list":{"type":"StringList"}},
             "inputs":{"runAsDefaultUser":"{{ list }}"}}
            """#
        let fault = #expect(throws: ServiceFault.self) {
            try PlannedSession(
                documentName: "D",
                document: SessionDocument(parsing: text),
                accountInputs: [:],
                parameters: ["list": ["x", "y"]]
            )
        }
        #expect(
            fault
                == SSMFault.invalidParameters(
                    "runAsDefaultUser in inputs must be a string, not a list."
                )
        )
    }

    @Test func `writes a list inside a text as JSON, as the node does`() throws {
        let text = #"""
            {"schemaVersion":"1.0","sessionType":"Standard_Stream",
             "parameters":{"list":{"type":"StringList"}},
             "inputs":{"runAsDefaultUser":"of {{ list }}"}}
            """#
        let plan = try PlannedSession(
            documentName: "D",
            document: SessionDocument(parsing: text),
            accountInputs: [:],
            parameters: ["list": ["x"]]
        )
        #expect(plan.preferences.runAsDefaultUser == #"of ["x"]"#)
    }
}
