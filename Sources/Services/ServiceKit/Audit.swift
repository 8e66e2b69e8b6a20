package import FoundationEssentials
import Synchronization
package import Vocabulary

/// What is kept of one call, whoever made it and however it ended.
///
/// Field names follow CloudTrail's record so that what reads those can read these. Parameters are the ones
/// that name things; contents, keys, tokens and passwords are never among them.
package struct AuditRecord: Codable, Equatable, Sendable {
    package var eventID: String
    package var eventTime: Date
    /// The form is `kms.amazonaws.com`.
    package var eventSource: String
    /// The form is `Encrypt`.
    package var eventName: String
    package var awsRegion: String
    package var recipientAccountId: String
    package var principal: String
    package var principalId: String?
    package var accessKeyId: String?
    package var sourceIPAddress: String?
    package var userAgent: String?
    package var errorCode: String?
    package var errorMessage: String?
    package var resources: [String]
    package var requestParameters: [String: String]
}

/// Gathers what an operation wants recorded of itself, and remembers whether it is written already.
///
/// A class, since it is the identity of one call that service and frontend share. An operation that changes
/// something writes the record in its own transaction (`RecordStore.commit`); the frontend writes what is
/// then still unwritten: reads, refusals and failures.
package final class AuditDraft: Sendable {
    private struct State {
        var resources: [String] = []
        var parameters: [String: String] = [:]
        var isWritten = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Names something that the operation touched.
    package func touched(_ arn: ARN) {
        state.withLock { state in
            guard !state.resources.contains(arn.description) else { return }
            state.resources.append(arn.description)
        }
    }

    /// Notes a parameter that names something.
    ///
    /// Never contents. It is cut at `Limits.auditParameterLength`, since refused calls are recorded too.
    package func noted(_ name: String, _ value: String?) {
        guard let value else { return }
        let kept = String(value.prefix(Limits.auditParameterLength))
        state.withLock { $0.parameters[name] = kept }
    }

    package var isWritten: Bool { state.withLock { $0.isWritten } }

    package func markWritten() { state.withLock { $0.isWritten = true } }

    /// The record as it stands now.
    package func record(of context: OperationContext, fault: ServiceFault? = nil) -> AuditRecord {
        let names = context.operation.split(separator: ":", maxSplits: 1)
        let (resources, parameters) = state.withLock { ($0.resources, $0.parameters) }
        return AuditRecord(
            eventID: context.requestID,
            eventTime: context.receivedAt,
            eventSource: "\(names.first ?? "").amazonaws.com",
            eventName: String(names.last ?? ""),
            awsRegion: context.scope.region.description,
            recipientAccountId: context.scope.account.description,
            principal: context.principal.displayName,
            principalId: context.principal.userID,
            accessKeyId: context.accessKeyID,
            sourceIPAddress: context.sourceAddress,
            userAgent: context.userAgent,
            errorCode: fault?.code,
            errorMessage: fault.map { String($0.message.prefix(Limits.auditMessageLength)) },
            resources: resources,
            requestParameters: parameters
        )
    }
}
