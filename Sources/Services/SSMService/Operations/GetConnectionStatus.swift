import ServiceKit
import Vocabulary

struct GetConnectionStatusInput: Decodable, Sendable {
    var target: String?

    enum CodingKeys: String, CodingKey {
        case target = "Target"
    }
}

struct GetConnectionStatusOutput: Encodable, Sendable {
    var target: String
    var status: String

    enum CodingKeys: String, CodingKey {
        case target = "Target"
        case status = "Status"
    }
}

extension SSMService {
    /// Whether a session can be started on a node now.
    ///
    /// A node that does not exist is not connected.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetConnectionStatus.html
    func getConnectionStatus(
        _ input: GetConnectionStatusInput,
        _ context: OperationContext
    ) async throws -> GetConnectionStatusOutput {
        var violations = ConstraintViolations()
        violations.required(input.target, "target")
        violations.length(input.target, "target", Limits.sessionTargetLength)
        try violations.check()
        let target = input.target ?? ""
        var isConnected = false
        do {
            let id = try await authorizeOnNode("ssm:GetConnectionStatus", target, context)
            isConnected = await nodes.isConnected(id, in: context.scope)
        } catch let fault as ServiceFault where fault.code == "InvalidInstanceId" {
            isConnected = false
        }
        return GetConnectionStatusOutput(
            target: target,
            status: isConnected ? "connected" : "notconnected"
        )
    }
}
