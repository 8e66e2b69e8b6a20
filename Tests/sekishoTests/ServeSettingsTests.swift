import APIFrontend
import AWSClient
import ArgumentParser
import Foundation
import Logging
import Testing
import Vocabulary

@testable import sekisho

@Suite("Settings of the server")
struct ServeSettingsTests {
    private static func settings(
        _ words: [String],
        environment: [String: String] = [:]
    ) throws -> ServeSettings {
        try ServeSettings(ServeOptions.parse(words), environment: environment)
    }

    private static func addresses(_ settings: ServeSettings) -> [String] {
        settings.listeners.map(\.description)
    }

    @Test func `without more, a directory is served on https, and on plain http for this machine`()
        throws
    {
        let settings = try Self.settings(["--data", "/nowhere"])
        #expect(Self.addresses(settings) == ["https://127.0.0.1:8443", "http://127.0.0.1:8080"])
        #expect(settings.publicURL == nil && settings.regions.isEmpty)
        #expect(settings.logLevel == .notice)
    }

    @Test func `the command line goes before variables, and these before the file`() throws {
        let folder = NSTemporaryDirectory() + "sekisho-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = """
            {"listen": ["https://127.0.0.1:1"], "publicUrl": "https://file.example",
             "regions": ["eu-west-1"], "logLevel": "debug"}
            """
        try Data(file.utf8).write(to: URL(fileURLWithPath: folder + "/sekisho.json"))
        let settings = try Self.settings(
            ["--data", folder, "--listen", "https://127.0.0.1:3"],
            environment: [
                "SEKISHO_LISTEN": "https://127.0.0.1:2", "SEKISHO_REGIONS": "us-west-2, us-east-2",
            ]
        )
        #expect(Self.addresses(settings) == ["https://127.0.0.1:3"])
        #expect(settings.regions.map(\.description) == ["us-west-2", "us-east-2"])
        #expect(settings.publicURL?.description == "https://file.example")
        #expect(settings.logLevel == .debug)
    }

    @Test func `variables alone are enough`() throws {
        let settings = try Self.settings(
            [],
            environment: [
                "SEKISHO_IN_MEMORY": "true", "SEKISHO_ADMIN_ACCESS_KEY": "AKIA",
                "SEKISHO_ADMIN_SECRET_KEY": "s", "SEKISHO_LISTEN": "http://127.0.0.1:0",
                "SEKISHO_PUBLIC_URL": "",
            ]
        )
        guard case .memory = settings.place else {
            Issue.record("not in memory")
            return
        }
        #expect(settings.administrator?.accessKeyID == "AKIA")
        #expect(Self.addresses(settings) == ["http://127.0.0.1:0"])
        #expect(settings.publicURL == nil)
    }

    @Test(arguments: [
        ([], "--data"),
        (["--data", "d", "--in-memory"], "--in-memory"),
        (["--data", "d", "--tls-cert", "c"], "--tls-key"),
        (["--data", "d", "--admin-access-key", "a", "--admin-secret-key", "s"], "--in-memory"),
        (["--in-memory", "--admin-access-key", "a"], "--admin-secret-key"),
    ])
    func `options that do not go together are wrong usage, of this command`(
        words: [String],
        said: String
    ) {
        #expect {
            _ = try Self.settings(words)
        } throws: {
            let text = Sekisho.wrongUsage(of: ServeCommand.self, $0)
            return Sekisho.exitCode(for: $0) == .validationFailure && text.contains(said)
                && text.contains("Usage: sekisho serve [--data <dir>]")
        }
    }

    @Test(arguments: [
        ("SEKISHO_LISTEN", "http://10.0.0.1:80", "loopback"),
        ("SEKISHO_LISTEN", "https://127.0.0.1:1,nonsense", "'nonsense'"),
        ("SEKISHO_PUBLIC_URL", "http://h", "https://HOST"),
        ("SEKISHO_REGIONS", "mars", "eu-central-1"),
        ("SEKISHO_LOG_LEVEL", "loud", "trace, debug, info, notice, warning, error, critical"),
        ("SEKISHO_IN_MEMORY", "perhaps", "true or false"),
        ("SEKISHO_CONFIG", "/nowhere.json", "/nowhere.json"),
    ])
    func `a variable that does not fit is a failure which names it`(
        name: String,
        value: String,
        said: String
    ) {
        #expect {
            _ = try Self.settings(["--data", "/nowhere"], environment: [name: value])
        } throws: {
            let isNamed = "\($0)".contains(name) || name == "SEKISHO_CONFIG"
            return $0 is Failure && isNamed && "\($0)".contains(said)
        }
    }

    @Test(arguments: [
        ("https://h.example", "https://h.example"), ("https://h.example/", "https://h.example"),
        ("https://h.example:8443", "https://h.example:8443"),
        ("https://[::1]:1", "https://[::1]:1"),
    ])
    func `a public URL is taken with a port or without`(given: String, kept: String) throws {
        let settings = try Self.settings(["--data", "/nowhere", "--public-url", given])
        #expect(settings.publicURL?.description == kept)
    }
}
