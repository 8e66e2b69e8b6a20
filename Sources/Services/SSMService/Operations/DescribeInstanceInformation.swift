import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct DescribeInstanceInformationInput: Decodable, Sendable {
    var filters: [NodeFilterInput]?
    var instanceInformationFilterList: [LegacyNodeFilterInput]?
    var maxResults: Int?
    var nextToken: String?

    enum CodingKeys: String, CodingKey {
        case filters = "Filters"
        case instanceInformationFilterList = "InstanceInformationFilterList"
        case maxResults = "MaxResults"
        case nextToken = "NextToken"
    }
}

struct DescribeInstanceInformationOutput: Encodable, Sendable {
    var instanceInformationList: [Node]
    var nextToken: String?

    struct Node: Encodable, Sendable {
        var instanceId: String
        var pingStatus: String
        var lastPingDateTime: Date?
        var agentVersion: String?
        var platformType: String?
        var platformName: String?
        var platformVersion: String?
        var activationId: String
        var iamRole: String
        var registrationDate: Date
        var resourceType: String
        var name: String?
        var ipAddress: String?
        var computerName: String?
        var sourceId: String
        var sourceType: String

        enum CodingKeys: String, CodingKey {
            case instanceId = "InstanceId"
            case pingStatus = "PingStatus"
            case lastPingDateTime = "LastPingDateTime"
            case agentVersion = "AgentVersion"
            case platformType = "PlatformType"
            case platformName = "PlatformName"
            case platformVersion = "PlatformVersion"
            case activationId = "ActivationId"
            case iamRole = "IamRole"
            case registrationDate = "RegistrationDate"
            case resourceType = "ResourceType"
            case name = "Name"
            case ipAddress = "IPAddress"
            case computerName = "ComputerName"
            case sourceId = "SourceId"
            case sourceType = "SourceType"
        }
    }

    enum CodingKeys: String, CodingKey {
        case instanceInformationList = "InstanceInformationList"
        case nextToken = "NextToken"
    }
}

extension SSMService {
    /// Lists the registered nodes with what they last said of themselves.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
    func describeInstanceInformation(
        _ input: DescribeInstanceInformationInput,
        _ context: OperationContext
    ) async throws -> DescribeInstanceInformationOutput {
        var violations = ConstraintViolations()
        violations.range(input.maxResults, "maxResults", 5...50)
        try violations.check()
        try await authorizer.authorize(
            AuthorizationRequest("ssm:DescribeInstanceInformation", on: "*"),
            in: context
        )
        let filters = try NodeFilter.all(of: input)
        let (items, next) = try await page(
            of: NodeRecord.self,
            below: .nodes(context.scope),
            token: input.nextToken,
            limit: input.maxResults ?? 50,
            parameters: filters.map(\.description),
            in: context
        ) { stored -> DescribeInstanceInformationOutput.Node? in
            let node = stored.value
            let status = try await pingStatus(of: node, in: context.scope)
            guard filters.allSatisfy({ $0.matches(node, status) }) else { return nil }
            return DescribeInstanceInformationOutput.Node(node, status)
        }
        return DescribeInstanceInformationOutput(instanceInformationList: items, nextToken: next)
    }

    func pingStatus(of node: NodeRecord, in scope: Scope) async throws -> PingStatus {
        PingStatus(
            isConnected: await nodes.isConnected(try node.nodeID, in: scope),
            lastPing: node.lastPing,
            lastDisconnected: node.lastDisconnected,
            now: clock.now()
        )
    }
}

extension DescribeInstanceInformationOutput.Node {
    fileprivate init(_ node: NodeRecord, _ status: PingStatus) {
        self.init(
            instanceId: node.id,
            pingStatus: status.rawValue,
            lastPingDateTime: node.lastPing,
            agentVersion: node.agent.version,
            platformType: node.agent.platformType,
            platformName: node.agent.platformName,
            platformVersion: node.agent.platformVersion,
            activationId: node.activationID,
            iamRole: node.role,
            registrationDate: node.registered,
            resourceType: "ManagedInstance",
            name: node.name,
            ipAddress: node.agent.ipAddress,
            computerName: node.agent.computerName,
            sourceId: node.id,
            sourceType: "AWS::SSM::ManagedInstance"
        )
    }
}
