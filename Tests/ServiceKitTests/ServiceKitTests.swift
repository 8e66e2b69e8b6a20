import FoundationEssentials
import Sealing
import ServiceKit
import ServiceTestKit
import Simulation
import Storage
import Testing
import Vocabulary

private struct Note: Codable, Equatable, Sendable {
    var text: String
}

@Suite("A record store")
struct RecordStoreTests {
    private let bench: TestBench
    private let store: RecordStore
    private let key: RecordKey

    init() throws {
        bench = try TestBench()
        store = bench.store
        key = RecordKey(bench.scope, "note", "a")
    }

    @Test func `gives back what was put, with its revision`() async throws {
        let revision = try await store.commit(
            RecordTransaction(changes: [store.put(key, Note(text: "hunter2"))])
        )
        let stored = try #require(try await store.get(key, as: Note.self))
        #expect(stored.value == Note(text: "hunter2"))
        #expect(stored.revision == revision)
        #expect(stored.key == key)
        #expect(try await store.get(key.appending("b"), as: Note.self) == nil)
    }

    @Test func `leaves nothing readable`() async throws {
        try await store.commit(RecordTransaction(changes: [store.put(key, Note(text: "hunter2"))]))
        let raw = try #require(try await bench.engines.records.get(key)).value
        #expect(!String(decoding: raw, as: UTF8.self).contains("hunter2"))
    }

    @Test func `does not open a record that was moved to another name`() async throws {
        try await store.commit(RecordTransaction(changes: [store.put(key, Note(text: "a"))]))
        let raw = try #require(try await bench.engines.records.get(key)).value
        let other = RecordKey(bench.scope, "note", "b")
        try await store.commit(RecordTransaction(changes: [.put(other, raw)]))
        await #expect(throws: StorageError.self) { try await store.get(other, as: Note.self) }
        await #expect(throws: StorageError.self) {
            try await store.range(RecordKey(bench.scope, "note"), as: Note.self, limit: 9)
        }
    }

    @Test func `writes a change and its audit record together or not at all`() async throws {
        let context = bench.context("kms:CreateKey")
        let transaction = try RecordTransaction(
            conditions: [.absent(key)],
            changes: [store.put(key, Note(text: "a"))]
        )
        try await store.commit(transaction, auditing: context)
        #expect(context.audit.isWritten)

        let second = bench.context("kms:CreateKey")
        await #expect(throws: StorageError.conflict(key)) {
            try await store.commit(transaction, auditing: second)
        }
        #expect(!second.audit.isWritten)
        let trail = AuditTrail(store: store)
        #expect(try await trail.newest(9, in: bench.scope).map(\.eventID) == [context.requestID])
    }
}

@Suite("The audit trail")
struct AuditTrailTests {
    private let bench: TestBench
    private let trail: AuditTrail

    init() throws {
        bench = try TestBench()
        trail = AuditTrail(store: bench.store)
    }

    @Test func `records a call once, with how it ended`() async throws {
        let context = bench.context("kms:Encrypt")
        let arn = bench.scope.arn(service: "kms", resource: "key/x")
        context.audit.touched(arn)
        context.audit.touched(arn)
        context.audit.noted("keyId", "x")
        context.audit.noted("absent", nil)
        let fault = ServiceFault("DisabledException", "x is disabled.")
        try await trail.finish(context, fault: fault)
        try await trail.finish(context, fault: nil)
        let records = try await trail.newest(9, in: bench.scope)
        let record = try #require(records.first)
        #expect(records.count == 1)
        #expect(record.eventSource == "kms.amazonaws.com")
        #expect(record.eventName == "Encrypt")
        #expect(record.principal == "arn:aws:iam::111122223333:user/alice")
        #expect(record.errorCode == "DisabledException")
        #expect(record.resources == [arn.description])
        #expect(record.requestParameters == ["keyId": "x"])
        #expect(record.sourceIPAddress == "127.0.0.1")
    }

    @Test func `is newest first`() async throws {
        for name in ["a", "b", "c"] {
            try await trail.finish(bench.context("kms:\(name)"), fault: nil)
            bench.clock.advance(by: 0.5)
        }
        #expect(try await trail.newest(2, in: bench.scope).map(\.eventName) == ["c", "b"])
    }

    @Test func `is apart for each service that acts for a call`() {
        let outer = bench.context("logs:CreateLogGroup")
        let inner = outer.acting(
            as: "logs.us-east-1.amazonaws.com",
            operation: "kms:Decrypt",
            entropy: bench.entropy,
            now: bench.clock.now()
        )
        inner.audit.markWritten()
        #expect(!outer.audit.isWritten)
        #expect(inner.principal == .service("logs.us-east-1.amazonaws.com"))
        #expect(inner.requestID != outer.requestID)
    }
}

@Suite("A page token")
struct PageTokenTests {
    private let bench: TestBench

    init() throws {
        bench = try TestBench()
    }

    private func make(_ parameters: [String] = ["a", "b"]) throws -> String {
        try bench.pageTokens.make(
            position: "here",
            parameters: parameters,
            in: bench.context("kms:ListKeys")
        )
    }

    private func position(
        _ token: String,
        _ parameters: [String] = ["a", "b"],
        _ context: OperationContext? = nil
    ) -> String? {
        bench.pageTokens.position(
            in: token,
            parameters: parameters,
            in: context ?? bench.context("kms:ListKeys")
        )
    }

