import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct UpdateInstanceInformationInput: Decodable, Sendable {
    var agentName: String?
    var agentStatus: String?
    var agentVersion: String?
    var availabilityZone: String?
    var availabilityZoneId: String?
    var computerName: String?
    var ipAddress: String?
    var instanceId: String?
    var platformName: String?
    var platformType: String?
    var platformVersion: String?
    var connectionChannel: String?

    enum CodingKeys: String, CodingKey {
        case agentName = "AgentName"
        case agentStatus = "AgentStatus"
        case agentVersion = "AgentVersion"
        case availabilityZone = "AvailabilityZone"
        case availabilityZoneId = "AvailabilityZoneId"
        case computerName = "ComputerName"
        case ipAddress = "IPAddress"
        case instanceId = "InstanceId"
        case platformName = "PlatformName"
        case platformType = "PlatformType"
        case platformVersion = "PlatformVersion"
        case connectionChannel = "SSMConnectionChannel"
    }
}

extension SSMService {
    /// A node's ping, and what it says of its machine.
    ///
    /// The first ping of a boot holds four members only; what it leaves out stays as it was. Only the node
    /// itself may ping for itself.
    func updateInstanceInformation(
        _ input: UpdateInstanceInformationInput,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.required(input.instanceId, "instanceId")
        violations.length(input.agentName, "agentName", 0...256)
        violations.length(input.agentVersion, "agentVersion", 0...64)
        violations.length(input.platformName, "platformName", 0...256)
        violations.length(input.platformVersion, "platformVersion", 0...256)
        violations.length(input.ipAddress, "iPAddress", 0...46)
        violations.length(input.computerName, "computerName", 0...255)
        violations.oneOf(input.platformType, "platformType", ["Windows", "Linux", "MacOS"])
        try violations.check()
        let id = input.instanceId ?? ""
        try await authorizer.authorize(
            AuthorizationRequest(
                "ssm:UpdateInstanceInformation",
                on: context.scope.nodeARN(id).description,
                conditionValues: sourceInstance(context)
            ),
            in: context
        )
        try await retryingConflicts {
            let stored = try await callingNode(mustBe: id, context)
            context.audit.touched(context.scope.nodeARN(id))
            var node = stored.value
            node.agent.update(from: input)
            node.lastPing = clock.now()
            try await store.commit(
                RecordTransaction(
                    conditions: [.unchanged(stored.key, stored.revision)],
                    changes: [store.put(stored.key, node)]
                ),
                auditing: context
            )
        }
        return EmptyOutput()
    }

    /// `ssm:SourceInstanceARN`: the node that calls, for policies that bind credentials to their node.
    func sourceInstance(_ context: OperationContext) -> [String: [String]] {
        guard case .assumedRole(let session) = context.principal,
            session.service == Self.principal,
            let node = try? NodeID(parsing: session.sessionName)
        else { return [:] }
        return ["ssm:SourceInstanceARN": [context.scope.nodeARN(node.description).description]]
    }
}

extension NodeRecord.AgentReport {
    fileprivate mutating func update(from input: UpdateInstanceInformationInput) {
        name = input.agentName ?? name
        version = input.agentVersion ?? version
        platformType = input.platformType ?? platformType
        platformName = input.platformName ?? platformName
        platformVersion = input.platformVersion ?? platformVersion
        ipAddress = input.ipAddress ?? ipAddress
        computerName = input.computerName ?? computerName
    }
}
