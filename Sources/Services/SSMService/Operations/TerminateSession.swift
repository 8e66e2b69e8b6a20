import ServiceKit
import Vocabulary

struct TerminateSessionInput: Decodable, Sendable {
    var sessionId: String?

    enum CodingKeys: String, CodingKey {
        case sessionId = "SessionId"
    }
}

struct TerminateSessionOutput: Encodable, Sendable {
    var sessionId: String

    enum CodingKeys: String, CodingKey {
        case sessionId = "SessionId"
    }
}

extension SSMService {
    /// Ends a session for good, on both sides.
    ///
    /// It is over when the node says so. Where the node cannot be told now, it is told when it comes back.
    /// Ending what has ended is no error.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_TerminateSession.html
    func terminateSession(
        _ input: TerminateSessionInput,
        _ context: OperationContext
    ) async throws -> TerminateSessionOutput {
        let record = try await authorizeOnSession(
            "ssm:TerminateSession",
            input.sessionId,
            context
        )
        let id = try record.sessionID
        let node = try record.nodeID
        let after = try await apply(
            .endRequested,
            to: id,
            in: context.scope,
            auditing: context
        )
        if let after, !after.state.isEnded {
            let isConnected = await nodes.isConnected(node, in: context.scope)
            await nodes.close(id, of: node, output: "", in: context.scope)
            // Nobody will report the end of a session whose node is away.
            if !isConnected { try await apply(.completed, to: id, in: context.scope) }
        }
        return TerminateSessionOutput(sessionId: record.id)
    }
}
