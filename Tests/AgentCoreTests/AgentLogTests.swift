import FoundationEssentials
import Logging
import Simulation
import Testing

@testable import AgentCore

@Suite("The agent's own log")
struct AgentLogTests {
    private func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    @Test func `has lines like the stock agent's, and one line a message`() async throws {
        try await withTemporaryDirectory { path in
            let log = AgentLog(
                file: path + "/agent.log",
                standardError: false,
                clock: ManualClock()
            )
            log.logger(
                "sekisho-session-worker",
                "SESSION",
                "DataBackend",
                "pluginName=Standard_Stream"
            )
            .error("AccessDeniedException: no\nforged \u{1B}[2J line")
            let line = text(path + "/agent.log")
            #expect(
                line.hasSuffix(
                    "ERROR [sekisho-session-worker] [SESSION] [DataBackend] "
                        + "[pluginName=Standard_Stream] AccessDeniedException: no forged  [2J line\n"
                )
            )
            let stamp = line.prefix(24)
            #expect(
                stamp.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{4}/) != nil,
                "\(stamp)"
            )
        }
    }

    @Test func `does not grow past its bound`() async throws {
        try await withTemporaryDirectory { path in
            var file = RotatingFile(path: path + "/l", limit: 100, kept: 2)
            for number in 0..<50 {
                file.append(Array("line \(number) \(String(repeating: "x", count: 20))\n".utf8))
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            #expect(names == ["l", "l.1", "l.2"])
            for name in names { #expect(text(path + "/" + name).utf8.count <= 100) }
            #expect(text(path + "/l").contains("line 49"))
            // A program that starts again goes on where the last one was.
            var again = RotatingFile(path: path + "/l", limit: 100, kept: 2)
            again.append(Array(repeating: 0x61, count: 90))
            #expect(text(path + "/l").utf8.count == 90)
        }
    }

    @Test func `that cannot be written does not stop the agent`() {
        let log = AgentLog(file: "/nonexistent/agent.log", standardError: false)
        log.logger("x").error("lost")
    }
}
