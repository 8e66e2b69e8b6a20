import SessionWire
import Testing
import Vocabulary

@testable import SessionDocument

@Suite("References to parameters")
struct ParameterReferencesTests {
    private func substituted(
        _ value: JSONValue,
        _ values: [String: JSONValue]
    ) throws -> JSONValue {
        var substitution = ParameterReferences.Substitution(values)
        return try substitution.applied(to: value)
    }

    @Test(arguments: [
        ("{{ a }}", "1"), ("{{a}}", "1"), ("{{\t\n a\r}}", "1"), ("x{{ a }}y", "x1y"),
        ("{{ a }}{{ b }}", "12"),
        ("{{ c }}", "{{ c }}"), ("{{c}}", "{{c}}"), ("{{ }}", "{{ }}"), ("{{", "{{"),
        ("a }} b", "a }} b"),
        ("{{ssm:a}}", "{{ssm:a}}"), ("{{{ a }}}", "{1}"), ("{{ {{ a }}", "{{ 1"), ("", ""),
    ])
    func `are replaced where they have a value`(text: String, expected: String) throws {
        let values: [String: JSONValue] = ["a": "1", "b": "2"]
        #expect(
            try substituted(.string(text), values) == .string(expected)
        )
    }

    @Test func `keep the kind of a value that stands alone, and are text inside text`() throws {
        let values: [String: JSONValue] = ["list": ["x", "y"]]
        #expect(try substituted("{{ list }}", values) == ["x", "y"])
        #expect(
            try substituted("all: {{ list }}", values)
                == #"all: ["x","y"]"#
        )
    }

    @Test func `are not looked for in values`() throws {
        let values: [String: JSONValue] = ["a": "{{ b }}", "b": "secret"]
        #expect(try substituted("{{ a }}", values) == "{{ b }}")
        #expect(try substituted("x{{ a }}", values) == "x{{ b }}")
    }

    @Test func `are found at any depth`() {
        let value: JSONValue = ["x": ["{{ a }}", ["y": "p{{ b }}q"]], "z": 5]
        #expect(ParameterReferences.names(in: value) == ["a", "b"])
    }

    private static let onNode: [(String, JSONValue)] = [
        ("{{ a }}", "x"), ("{{a}}{{ d }}", "xy"), ("{{n}}", 3),
        ("-{{ n }}-", "-3-"), ("{{ missing }}", "{{ missing }}"), ("{{ a", "{{ a"),
        ("{{ pair }}", [true, nil]), ("p={{pair}}", "p=[true,null]"),
        ("{{ list }}", ["x"]), ("l={{list}}", #"l=["x"]"#), ("{{ d }}", "y"),
    ]

    @Test(arguments: onNode)
    func `are replaced on the node by what it is told and by defaults`(
        text: String,
        expected: JSONValue
    ) throws {
        let defined: [String: JSONValue] = [
            "d": ["default": "y"], "list": ["type": "StringList", "default": ["z"]],
        ]
        let values = try DocumentParameter.all(of: defined, .onNode).values(told: [
            "a": ["x"], "n": 3, "pair": [true, nil], "list": ["x"],
        ])
        #expect(try substituted(.string(text), values) == expected)
        #expect(try substituted(["k": [.string(text)]], values) == ["k": [expected]])
    }

    @Test func `put in a mebibyte and not a byte more`() throws {
        let half = String(repeating: "x", count: Limits.putInBytes / 2)
        let value: JSONValue = ["{{ a }}", ["y": "{{ a }}"]]
        #expect(
            try substituted(value, ["a": .string(half)]) == [.string(half), ["y": .string(half)]]
        )
        #expect(throws: DocumentProblem.self) {
            try substituted(value, ["a": .string(half + "x")])
        }
    }

    @Test func `that are none cost no more than their length`() throws {
        let text = String(repeating: "{{ a", count: 200_000)
        #expect(try substituted(.string(text), ["a": "x"]) == .string(text))
    }
}
