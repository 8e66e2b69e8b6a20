import ArgumentParser
import Testing

@testable import sekisho

@Suite("Arguments")
struct ArgumentTests {
    @Test func `a command's words come after two hyphens, untouched`() throws {
        let command = try Sekisho.parseAsRoot([
            "connect", "mi-0123456789abcdef0", "--reason", "r", "--", "sh", "-c", "a --b", "--data",
        ])
        let connect = try #require(command as? ConnectCommand)
        #expect(connect.node == "mi-0123456789abcdef0")
        #expect(connect.command == ["sh", "-c", "a --b", "--data"])
        #expect(connect.reason == "r" && connect.client.data == nil)
    }

    @Test func `listeners may be several`() throws {
        let command = try Sekisho.parseAsRoot([
            "serve", "--data", "d", "--listen", "https://127.0.0.1:0", "--listen",
            "http://127.0.0.1:0",
        ])
        let serve = try #require(command as? ServeCommand)
        #expect(serve.listen == ["https://127.0.0.1:0", "http://127.0.0.1:0"])
    }

    @Test(arguments: [
        (["sessions", "--history"], "List"), (["sessions"], "List"), (["nodes"], "List"),
        (["nodes", "activate", "--role", "r"], "Activate"), (["logs"], "Groups"),
        (["logs", "get", "s"], "Get"), (["keys", "describe", "k"], "Describe"),
        (["certificate", "issue", "--data", "d", "n"], "Issue"),
        (["env", "--data", "d"], "EnvCommand"),
    ])
    func `each command is found by its words`(words: [String], type: String) throws {
        #expect("\(Swift.type(of: try Sekisho.parseAsRoot(words)))" == type)
    }

    @Test(arguments: [
        ["init"], ["init", "--data", "d", "--account", "12"],
        ["init", "--data", "d", "--san", "a b"],
        ["init", "--data", "d", "--region", "Bad"], ["serve", "--bogus"], ["connect"],
        ["logs", "get"], ["logs", "get", "a", "b", "c"],
        ["logs", "get", "a", "--follow", "--output", "json"], ["nodes", "activate"],
        ["nodes", "--data", "d", "--profile", "p"], ["nodes", "--output", "yaml"], ["unknown"],
    ])
    func `what does not fit is wrong usage`(words: [String]) {
        #expect {
            try Sekisho.parseAsRoot(words)
        } throws: {
            Sekisho.exitCode(for: $0) == .validationFailure
        }
    }

    @Test func `every command's help has an example or leads to one`() {
        for command in Sekisho.configuration.subcommands {
            let help = Sekisho.helpMessage(for: command, columns: 100)
            #expect(help.contains("xample") || help.contains("SUBCOMMANDS"), "\(command)")
        }
    }
}
