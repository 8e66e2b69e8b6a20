package import Vocabulary

/// What a node tells of itself (session-protocol 1.10).
package struct HealthReport: Hashable, Sendable, Encodable {
    var agentName = "sekisho-agent"
    var agentStatus = "Active"
    var agentVersion = Release.version
    var availabilityZone = ""
    var availabilityZoneID = ""
    var connectionChannel = "ssmmessages"
    package var instanceID: String
    var platformType = "Linux"
    var ipAddress: String
    var computerName: String
    var platformName: String
    var platformVersion: String

    enum CodingKeys: String, CodingKey {
        case agentName = "AgentName"
        case agentStatus = "AgentStatus"
        case agentVersion = "AgentVersion"
        case availabilityZone = "AvailabilityZone"
        case availabilityZoneID = "AvailabilityZoneId"
        case connectionChannel = "SSMConnectionChannel"
        case instanceID = "InstanceId"
        case platformType = "PlatformType"
        case ipAddress = "IPAddress"
        case computerName = "ComputerName"
        case platformName = "PlatformName"
        case platformVersion = "PlatformVersion"
    }

    /// What is true of this machine now.
    package init(of node: NodeID) {
        instanceID = node.description
        ipAddress = HardwareFacts.firstDevice()?.address ?? ""
        computerName = HardwareFacts.hostName()
        (platformName, platformVersion) = HardwareFacts.platform()
    }
}
