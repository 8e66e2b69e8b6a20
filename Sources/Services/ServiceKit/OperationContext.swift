package import FoundationEssentials
package import Vocabulary

/// One call on its way through a service: who, from where, when, in whose account and region.
///
/// It is made by the frontend for a call from outside, and by `acting(as:)` for what a service does for
/// somebody else under its own name.
package struct OperationContext: Sendable {
    /// The id that the answer, the log and the audit record share: a lower-case UUID.
    package let requestID: String
    package let scope: Scope
    package let principal: Principal
    /// The key that signed the call; nil for services and anonymous calls.
    ///
    /// Not a secret.
    package let accessKeyID: String?
    /// `kms:Encrypt`: the service prefix of IAM and the operation's name.
    package let operation: String
    package let receivedAt: Date
    /// The caller's address without port, for `aws:SourceIp`; nil inside the process.
    package let sourceAddress: String?
    package let userAgent: String?
    /// Whether it came over TLS, for `aws:SecureTransport`.
    package let isSecureTransport: Bool
    /// What will be recorded of this call, and whether it has been.
    package let audit: AuditDraft

    package init(
        requestID: String,
        scope: Scope,
        principal: Principal,
        accessKeyID: String? = nil,
        operation: String,
        receivedAt: Date,
        sourceAddress: String? = nil,
        userAgent: String? = nil,
        isSecureTransport: Bool = true
    ) {
        self.requestID = requestID
        self.scope = scope
        self.principal = principal
        self.accessKeyID = accessKeyID
        self.operation = operation
        self.receivedAt = receivedAt
        self.sourceAddress = sourceAddress
        self.userAgent = userAgent
        self.isSecureTransport = isSecureTransport
        audit = AuditDraft()
    }

    /// The context of a call that one of our services makes on its own account, in the same scope.
    ///
    /// It has an audit record of its own, whose `sharedRequestID` is the request it was made for.
    package func acting(
        as service: String,
        operation: String,
        entropy: some Entropy,
        now: Date
    ) -> OperationContext {
        OperationContext(
            requestID: entropy.uuid(),
            scope: scope,
            principal: .service(service),
            operation: operation,
            receivedAt: now
        )
    }
}
