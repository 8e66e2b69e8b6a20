import ServiceKit
import Vocabulary

struct ResumeSessionInput: Decodable, Sendable {
    var sessionId: String?

    enum CodingKeys: String, CodingKey {
        case sessionId = "SessionId"
    }
}

extension SSMService {
    /// Gives the person a new token for a session that runs.
    ///
    /// A session that has ended is answered without a token, by which the client knows that it is gone.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ResumeSession.html
    func resumeSession(
        _ input: ResumeSessionInput,
        _ context: OperationContext
    ) async throws -> SessionTokenOutput {
        let record = try await authorizeOnSession("ssm:ResumeSession", input.sessionId, context)
        let id = try record.sessionID
        guard !record.state.isEnded, record.state != .terminating else {
            return SessionTokenOutput(sessionId: record.id)
        }
        return token(for: id, in: context.scope)
    }

    /// Authorizes an action on a session by its ARN, and returns the session.
    ///
    /// The ARN is what AWS's sample policies rest on: `session/${aws:username}-*` is one's own sessions. An
    /// unknown session is refused to whoever may not ask for it, like one that exists.
    func authorizeOnSession(
        _ action: String,
        _ text: String?,
        _ context: OperationContext
    ) async throws -> SessionRecord {
        var violations = ConstraintViolations()
        violations.required(text, "sessionId")
        violations.length(text, "sessionId", 1...Limits.sessionIDLength)
        try violations.check()
        let text = text ?? ""
        let arn = context.scope.sessionARN(text)
        context.audit.touched(arn)
        let id = try? SessionID(parsing: text)
        var record: SessionRecord?
        if let id { record = try await session(id, in: context.scope)?.value }
        try await authorizer.authorize(
            AuthorizationRequest(
                action,
                on: arn.description,
                conditionValues: record?.conditionValues ?? [:]
            ),
            in: context
        )
        guard let record else { throw SSMFault.noSuchSession(text) }
        return record
    }
}
