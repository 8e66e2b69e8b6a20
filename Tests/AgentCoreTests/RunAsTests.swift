import PseudoTerminal
import SessionWire
import Testing

@testable import AgentCore

@Suite("Whose session it is")
struct RunAsTests {
    private let root: Account
    private let nobody: Account

    init() throws {
        root = try #require(try Account.named("root"))
        nobody = try #require(try Account.named("nobody"))
    }

    private func decide(
        _ inputs: [String: JSONValue],
        tag: String? = nil,
        asRoot: Bool = true
    ) throws -> RunAs.Decision {
        try RunAs.decide(
            for: plan(document(inputs: inputs), runAsUser: tag),
            on: RunAs.Machine(own: asRoot ? root : nobody, isRoot: asRoot) { name in
                switch name {
                case "nobody": nobody
                case "root": root
                default: nil
                }
            }
        )
    }

    @Test func `without run-as it is the agent's own, and nobody is made up`() throws {
        #expect(try decide(["runAsDefaultUser": .string("nobody")]) == .own(root))
        #expect(try decide([:], tag: "nobody", asRoot: false) == .own(nobody))
    }

    @Test func `with run-as it is the default user, or the one of the person's tag`() throws {
        let inputs: [String: JSONValue] = [
            "runAsEnabled": .bool(true), "runAsDefaultUser": .string("nobody"),
        ]
        #expect(try decide(inputs) == .other(nobody))
        #expect(try decide(inputs, tag: " ") == .other(nobody))
        #expect(try decide(["runAsEnabled": .bool(true)], tag: "nobody") == .other(nobody))
    }

    @Test(arguments: [
        ("", true, "please set the RunAs default user"),
        ("ghost", true, "failed to start pty since RunAs user ghost does not exist"),
        ("root", true, "invalid uid and gid"),
        ("root", false, "the agent must run as root to use RunAs"),
    ])
    func `what cannot be is refused in AWS's words`(name: String, asRoot: Bool, words: String) {
        let refusal = #expect(throws: SessionRefusal.self) {
            try decide(
                ["runAsEnabled": .bool(true), "runAsDefaultUser": .string(name)],
                asRoot: asRoot
            )
        }
        #expect(refusal?.output.contains(words) == true, "\(refusal?.output ?? "")")
    }

    @Test func `another user sees nothing of the agent's environment`() {
        let agent = [
            "AWS_SECRET_ACCESS_KEY": "s", "TOKEN": "t", "LANG": "ja_JP.UTF-8", "PATH": "/x",
        ]
        let other = SessionProgram.environment(for: .other(nobody), agentEnvironment: agent)
        #expect(other["TOKEN"] == nil)
        #expect(other["AWS_SECRET_ACCESS_KEY"] == nil)
        #expect(other["LANG"] == "ja_JP.UTF-8")
        #expect(other["HOME"] == nobody.home)
        #expect(other["USER"] == "nobody")
        #expect(other["TERM"] == "xterm-256color")
        #expect(other["PATH"]?.contains("/usr/bin") == true)
    }

    @Test func `the agent's own user sees it without the agent's credentials`() {
        let agent = ["AWS_SECRET_ACCESS_KEY": "s", "SEKISHO_X": "1", "TOKEN": "t", "PATH": "/x"]
        let own = SessionProgram.environment(for: .own(root), agentEnvironment: agent)
        #expect(own["AWS_SECRET_ACCESS_KEY"] == nil)
        #expect(own["SEKISHO_X"] == nil)
        #expect(own["TOKEN"] == "t")
        #expect(own["PATH"] == "/x")
        #expect(own["LANG"] == "C.UTF-8")
    }
}
