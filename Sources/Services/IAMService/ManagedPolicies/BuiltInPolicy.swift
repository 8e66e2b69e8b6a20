import FoundationEssentials
import Vocabulary

/// A managed policy that AWS owns: attached as any other, changed by nobody.
///
/// The documents are AWS's, except that ReadOnlyAccess holds the read actions of the services offered here
/// (docs/policies.md, deviation 1).
struct BuiltInPolicy: Sendable {
    let name: String
    let id: String
    let description: String
    /// The number of AWS's default version.
    let version: Int
    let created: Date
    let document: String
    var partition = Partition.standard

    var arn: String { "arn:\(partition.rawValue):iam::aws:policy/\(name)" }

    var record: PolicyRecord {
        PolicyRecord(
            name: name,
            path: "/",
            arn: arn,
            id: id,
            description: description,
            created: created,
            updated: created,
            versions: [PolicyRecord.Version(number: version, created: created)],
            defaultVersion: version,
            nextVersion: version + 1,
            tags: []
        )
    }

    /// The policy of that ARN, in any partition; nil if it is none of these.
    static func named(_ text: String) -> BuiltInPolicy? {
        guard let arn = try? ARN(parsing: text), arn.service == "iam", arn.account == "aws",
            arn.region.isEmpty, arn.resource.hasPrefix("policy/"),
            let partition = Partition(rawValue: arn.partition),
            var policy = byName[String(arn.resource.dropFirst("policy/".count))]
        else { return nil }
        policy.partition = partition
        return policy
    }

    /// All of them, with the ARNs of a partition.
    static func all(in partition: Partition) -> [BuiltInPolicy] {
        byName.values.map { policy in
            var policy = policy
            policy.partition = partition
            return policy
        }
    }

    private static let byName: [String: BuiltInPolicy] = {
        let policies = [
            administratorAccess, readOnlyAccess, ssmManagedInstanceCore, cloudWatchLogsFullAccess,
            cloudWatchLogsReadOnlyAccess,
        ]
        return Dictionary(policies.map { ($0.name, $0) }) { first, _ in first }
    }()
}
