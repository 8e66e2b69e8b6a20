import AWSWire
import FoundationEssentials
import Testing
import Vocabulary

@Suite("AWS's query protocol")
struct AWSQueryTests {
    @Test func `what is encoded decodes to the same`() throws {
        let form = try AWSQuery.encode(action: "PutSample", version: "2010-05-08", Sample.full)
        let query = try AWSQuery(form: String(decoding: form, as: UTF8.self))
        #expect(query.action == "PutSample")
        #expect(query.version == "2010-05-08")
        #expect(try query.decode(Sample.self) == Sample.full)
    }

    @Test func `the names are those that AWS's clients write`() throws {
        let value = Sample(
            Tags: [Sample.Tag(Key: "a", Value: "1")],
            Names: ["x", "y z"],
            Context: ["k": "v"],
            Inner: Sample.Tag(Key: "k", Value: nil)
        )
        let form = try AWSQuery.encode(action: "A", version: "1", value)
        let pairs = String(decoding: form, as: UTF8.self).split(separator: "&").map(String.init)
        #expect(
            pairs == [
                "Action=A", "Version=1", "Tags.member.1.Key=a", "Tags.member.1.Value=1",
                "Names.member.1=x", "Names.member.2=y%20z", "Context.entry.1.key=k",
                "Context.entry.1.value=v", "Inner.Key=k",
            ]
        )
    }

    @Test func `members come in the order of their numbers, not of the form`() throws {
        let query = try AWSQuery(
            form: "Names.member.10=c&Names.member.2=b&Action=A&Names.member.1=a&Version=1"
        )
        #expect(try query.decode(Sample.self).Names == ["a", "b", "c"])
    }

    @Test func `an empty list and a plus for a space are read`() throws {
        let query = try AWSQuery(form: "Names=&Name=a+b%2B")
        let value = try query.decode(Sample.self)
        #expect(value.Names == [])
        #expect(value.Name == "a b+")
    }

    @Test(arguments: [
        ("Count=abc", "Count"), ("IsOn=yes", "IsOn"), ("Created=never", "Created"),
        ("Blob=***", "Blob"),
        ("Name.member.1=x", "Name"), ("Tags.member.1.Value=v", ""),
        ("Count=9223372036854775808", "Count"),
    ])
    func `a parameter of the wrong kind is a malformed input, which names it`(
        _ form: String,
        _ name: String
    ) throws {
        let query = try AWSQuery(form: form)
        let fault = #expect(throws: ServiceFault.self) { try query.decode(Sample.self) }
        #expect(fault?.code == "MalformedInput")
        #expect(fault?.message.contains(name) == true)
    }

    @Test(arguments: ["Name=%", "Name=%4", "Name=%zz", "Name=%FF", "%C3=x", "Name=%+1"])
    func `a broken escape is a malformed query string`(_ form: String) {
        let fault = #expect(throws: ServiceFault.self) { try AWSQuery(form: form) }
        #expect(fault?.code == "MalformedQueryString")
    }

    @Test(arguments: [
        "", "&", "=", "&&=&", "a", ".", "..=1", "Names.member=x", "Names.member.x=1",
        "Names.entry.1=x",
    ])
    func `an odd form is no harm`(_ form: String) throws {
        _ = try? AWSQuery(form: form).decode(Sample.self)
    }

    @Test func `too many parameters and names that nest too deep are refused`() throws {
        let many = Array(repeating: "a=1", count: Limits.formParameterCount)
        _ = try AWSQuery(form: many.joined(separator: "&"))
        #expect(throws: ServiceFault.self) {
            try AWSQuery(form: (many + ["a=1"]).joined(separator: "&"))
        }
        let deep = Array(repeating: "a", count: Limits.wireNesting)
        _ = try AWSQuery(form: deep.joined(separator: ".") + "=1")
        #expect(throws: ServiceFault.self) {
            try AWSQuery(form: (deep + ["a"]).joined(separator: ".") + "=1")
        }
    }

    @Test func `cut at any byte it is read or refused, and stops nothing`() throws {
        let form = try AWSQuery.encode(action: "PutSample", version: "1", Sample.full)
        for count in 0..<form.count {
            let text = String(decoding: form.prefix(count), as: UTF8.self)
            _ = try? AWSQuery(form: text).decode(Sample.self)
        }
    }
}