    @Test func `continues the same question, whoever asks`() throws {
        #expect(position(try make()) == "here")
        #expect(
            position(try make(), ["a", "b"], bench.context("kms:ListKeys", user: "bob")) != nil
        )
    }

    @Test(arguments: [["a"], ["b", "a"], ["ab"], ["", "ab"], ["a", "b", ""]])
    func `is no answer to another question`(parameters: [String]) throws {
        #expect(position(try make(), parameters) == nil)
    }

    @Test func `is bound to operation, account and region`() throws {
        let token = try make()
        #expect(position(token, ["a", "b"], bench.context("kms:ListAliases")) == nil)
        for (account, region) in [("111122223333", "eu-west-1"), ("999999999999", "us-east-1")] {
            let elsewhere = OperationContext(
                requestID: "r",
                scope: Scope(
                    account: try AccountID(parsing: account),
                    region: try Region(parsing: region)
                ),
                principal: .anonymous,
                operation: "kms:ListKeys",
                receivedAt: bench.clock.now()
            )
            #expect(position(token, ["a", "b"], elsewhere) == nil)
        }
    }

    @Test func `is good for a day`() throws {
        let token = try make()
        bench.clock.advance(by: PageTokens.lifetime - 1)
        #expect(position(token) == "here")
        bench.clock.advance(by: 2)
        #expect(position(token) == nil)
    }

    @Test(arguments: ["", "x", "bm8=", "////"])
    func `cannot be made up`(token: String) {
        #expect(position(token) == nil)
    }
}

@Suite("Constraint violations")
struct ConstraintViolationsTests {
    private func message(_ body: (inout ConstraintViolations) -> Void) -> String? {
        var violations = ConstraintViolations()
        body(&violations)
        do {
            try violations.check()
            return nil
        } catch let fault as ServiceFault {
            return fault.message
        } catch {
            return "\(error)"
        }
    }

    @Test func `are none where nothing is wrong`() {
        let found = message {
            $0.required("x", "a")
            $0.length("x", "a", 1...1)
            $0.length(nil, "a", 1...1)
            $0.range(5, "b", 1...5)
            $0.oneOf("A", "c", ["A"])
            $0.pattern("x", "d", "x") { $0 == "x" }
            $0.count([] as [String], "e", 0...1)
        }
        #expect(found == nil)
    }

    @Test func `are worded as AWS words them`() {
        let text = "failed to satisfy constraint: Member must"
        let cases: [(String, (inout ConstraintViolations) -> Void)] = [
            ("Value null at 'a' \(text) not be null", { $0.required(nil as String?, "a") }),
            (
                "Value '' at 'a' \(text) have length greater than or equal to 1",
                { $0.length("", "a", 1...3) }
            ),
            (
                "Value 'xxxx' at 'a' \(text) have length less than or equal to 3",
                { $0.length("xxxx", "a", 1...3) }
            ),
            (
                "Value '10001' at 'limit' \(text) have value less than or equal to 10000",
                { $0.range(10_001, "limit", 1...10_000) }
            ),
            (
                "Value '0' at 'limit' \(text) have value greater than or equal to 1",
                { $0.range(0, "limit", 1...10_000) }
            ),
            (
                "Value 'C' at 'a' \(text) satisfy enum value set: [A, B]",
                { $0.oneOf("C", "a", ["A", "B"]) }
            ),
            (
                "Value '!' at 'a' \(text) satisfy regular expression pattern: [a-z]+",
                { $0.pattern("!", "a", "[a-z]+") { _ in false } }
            ),
            (
                "Value '[]' at 'a' \(text) have length greater than or equal to 1",
                { $0.count([] as [String], "a", 1...2) }
            ),
            (
                "Value '[x, y]' at 'a' \(text) have length less than or equal to 1",
                { $0.count(["x", "y"], "a", 0...1) }
            ),
            (
                "Value '[<1>, <2>]' at 'a' \(text) have length less than or equal to 1",
                { $0.count([1, 2], "a", 0...1) { "<\($0)>" } }
            ),
            (
                "Value '{a=1, b=2}' at 'tags' \(text) have length less than or equal to 1",
                { $0.count(["b": "2", "a": "1"], "tags", 0...1) }
            ),
            // What must not be repeated.
            (
                "Value '[]' at 'a' \(text) have length greater than or equal to 1",
                { $0.count([] as [Int], "a", 1...2, shown: nil) }
            ),
            (
                "Value at 'a' \(text) have length less than or equal to 1",
                { $0.count([1, 2], "a", 0...1, shown: nil) }
            ),
            (
                "Value at 'a' \(text) have length less than or equal to 1",
                { $0.length("secret", "a", 0...1, isShown: false) }
            ),
        ]
        for (expected, body) in cases {
            #expect(message(body) == "1 validation error detected: \(expected)")
        }
    }

    @Test func `are told all at once`() {
        let found = message {
            $0.required(nil as String?, "a")
            $0.required(nil as Int?, "b")
        }
        #expect(
            found
                == "2 validation errors detected: Value null at 'a' failed to satisfy constraint: "
                + "Member must not be null; Value null at 'b' failed to satisfy constraint: Member "
                + "must not be null"
        )
    }

    @Test func `carry the service's own code`() {
        var violations = ConstraintViolations()
        violations.required(nil as String?, "a")
        #expect {
            try violations.check(code: "InvalidParameterException")
        } throws: { error in
            (error as? ServiceFault)?.code == "InvalidParameterException"
        }
    }
}
