import AWSWire
import FoundationEssentials
import IAMService
import Logging
import PolicyEngine
import Sealing
import ServiceKit
import ServiceTestKit
import Simulation
import Storage
import Testing
import Vocabulary

/// IAM and STS with an administrator, called as a client calls them: a form in, XML out.
struct IAMTestBench: Sendable {
    let bench: TestBench
    let service: IAMService
    let administrator: Principal

    init() async throws {
        bench = try TestBench()
        service = IAMService(
            store: bench.store,
            sealingKey: bench.sealingKey,
            pageTokens: bench.pageTokens,
            clock: bench.clock,
            entropy: bench.entropy,
            logger: Logger(label: "test")
        )
        let key = try await service.bootstrapAdministrator(in: bench.scope)
        administrator = try await service.signingIdentity(
            accessKeyID: key.accessKeyID,
            sessionToken: nil
        ).principal
    }

    var account: String { bench.scope.account.description }

    func context(
        _ operation: String,
        as caller: Principal? = nil,
        from address: String = "127.0.0.1"
    ) -> OperationContext {
        OperationContext(
            requestID: bench.entropy.uuid(),
            scope: bench.scope,
            principal: caller ?? administrator,
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            operation: operation,
            receivedAt: bench.clock.now(),
            sourceAddress: address,
            userAgent: "test/1"
        )
    }

    /// Calls an operation with the parameters of its form, and gives the XML of the answer.
    @discardableResult
    func call(
        _ name: String,
        _ parameters: [String: String] = [:],
        as caller: Principal? = nil
    ) async throws -> Answer {
        let services = [service.iam, service.sts]
        for service in services {
            guard let operation = service.operations.first(where: { $0.name == name }) else {
                continue
            }
            let form = parameters.map { "\($0.key.escaped)=\($0.value.escaped)" }
                .joined(separator: "&")
            let input = FormInput(query: try AWSQuery(form: form))
            let context = context("\(service.signingName):\(name)", as: caller)
            let output = try await operation.run(input, context)
            return Answer(xml: try encode(output, name), context: context)
        }
        throw ServiceFault("InvalidAction", "Could not find operation \(name)")
    }

    private func encode(_ output: some Encodable, _ name: String) throws -> String {
        let bytes = try AWSXML.encode(
            output,
            operation: name,
            namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
            requestID: "request"
        )
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The code of the fault that a call ends in; nil if it ends well.
    func fault(
        _ name: String,
        _ parameters: [String: String] = [:],
        as caller: Principal? = nil
    ) async throws -> ServiceFault? {
        do {
            try await call(name, parameters, as: caller)
            return nil
        } catch let fault as ServiceFault {
            return fault
        }
    }

    /// A new user with an inline policy, signed in with a key of its own.
    func user(_ name: String, allowing policy: String? = nil) async throws -> Principal {
        try await call("CreateUser", ["UserName": name])
        if let policy {
            try await call(
                "PutUserPolicy",
                ["UserName": name, "PolicyName": "own", "PolicyDocument": policy]
            )
        }
        let key = try await call("CreateAccessKey", ["UserName": name])
        return try await signIn(key)
    }

    /// The principal that the credentials in an answer stand for.
    func signIn(_ answer: Answer) async throws -> Principal {
        try await service.signingIdentity(
            accessKeyID: answer["AccessKeyId"],
            sessionToken: answer.all("SessionToken").first
        ).principal
    }

    func isAllowed(
        _ action: String,
        on resource: String = "*",
        as caller: Principal,
        resourcePolicy: ResourcePolicy? = nil
    ) async throws -> Bool {
        try await service.decision(
            AuthorizationRequest(action, on: resource, resourcePolicy: resourcePolicy),
            in: context(action, as: caller)
        ).isAllowed
    }
}

/// An answer as text, with the contents of its elements by name.
struct Answer: Sendable {
    let xml: String
    let context: OperationContext

    /// The content of the first element of that name, empty if there is none.
    subscript(_ element: String) -> String { all(element).first ?? "" }

    func all(_ element: String) -> [String] {
        var found: [String] = []
        var rest = Substring(xml)
        while let start = rest.range(ofText: "<\(element)>") {
            rest = rest[start.upperBound...]
            guard let end = rest.range(ofText: "</\(element)>") else { break }
            found.append(String(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }
}

private struct FormInput: OperationInput {
    let query: AWSQuery

    func decode<Input: Decodable>(_ type: Input.Type) throws -> Input { try query.decode(type) }
}

extension Substring {
    fileprivate func range(ofText text: String) -> Range<Index>? {
        let bytes = Array(text.utf8)
        var start = utf8.startIndex
        while start < utf8.endIndex {
            if utf8[start...].starts(with: bytes) {
                return start..<utf8.index(start, offsetBy: bytes.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}

extension String {
    fileprivate var escaped: String {
        utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || ".-_".utf8.contains(byte)
            if isPlain { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

/// Policies that tests need again and again.
enum Policies {
    static func allow(_ action: String, on resource: String = "*") -> String {
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"\(action)\","
            + "\"Resource\":\"\(resource)\"}}"
    }

    static func deny(_ action: String) -> String {
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"\(action)\","
            + "\"Resource\":\"*\"}}"
    }

    /// A trust policy, with what stands after its `Principal`.
    static func trust(_ principal: String, _ more: String = "", action: String = "sts:*") -> String
    {
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\(principal),"
            + "\"Action\":\"\(action)\"\(more)}}"
    }

    static let trustingAccount = trust("{\"AWS\":\"111122223333\"}")
    static let trustingSSM = trust("{\"Service\":\"ssm.amazonaws.com\"}")
    static let readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    static let administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    static let ssmCore = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}
