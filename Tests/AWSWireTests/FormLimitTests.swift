import Testing
import Vocabulary

@testable import AWSWire

@Suite("A form's limits")
struct FormLimitTests {
    private func code(_ form: String) -> String? {
        do {
            _ = try AWSQuery(form: form)
            return nil
        } catch { return error.code }
    }

    @Test func `a name may have so many bytes and no more`() {
        let most = String(repeating: "a", count: Limits.formNameLength)
        #expect(code("\(most)=1") == nil)
        #expect(code("\(most)a=1") == "MalformedInput")
        #expect(code(String(repeating: ".", count: 8 << 20)) == "MalformedInput")
    }

    @Test func `names may have so many different steps in all`() {
        let depth = 50
        func form(_ names: Int) -> String {
            (0..<names).map { name in
                (0..<depth).map { "\(name)x\($0)" }.joined(separator: ".")
            }.joined(separator: "&")
        }
        #expect(code(form(Limits.formNodeCount / depth)) == nil)
        #expect(code(form(Limits.formNodeCount / depth) + "&more") == "MalformedQueryString")
    }

    @Test func `there may be so many parameters and no more`() {
        let most = Array(repeating: "a=1", count: Limits.formParameterCount)
        #expect(code(most.joined(separator: "&")) == nil)
        #expect(code((most + ["a=1"]).joined(separator: "&")) == "MalformedQueryString")
    }
}

@Suite("What a form asks for")
struct QueryTargetTests {
    private func target(_ form: String) throws -> QueryTarget {
        try QueryTarget(form: Array(form.utf8))
    }

    @Test(arguments: [
        ("Action=GetUser&Version=2010-05-08", "GetUser", "2010-05-08"),
        ("x=1&Version=1&Action=A", "A", "1"),
        ("Action=A&Action=B", "B", ""),
        ("Action=Get%55ser", "GetUser", ""),
        ("Actions=A&XAction=B&Action", "", ""),
        ("", "", ""), ("&&=&", "", ""),
    ])
    func `is found wherever it stands`(form: String, action: String, version: String) throws {
        let target = try target(form)
        #expect(target.action == action)
        #expect(target.version == version)
    }

    @Test func `is the same as in the whole form`() throws {
        let form = "Action=A%20b&Version=2+1&Name.member.1=x"
        let whole = try AWSQuery(form: form)
        #expect(try target(form).action == whole.action)
        #expect(try target(form).version == whole.version)
    }

    @Test func `is cut where a name is too long, and refused where it is no text`() throws {
        let long = try target("Action=" + String(repeating: "é", count: 10_000))
        #expect(long.action.count == Limits.recordedNameLength)
        #expect(throws: ServiceFault.self) { try target("Action=%FF") }
        #expect(throws: ServiceFault.self) { try target("Version=%4") }
    }
}
