import ServiceKit
import SessionWire
import Testing
import Vocabulary

@testable import Gateway

@Suite("Ends that the directory refused")
struct KeptEndsTests {
    let bench: GatewayBench
    let end = SessionEnd(status: .failed, output: "lost")

    init() throws { bench = try GatewayBench() }

    private func sessions(_ count: Int) throws -> [SessionID] {
        try (0..<count).map {
            let number = String($0)
            let zeros = String(repeating: "0", count: 17 - number.count)
            return try SessionID(parsing: "bob-\(zeros)\(number)")
        }
    }

    private func keep(_ sessions: [SessionID]) {
        for session in sessions {
            let key = NodeRegistry.SessionKey(session: session, scope: bench.scope)
            #expect(bench.registry.keepUnrecorded(key, end))
        }
    }

    @Test func `are written down when one beside them never can be`() async throws {
        let all = try sessions(16)
        keep(all)
        let damaged = Set(all.prefix(8))
        await bench.directory.damage(damaged)
        await bench.gateway.recordKeptEnds()
        #expect(Set(bench.registry.unrecordedEnds().keys.map(\.session)) == damaged)
        #expect(await bench.directory.events.count == 8)
    }

    @Test func `wait together for a directory that is full`() async throws {
        keep(try sessions(16))
        await bench.directory.refuseEnds(true)
        await bench.gateway.recordKeptEnds()
        #expect(await bench.directory.refusedEnds == 1)
        #expect(bench.registry.unrecordedEnds().count == 16)
    }

    @Test func `are not acknowledged when there is no room to keep them`() async throws {
        keep(try sessions(Limits.unrecordedEnds))
        await bench.directory.add(bench.relayed())
        await bench.directory.refuseEnds(true)
        try await bench.serving { group in
            let control = try await bench.openControl(in: &group)
            try await control.send(bench.completion(.failed))
            #expect(await eventually { await bench.directory.refusedEnds == 1 })
            #expect(bench.unrecordedEnd == nil)
            await bench.directory.refuseEnds(false)
            let second = bench.completion(.failed)
            try await control.send(second)
            let answer = try #require(try await control.next())
            let acknowledge = try #require(AgentTaskAcknowledge(json: answer.payload))
            #expect(acknowledge.messageID == second.id.description)
            #expect(await bench.directory.events.last == .ended(SessionEnd(status: .failed)))
        }
    }
}
