import FoundationEssentials
import Glibc
import Simulation
import Testing
import Vocabulary

@testable import AgentCore

/// A directory of its own that goes away after `body`.
func withTemporaryDirectory<Result>(
    _ body: (String) async throws -> Result
) async throws -> Result {
    let path =
        FileManager.default.temporaryDirectory.path + "/sekisho-agent-"
        + SystemEntropy().hexDigits(16)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

@Suite("The agent's state")
struct StateTests {
    private func mode(_ path: String) -> mode_t {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0
    }

    @Test func `is for its owner alone`() async throws {
        try await withTemporaryDirectory { path in
            let directory = StateDirectory(path: path + "/a/b")
            try directory.create()
            try NodeKey().store(in: directory)
            #expect(mode(directory.path) == 0o700)
            #expect(mode(directory.path + "/private-key.pem") == 0o600)
        }
    }

    @Test func `comes back as it was written`() async throws {
        try await withTemporaryDirectory { path in
            let directory = StateDirectory(path: path)
            #expect(try directory.nodeState() == nil)
            let state = NodeState(
                identity: NodeIdentity(
                    id: try NodeID(parsing: "mi-0123456789abcdef0"),
                    region: try Region(parsing: "eu-west-1")
                ),
                endpoint: "https://h:1",
                hasOwnAuthority: true
            )
            try directory.write(NodeState.file, try directory.encoded(state))
            #expect(try directory.nodeState() == state)
            #expect(state.trust(in: directory) == .file(path + "/ca.pem"))
            let key = try NodeKey()
            try key.store(in: directory)
            #expect(try NodeKey.load(from: directory).publicKeyText == key.publicKeyText)
            #expect(key.publicKeyText.utf8.count == 392)
        }
    }

    @Test func `a key that others can read is not used`() async throws {
        try await withTemporaryDirectory { path in
            let directory = StateDirectory(path: path)
            try NodeKey().store(in: directory)
            chmod(path + "/private-key.pem", 0o640)
            let failure = #expect(throws: AgentFailure.self) { try NodeKey.load(from: directory) }
            #expect(failure?.description.contains("chmod 600") == true)
        }
    }

    @Test(arguments: ["", "{", "{\"version\":2}"])
    func `a damaged registration is told, not guessed at`(text: String) async throws {
        try await withTemporaryDirectory { path in
            let directory = StateDirectory(path: path)
            try directory.write(NodeState.file, Array(text.utf8))
            #expect(throws: AgentFailure.self) { try directory.nodeState() }
        }
    }

    @Test func `a second agent is kept out`() async throws {
        try await withTemporaryDirectory { path in
            let directory = StateDirectory(path: path)
            try directory.lock()
            #expect(throws: AgentFailure.self) { try directory.lock() }
        }
    }

    @Test func `a key shows nothing of itself`() throws {
        #expect(!"\(try NodeKey())".contains("PRIVATE"))
    }
}

@Suite("The fingerprint of a machine")
struct FingerprintTests {
    private let facts = [
        "machine-id": "m", "ipaddress-info": "10.0.0.1", "a": "1", "b": "2", "c": "3", "d": "4",
        "e": "5", "f": "6", "g": "7", "h": "8",
    ]

    private func changed(_ names: String...) -> [String: String] {
        facts.merging(names.map { ($0, "other") }) { $1 }
    }

    @Test func `holds while enough of the machine is the same`() {
        let fingerprint = Fingerprint(fingerprint: "u", hardware: facts)
        #expect(fingerprint.fits(facts))
        #expect(!fingerprint.fits(changed("machine-id")))
        #expect(fingerprint.fits(changed("a", "b", "c", "d", "e", "f", "g", "h")))
        #expect(fingerprint.fits(changed("ipaddress-info", "a", "b", "c", "d", "e")))
        #expect(!fingerprint.fits(changed("ipaddress-info", "a", "b", "c", "d", "e", "f")))
    }

    @Test func `is made once and kept`() async throws {
        try await withTemporaryDirectory { path in
            let directory = StateDirectory(path: path)
            let entropy = SeededEntropy(seed: 7)
            let first = try Fingerprint.current(in: directory, hardware: facts, entropy: entropy)
            let again = try Fingerprint.current(in: directory, hardware: facts, entropy: entropy)
            #expect(first == again)
            let copied = try Fingerprint.current(
                in: directory,
                hardware: changed("machine-id"),
                entropy: entropy
            )
            #expect(copied.fingerprint != first.fingerprint)
        }
    }

    @Test func `this machine has facts`() {
        #expect(HardwareFacts.read().keys.contains("machine-id"))
        #expect(!HardwareFacts.hostName().isEmpty)
        #expect(!HardwareFacts.platform().name.isEmpty)
    }
}
