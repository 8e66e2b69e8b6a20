import ServiceKit
import Vocabulary

struct NodeFilterInput: Decodable, Sendable {
    var key: String?
    var values: [String]?

    enum CodingKeys: String, CodingKey {
        case key = "Key"
        case values = "Values"
    }
}

/// The older form of the same, with other names of its members.
struct LegacyNodeFilterInput: Decodable, Sendable {
    var key: String?
    var valueSet: [String]?
}

/// One filter of DescribeInstanceInformation: a node has to have one of the values.
struct NodeFilter: CustomStringConvertible {
    let description: String
    private let allowed: [String]
    private let values: (NodeRecord, PingStatus) -> [String]

    func matches(_ node: NodeRecord, _ status: PingStatus) -> Bool {
        values(node, status).contains(where: allowed.contains)
    }

    static func all(of input: DescribeInstanceInformationInput) throws -> [NodeFilter] {
        let legacy = input.instanceInformationFilterList ?? []
        let current = input.filters ?? []
        guard legacy.isEmpty || current.isEmpty else {
            throw SSMFault.validation(
                "Use either Filters or InstanceInformationFilterList, not both."
            )
        }
        return try legacy.map { try NodeFilter($0.key, $0.valueSet) }
            + current.map { try NodeFilter($0.key, $0.values) }
    }

    private init(_ key: String?, _ allowed: [String]?) throws {
        var violations = ConstraintViolations()
        violations.required(key, "filters.member.key")
        violations.required(allowed, "filters.member.values")
        violations.count(allowed, "filters.member.values", 1...100)
        try violations.check()
        let key = key ?? ""
        self.allowed = allowed ?? []
        description = "\(key)=\(self.allowed.joined(separator: "\u{0}"))"
        values = try Self.values(of: key)
        try Self.check(self.allowed, of: key)
    }

    private static func values(
        of key: String
    ) throws -> (NodeRecord, PingStatus) -> [String] {
        switch key {
        case "InstanceIds", "SourceIds": return { node, _ in [node.id] }
        case "PingStatus": return { _, status in [status.rawValue] }
        case "AgentVersion": return { node, _ in node.agent.version.map { [$0] } ?? [] }
        case "PlatformTypes", "PlatformType":
            return { node, _ in node.agent.platformType.map { [$0] } ?? [] }
        case "ActivationIds": return { node, _ in [node.activationID] }
        case "IamRole": return { node, _ in [node.role] }
        case "ResourceType": return { _, _ in ["ManagedInstance"] }
        case "SourceTypes": return { _, _ in ["AWS::SSM::ManagedInstance"] }
        // No associations exist here, so that no node has a status of one.
        case "AssociationStatus": return { _, _ in [] }
        case "tag-key": return { node, _ in node.tags.map(\.key) }
        case _ where key.hasPrefix("tag:"):
            let name = String(key.dropFirst("tag:".count))
            return { node, _ in node.tags[name].map { [$0] } ?? [] }
        default: throw SSMFault.invalidFilterKey(key)
        }
    }

    private static func check(_ values: [String], of key: String) throws {
        let allowed: [String]
        switch key {
        case "InstanceIds":
            for value in values where (try? NodeID(parsing: value)) == nil {
                // AWS's form of an EC2 instance is legal to ask for, and never found here.
                guard value.hasPrefix("i-") else {
                    throw ServiceFault("InvalidInstanceId", "Not a managed node ID: \(value)")
                }
            }
            return
        case "PingStatus": allowed = PingStatus.allCases.map(\.rawValue)
        case "PlatformTypes", "PlatformType": allowed = ["Windows", "Linux", "MacOS"]
        case "ResourceType": allowed = ["ManagedInstance", "EC2Instance", "AWS::EC2::Instance"]
        default: return
        }
        for value in values where !allowed.contains(value) {
            throw ServiceFault(
                "InvalidInstanceInformationFilterValue",
                "The value '\(value)' of filter \(key) is not valid. Use one of: "
                    + allowed.joined(separator: ", ") + "."
            )
        }
    }
}
