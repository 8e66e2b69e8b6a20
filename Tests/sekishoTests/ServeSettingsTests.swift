import APIFrontend
import Foundation
import Testing
import Vocabulary

@testable import sekisho

@Suite("Settings of the server")
struct ServeSettingsTests {
    private typealias Line = ServeSettings.CommandLine

    private static func line(_ change: (inout ServeSettings.CommandLine) -> Void) -> Line {
        var line = Line()
        change(&line)
        return line
    }

    private static func addresses(_ settings: ServeSettings) -> [String] {
        settings.listeners.map(\.description)
    }

    @Test func `without more, a directory is served on https, and on plain http for this machine`()
        async throws
    {
        let settings = try await ServeSettings(Self.line { $0.data = "/nowhere" }, environment: [:])
        #expect(Self.addresses(settings) == ["https://127.0.0.1:8443", "http://127.0.0.1:8080"])
        #expect(settings.publicURL == nil && settings.regions.isEmpty)
    }

    @Test func `the command line goes before variables, and these before the file`() async throws {
        let folder = NSTemporaryDirectory() + "sekisho-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = """
            {"listen": ["https://127.0.0.1:1"], "publicUrl": "https://file.example",
             "regions": ["eu-west-1"], "logLevel": "debug"}
            """
        try Data(file.utf8).write(to: URL(fileURLWithPath: folder + "/sekisho.json"))
        let settings = try await ServeSettings(
            Self.line {
                $0.data = folder
                $0.listen = ["https://127.0.0.1:3"]
            },
            environment: [
                "SEKISHO_LISTEN": "https://127.0.0.1:2", "SEKISHO_REGIONS": "us-west-2, us-east-2",
            ]
        )
        #expect(Self.addresses(settings) == ["https://127.0.0.1:3"])
        #expect(settings.regions.map(\.description) == ["us-west-2", "us-east-2"])
        #expect(settings.publicURL == "https://file.example")
        #expect(settings.logLevel == "debug")
    }

    @Test func `variables alone are enough`() async throws {
        let settings = try await ServeSettings(
            Line(),
            environment: [
                "SEKISHO_IN_MEMORY": "true", "SEKISHO_ADMIN_ACCESS_KEY": "AKIA",
                "SEKISHO_ADMIN_SECRET_KEY": "s", "SEKISHO_LISTEN": "http://127.0.0.1:0",
            ]
        )
        guard case .memory = settings.place else {
            Issue.record("not in memory")
            return
        }
        #expect(settings.administrator?.accessKeyID == "AKIA")
        #expect(Self.addresses(settings) == ["http://127.0.0.1:0"])
    }

    @Test(arguments: [
        (line { _ in }, "--data"),
        (
            line {
                $0.data = "d"; $0.inMemory = true
            }, "--in-memory"
        ),
        (
            line {
                $0.data = "d"; $0.tlsCert = "c"
            }, "--tls-key"
        ),
        (
            line {
                $0.data = "d"; $0.adminAccessKey = "a"; $0.adminSecretKey = "s"
            }, "--in-memory"
        ),
        (
            line {
                $0.inMemory = true; $0.adminAccessKey = "a"
            }, "--admin-secret-key"
        ),
        (
            line {
                $0.data = "d"; $0.listen = ["http://10.0.0.1:80"]
            }, "loopback"
        ),
        (
            line {
                $0.data = "d"; $0.listen = ["nonsense"]
            }, "nonsense"
        ),
        (
            line {
                $0.data = "d"; $0.publicURL = "http://h"
            }, "https://HOST"
        ),
        (
            line {
                $0.data = "d"; $0.regions = ["Bad"]
            }, "Bad"
        ),
        (
            line {
                $0.data = "d"; $0.config = "/nowhere.json"
            }, "/nowhere.json"
        ),
    ])
    func `what does not fit is said in a sentence`(
        line: ServeSettings.CommandLine,
        said: String
    ) async {
        await #expect {
            _ = try await ServeSettings(line, environment: [:])
        } throws: {
            "\($0)".contains(said)
        }
    }

    @Test(arguments: [
        ("https://h.example", "https://h.example"), ("https://h.example/", "https://h.example"),
        ("https://h.example:8443", "https://h.example:8443"),
        ("https://[::1]:1", "https://[::1]:1"),
    ])
    func `a public URL is taken with a port or without`(given: String, kept: String) async throws {
        let settings = try await ServeSettings(
            Self.line {
                $0.data = "/nowhere"
                $0.publicURL = given
            },
            environment: [:]
        )
        #expect(settings.publicURL == kept)
    }
}
