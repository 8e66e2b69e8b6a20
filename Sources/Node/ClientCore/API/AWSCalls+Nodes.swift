package import AWSClient
package import FoundationEssentials

/// A node as DescribeInstanceInformation tells of it.
package struct NodeInformation: Codable, Sendable {
    package let instanceId: String
    package let pingStatus: String?
    package let lastPingDateTime: Date?
    package let agentVersion: String?
    package let platformName: String?
    package let platformVersion: String?
    package let iamRole: String?
    package let name: String?
    package let ipAddress: String?
    package let computerName: String?

    enum CodingKeys: String, CodingKey {
        case instanceId = "InstanceId"
        case pingStatus = "PingStatus"
        case lastPingDateTime = "LastPingDateTime"
        case agentVersion = "AgentVersion"
        case platformName = "PlatformName"
        case platformVersion = "PlatformVersion"
        case iamRole = "IamRole"
        case name = "Name"
        case ipAddress = "IPAddress"
        case computerName = "ComputerName"
    }
}

/// What a node shows to register itself.
package struct NodeActivation: Codable, Sendable {
    package let activationId: String
    /// Secret until the activation expires or is used up.
    package let activationCode: String

    enum CodingKeys: String, CodingKey {
        case activationId = "ActivationId"
        case activationCode = "ActivationCode"
    }
}

extension AWSCalls {
    package func nodes() async throws(AWSClientError) -> [NodeInformation] {
        struct Input: Encodable, Sendable {
            let NextToken: String?
        }
        struct Output: Decodable, Sendable {
            let InstanceInformationList: [NodeInformation]?
            let NextToken: String?
        }
        return try await pages { token async throws(AWSClientError) in
            let page: Output = try await client.call(
                .ssm,
                "DescribeInstanceInformation",
                Input(NextToken: token)
            )
            return (page.InstanceInformationList ?? [], page.NextToken)
        }
    }

    /// What is known of one node; nil when it is not registered, or the id is none.
    package func node(_ id: String) async throws(AWSClientError) -> NodeInformation? {
        struct Filter: Encodable, Sendable {
            let Key = "InstanceIds"
            let Values: [String]
        }
        struct Input: Encodable, Sendable { let Filters: [Filter] }
        struct Output: Decodable, Sendable { let InstanceInformationList: [NodeInformation]? }
        do {
            let output: Output = try await client.call(
                .ssm,
                "DescribeInstanceInformation",
                Input(Filters: [Filter(Values: [id])])
            )
            return output.InstanceInformationList?.first { $0.instanceId == id }
        } catch {
            guard error.code == "InvalidInstanceId" else { throw error }
            return nil
        }
    }

    /// Whether the node's control channel is open now.
    package func isConnected(_ node: String) async throws(AWSClientError) -> Bool {
        struct Input: Encodable, Sendable { let Target: String }
        struct Output: Decodable, Sendable { let Status: String? }
        let output: Output = try await client.call(
            .ssm,
            "GetConnectionStatus",
            Input(Target: node)
        )
        return output.Status == "connected"
    }

    /// Makes an activation: whoever has it may register `limit` nodes under `role` until it expires.
    package func activate(
        role: String,
        name: String?,
        limit: Int?,
        expires: Date?
    ) async throws(AWSClientError) -> NodeActivation {
        struct Input: Encodable, Sendable {
            let IamRole: String
            let DefaultInstanceName: String?
            let RegistrationLimit: Int?
            let ExpirationDate: Date?
        }
        return try await client.call(
            .ssm,
            "CreateActivation",
            Input(
                IamRole: role,
                DefaultInstanceName: name,
                RegistrationLimit: limit,
                ExpirationDate: expires
            )
        )
    }

    package func deregister(_ node: String) async throws(AWSClientError) {
        struct Input: Encodable, Sendable { let InstanceId: String }
        try await client.call(.ssm, "DeregisterManagedInstance", Input(InstanceId: node))
    }

    /// StartSession's refusal of a target, with what is known of the node by those who may list nodes.
    ///
    /// The service says the same of a node that is away and of one that never was, as AWS does.
    func explained(_ refusal: AWSClientError, of target: String) async -> AWSClientError {
        guard case .service("TargetNotConnected", _, let status, let requestID) = refusal else {
            return refusal
        }
        do {
            let known = try await node(target)
            return .service(
                code: "TargetNotConnected",
                message: known.map(Self.absence)
                    ?? "There is no node '\(target)': 'sekisho nodes' lists them.",
                status: status,
                requestID: requestID
            )
        } catch {
            // Who may not list nodes hears what everybody hears.
            return refusal
        }
    }

    private static func absence(of node: NodeInformation) -> String {
        let last = node.lastPingDateTime.map { " (last heard of at \($0.formatted(.iso8601)))" }
        return "\(node.instanceId) is not connected\(last ?? ""): "
            + "see whether 'sekisho-agent run' runs there."
    }
}
