import Foundation
import Testing

@testable import PseudoTerminal

@Suite("The memory of a process")
struct ProcessMemoryTests {
    /// Pages of files that are resident, the third number of `statm`.
    private func filePages() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return try #require(Int(text.split(separator: " ")[2]))
    }

    @Test func `is given back, and what runs on reads its code again`() throws {
        let before = try filePages()
        ProcessMemory.release()
        let after = try filePages()
        #expect(after < before)
        #expect((0..<1000).map(String.init).sorted().first == "0")
    }
}
