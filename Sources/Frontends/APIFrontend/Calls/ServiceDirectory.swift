import AWSWire
import ServiceKit
import SigV4
import Vocabulary

/// The services by the names that requests call them, made once.
struct ServiceDirectory: Sendable {
    /// A service with its operations by name.
    struct Entry: Sendable {
        let signingName: String
        let actionPrefix: String
        let wireProtocol: WireProtocol
        let operations: [String: Operation]
    }

    private let entries: [String: Entry]
    private let byTargetPrefix: [String: Entry]
    private let queryEntries: [Entry]

    init(_ services: [any AWSService]) {
        var entries: [String: Entry] = [:]
        var byTargetPrefix: [String: Entry] = [:]
        for service in services {
            let names = service.operations.map { ($0.name, $0) }
            let entry = Entry(
                signingName: service.signingName,
                actionPrefix: service.actionPrefix,
                wireProtocol: service.wireProtocol,
                operations: Dictionary(names) { first, _ in first }
            )
            entries[service.signingName] = entry
            if case .json11(let prefix) = service.wireProtocol { byTargetPrefix[prefix] = entry }
        }
        self.entries = entries
        self.byTargetPrefix = byTargetPrefix
        queryEntries = entries.values.filter {
            if case .query = $0.wireProtocol { true } else { false }
        }
    }

    /// The service that a request is for, and the name of the operation if a header says it.
    ///
    /// The signature's scope says the service; without a signature the host name does, then
    /// `X-Amz-Target`, then the form's `Action`. A target of another service than the scope's is answered
    /// as AWS does, which sees the scope at the wrong host.
    func entry(
        for request: IncomingRequest,
        claim: UnverifiedSignature?,
        host: HostName?
    ) throws -> (Entry, target: String?) {
        let target = request.head.header("x-amz-target").map(Target.init)
        let byTarget = target.flatMap { byTargetPrefix[$0.prefix] }
        let named = claim?.scope.service ?? host?.service
        guard let entry = named.flatMap({ entries[$0] }) else {
            guard let found = byTarget ?? byAction(of: request) else {
                throw ServiceFault(
                    "UnknownOperationException",
                    "There is no such service.",
                    status: 404
                )
            }
            if claim != nil { throw SignatureError.wrongService(expected: found.signingName) }
            return (found, target?.operation)
        }
        guard case .json11(let prefix) = entry.wireProtocol else { return (entry, nil) }
        guard let target else { throw Self.unknownOperation(nil, of: entry) }
        if target.prefix == prefix { return (entry, target.operation) }
        if let byTarget { throw SignatureError.wrongService(expected: byTarget.signingName) }
        throw Self.unknownOperation(target.operation, of: entry)
    }

    /// The service of the query protocol that has the operation which the form asks for.
    private func byAction(of request: IncomingRequest) -> Entry? {
        guard let target = try? Self.target(of: request, body: request.body) else { return nil }
        return queryEntries.first { $0.operations[target.action] != nil }
    }

    /// What the form asks for, in the body or in the query of a request without one.
    static func target(
        of request: IncomingRequest,
        body: [UInt8]
    ) throws(ServiceFault) -> QueryTarget {
        guard body.isEmpty else { return try QueryTarget(form: body) }
        return try QueryTarget(form: request.head.query.utf8)
    }

    /// The form in the body, or in the query of a request without one, as presigned requests have it.
    static func form(of request: IncomingRequest, body: [UInt8]) throws(ServiceFault) -> AWSQuery {
        guard body.isEmpty else {
            guard let text = String(validating: body, as: UTF8.self) else {
                throw ServiceFault("MalformedQueryString", "The form is not UTF-8.")
            }
            return try AWSQuery(form: text)
        }
        let parameters = request.head.query.split(separator: "&").filter { !$0.hasPrefix("X-Amz-") }
        return try AWSQuery(form: parameters.joined(separator: "&"))
    }

    /// The protocol's own way to say that there is no such operation, naming it.
    static func unknownOperation(
        _ name: String?,
        of entry: Entry,
        version: String = ""
    ) -> ServiceFault {
        let shown = name.map { String($0.prefix(Limits.recordedNameLength)) }
        switch entry.wireProtocol {
        case .json11:
            guard let shown, !shown.isEmpty else {
                return ServiceFault("UnknownOperationException", "X-Amz-Target names no operation.")
            }
            return ServiceFault(
                "UnknownOperationException",
                "The operation \(shown) is not known to \(entry.signingName)."
            )
        case .query:
            guard let shown, !shown.isEmpty else {
                return ServiceFault("MissingAction", "The request is missing an Action parameter.")
            }
            let shownVersion = String(version.prefix(Limits.recordedNameLength))
            return ServiceFault(
                "InvalidAction",
                "Could not find operation \(shown) for version \(shownVersion)"
            )
        }
    }
}

/// The value of `X-Amz-Target`: a prefix that stands for the service and its version, and the operation.
private struct Target {
    let prefix: String
    let operation: String

    init(_ text: String) {
        guard let dot = text.lastIndex(of: ".") else {
            (prefix, operation) = ("", text)
            return
        }
        prefix = String(text[..<dot])
        operation = String(text[text.index(after: dot)...])
    }
}
