import APIFrontend
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
        #expect(
            serve.options.listen.map(\.description) == [
                "https://127.0.0.1:0", "http://127.0.0.1:0",
            ]
        )
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
        ["nodes", "--root-key", "k"], ["connect", ""], ["logs", "get", ""], ["env", "--data", ""],
        ["sessions", "terminate", ""], ["nodes", "--region", ""],
        ["nodes", "activate", "--role", "r", "--limit", "0"],
        ["nodes", "activate", "--role", "r", "--hours", "nan"],
        ["nodes", "activate", "--role", "r", "--hours", "721"],
    ])
    func `what does not fit is wrong usage`(words: [String]) {
        #expect {
            try Sekisho.parseAsRoot(words)
        } throws: {
            Sekisho.exitCode(for: $0) == .validationFailure
        }
    }

    @Test(arguments: [
        (["serve", "--listen", "ftp://x"], "serve", "https://HOST:PORT"),
        (["serve", "--listen", "http://0.0.0.0:1"], "serve", "loopback"),
        (
            ["serve", "--log-level", "foo"], "serve",
            "trace, debug, info, notice, warning, error, critical"
        ),
        (["serve", "--public-url", "nonsense"], "serve", "https://HOST or https://HOST:PORT"),
        (["serve", "--regions", "us-west-2,mars"], "serve", "eu-central-1"),
        (["certificate", "issue", "--data", "d", "a b"], "certificate issue", "'a b'"),
        (["nodes", "--endpoint-url", "foo"], "nodes list", "https://HOST[:PORT]"),
        (["init", "--data", "d", "--region", "mars"], "init", "eu-central-1"),
        (["sessions", "--limit", "0"], "sessions list", "1 or more"),
        (["connect", "mi-0", "ls"], "connect", "<node> [-- <command> ...]"),
    ])
    func `a bad value is told with the usage of the command it was given to`(
        words: [String],
        command: String,
        said: String
    ) {
        #expect {
            try Sekisho.parseAsRoot(words)
        } throws: {
            let text = Sekisho.fullMessage(for: $0)
            return text.contains(said) && text.contains("Usage: sekisho \(command) ")
                && Sekisho.exitCode(for: $0) == .validationFailure
        }
    }

    @Test(arguments: [
        ["serve"], ["env"], ["nodes", "list"], ["nodes", "activate", "--role", "r"],
        ["connect", "n"], ["sessions", "list"], ["logs", "groups"], ["keys", "list"],
        ["setup-walkthrough"], ["certificate", "issue", "n"],
    ])
    func `whatever opens a data directory takes its root key`(words: [String]) throws {
        let all = words + ["--data", "d", "--root-key", "k"]
        #expect(throws: Never.self) { try Sekisho.parseAsRoot(all) }
    }

    @Test func `every command's help has an example or leads to one`() {
        for command in Sekisho.configuration.subcommands {
            let help = Sekisho.helpMessage(for: command, columns: 100)
            #expect(help.contains("xample") || help.contains("SUBCOMMANDS"), "\(command)")
        }
    }
}
