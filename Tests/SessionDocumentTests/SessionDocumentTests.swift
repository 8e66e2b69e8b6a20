import SessionWire
import Testing

@testable import SessionDocument

@Suite("The content of a Session document")
struct SessionDocumentTests {
    private static func problem(_ text: String) -> DocumentProblem? {
        do {
            _ = try SessionDocument(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    /// A document of inputs, as AWS's own example has them.
    private static func shell(_ inputs: String) -> String {
        #"{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":\#(inputs)}"#
    }

    @Test func `of AWS's own example is taken`() throws {
        let document = try SessionDocument(
            parsing: """
                {
                  "schemaVersion": "1.0",
                  "description": "Document to hold regional settings for Session Manager",
                  "sessionType": "Standard_Stream",
                  "inputs": {
                    "s3BucketName": "",
                    "s3KeyPrefix": "",
                    "s3EncryptionEnabled": true,
                    "cloudWatchLogGroupName": "SessionLogs",
                    "cloudWatchEncryptionEnabled": true,
                    "cloudWatchStreamingEnabled": false,
                    "kmsKeyId": "alias/session",
                    "runAsEnabled": true,
                    "runAsDefaultUser": "operator",
                    "idleSessionTimeout": "30",
                    "maxSessionDuration": "",
                    "shellProfile": { "windows": "date", "linux": "pwd;ls" }
                  }
                }
                """
        )
        let preferences = try SessionPreferences(
            inputs: try #require(document.inputs),
            reading: .starting
        )
        #expect(preferences.s3Bucket == nil)
        #expect(preferences.logGroup == "SessionLogs")
        #expect(preferences.kmsKeyID == "alias/session")
        #expect(preferences.isRunAsEnabled)
        #expect(preferences.idleTimeoutMinutes == 30)
        #expect(preferences.maxDurationMinutes == nil)
        #expect(preferences.logging == .required)
    }

    @Test func `leaves an idle timeout of 20 minutes and no maximum`() throws {
        let preferences = try SessionPreferences(inputs: [:], reading: .starting)
        #expect(preferences.idleTimeoutMinutes == 20)
        #expect(preferences.maxDurationMinutes == nil)
        #expect(!preferences.isRunAsEnabled)
    }

    @Test(arguments: [
        (#""idleSessionTimeout":"1""#, true), (#""idleSessionTimeout":"60""#, true),
        (#""idleSessionTimeout":"0""#, false), (#""idleSessionTimeout":"61""#, false),
        (#""idleSessionTimeout":""#, false), (#""idleSessionTimeout":"""#, true),
        (#""idleSessionTimeout":20"#, true), (#""idleSessionTimeout":"+5""#, false),
        (#""idleSessionTimeout":"5m""#, false), (#""maxSessionDuration":"1""#, true),
        (#""maxSessionDuration":"1440""#, true), (#""maxSessionDuration":"1441""#, false),
        (#""maxSessionDuration":"0""#, false), (#""runAsEnabled":"true""#, true),
        (#""runAsEnabled":"yes""#, false), (#""runAsEnabled":1"#, false),
        (#""cloudWatchStreamingEnabled":true"#, true),
        (#""cloudWatchStreamingEnabled":"true""#, false),
        (#""cloudWatchStreamingEnabled":"{{ stream }}""#, false),
        (#""kmsKeyId":5"#, false), (#""shellProfile":{"linux":"id"}"#, true),
        (#""shellProfile":{"bash":"id"}"#, false), (#""shellProfile":"id""#, false),
        (#""sekishoLogging":"required""#, true), (#""sekishoLogging":"bestEffort""#, true),
        (#""sekishoLogging":"never""#, false), (#""sekishoRecording":"gateway""#, false),
        (#""cloudwatchLogGroupName":"G""#, false), (#""s3BucketName":null"#, true),
    ])
    func `has inputs that are known and make sense`(input: String, isAccepted: Bool) {
        #expect((Self.problem(Self.shell("{\(input)}")) == nil) == isAccepted)
    }

    @Test func `says which input it does not know, and which of Sekisho's`() {
        #expect(
            Self.problem(Self.shell(#"{"colour":"red"}"#))
                == .content("'colour' is not a session preference.")
        )
        guard case .content(let reason) = Self.problem(Self.shell(#"{"sekishoColour":"red"}"#))
        else {
            Issue.record("an unknown extension was taken")
            return
        }
        #expect(reason.contains("'sekishoColour'"))
        #expect(reason.contains("sekishoLogging"))
    }

    @Test(arguments: [
        ("{", "not valid JSON"), ("[]", "must be a JSON object"),
        ("\"x\"", "must be a JSON object"),
        (#"{"schemaVersion":"1.0","sessionType":"Shell","inputs":{}}"#, "sessionType 'Shell'"),
        (#"{"schemaVersion":"1.0","sessionType":"Standard_Stream"}"#, "must have inputs"),
        (
            #"{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":{},"mainSteps":[]}"#,
            "'mainSteps'"
        ),
        (
            #"{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":[]}"#,
            "must be an object"
        ),
        (#"{"schemaVersion":"1.0","sessionType":"InteractiveCommands"}"#, "must have properties"),
        (
            #"{"schemaVersion":"1.0","sessionType":"InteractiveCommands","properties":{"linux":{"command":"x"}}}"#,
            "'command'"
        ),
        (
            #"{"schemaVersion":"1.0","sessionType":"InteractiveCommands","properties":{"beos":{}}}"#,
            "'beos'"
        ),
        (
            #"{"schemaVersion":"1.0","sessionType":"InteractiveCommands","properties":{"linux":{"commands":"echo {{x}}"}}}"#,
            "parameter 'x'"
        ),
        (#"{"schemaVersion":"1.0","sessionType":"Port","properties":{"host":"h"}}"#, "portNumber"),
        (
            #"{"schemaVersion":"1.0","sessionType":"Port","properties":{"portNumber":22}}"#,
            "must be a string"
        ),
    ])
    func `is refused with the reason`(text: String, words: String) {
        guard case .content(let reason) = Self.problem(text) else {
            Issue.record("was taken: \(text)")
            return
        }
        #expect(reason.contains(words))
    }

    @Test(arguments: [#"{"schemaVersion":"2.2"}"#, "{}", #"{"schemaVersion":"1.2","x":1}"#])
    func `has schema version 1.0`(text: String) {
        guard case .schemaVersion = Self.problem(text) else {
            Issue.record("was taken: \(text)")
            return
        }
    }

    @Test func `a million levels deep is refused`() {
        let text = String(repeating: "[", count: 1_000_000)
        #expect(Self.problem(text) == .content("The content is not valid JSON."))
    }
}

@Suite("The parameters of a document")
struct DocumentParameterTests {
    private func parameters(_ definition: JSONValue) throws -> [DocumentParameter] {
        [try DocumentParameter(name: "p", definition)]
    }

    private static let cases: [(JSONValue, [String]?, JSONValue?)] = [
        (["type": "String"], ["x"], "x"),
        (["type": "String"], nil, nil),
        (["type": "String"], ["x", "y"], nil),
        (["type": "String"], [], nil),
        (["type": "String", "default": "d"], nil, "d"),
        (["type": "String", "default": "d"], ["x"], "x"),
        (["type": "String", "allowedPattern": "[a-c]+"], ["abc"], "abc"),
        (["type": "String", "allowedPattern": "[a-c]+"], ["abd"], nil),
        (["type": "String", "allowedValues": ["a", "b"]], ["b"], "b"),
        (["type": "String", "allowedValues": ["a", "b"]], ["c"], nil),
        (["type": "String", "minChars": 2, "maxChars": 3], ["abc"], "abc"),
        (["type": "String", "minChars": 2, "maxChars": 3], ["a"], nil),
        (["type": "String", "minChars": 2, "maxChars": 3], ["abcd"], nil),
        (["type": "StringList"], ["x", "y"], ["x", "y"]),
        (["type": "StringList", "minItems": 1, "maxItems": 2], [], nil),
        (["type": "StringList", "minItems": 1, "maxItems": 2], ["x", "y", "z"], nil),
        (["type": "StringList", "allowedPattern": "[0-9]"], ["1", "x"], nil),
        (["type": "StringList", "default": ["a"]], nil, ["a"]),
    ]

    @Test(arguments: cases)
    func `hold every value to their definition`(
        definition: JSONValue,
        given: [String]?,
        expected: JSONValue?
    ) throws {
        let parameters = try parameters(definition)
        let input = given.map { ["p": $0] } ?? [:]
        guard let expected else {
            let problem = #expect(throws: DocumentProblem.self) {
                try parameters.values(of: input)
            }
            guard case .parameters? = problem else {
                Issue.record("blamed on the document: \(String(describing: problem))")
                return
            }
            return
        }
        #expect(try parameters.values(of: input) == ["p": expected])
    }

    @Test func `share what one session may cost in holding values against patterns`() throws {
        // Wide classes, each in reach at every character: the attack that held up everybody else.
        let wide = String(repeating: "[^x]*", count: 300)
        let parameters = try ["p", "q"].map { name in
            try DocumentParameter(name: name, ["type": "String", "allowedPattern": .string(wide)])
        }
        let value = String(repeating: "é", count: 1000)
        let one = try [parameters[0]].values(of: ["p": [value]])
        #expect(one == ["p": .string(value)])
        for (defined, given) in [
            (Array(parameters[..<1]), ["p": [value + value]]),
            (parameters, ["p": [value], "q": [value]]),
        ] {
            let problem = #expect(throws: DocumentProblem.self) { try defined.values(of: given) }
            guard case .tooMuchWork? = problem else {
                Issue.record("\(String(describing: problem))")
                continue
            }
        }
    }

    @Test func `of ordinary patterns may be as long as a value can be`() throws {
        let parameter = try DocumentParameter(
            name: "p",
            ["type": "String", "allowedPattern": #"^([\w.\-/ ]+|[^'"]*)$"#]
        )
        let value = String(repeating: "a", count: 65535)
        #expect(try [parameter].values(of: ["p": [value]]) == ["p": .string(value)])
    }

    @Test func `take no value that is not defined`() throws {
        let parameters = try parameters(["type": "String", "default": "d"])
        #expect(
            throws: DocumentProblem.parameters("Parameter 'q' is not defined by the document.")
        ) { try parameters.values(of: ["q": ["x"]]) }
    }

    @Test(
        arguments: [
            ["type": "Integer"], [:], "x", ["type": "String", "default": 5],
            ["type": "StringList", "default": "x"], ["type": "String", "allowedPattern": "(a"],
            ["type": "String", "minChars": 3, "maxChars": 2], ["type": "String", "colour": "red"],
            ["type": "String", "allowedValues": [1]],
        ] as [JSONValue]
    )
    func `are refused when they are not well defined`(definition: JSONValue) {
        #expect(throws: DocumentProblem.self) { try parameters(definition) }
    }

    @Test func `have names of letters and digits`() {
        for name in ["a-b", "", "a b", "ä"] {
            #expect(throws: DocumentProblem.self) {
                try DocumentParameter(name: name, ["type": "String"])
            }
        }
    }
}
