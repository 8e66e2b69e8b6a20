import LogEngine
import Vocabulary

/// A log group as it is stored.
struct LogGroup: Codable, Sendable {
    /// 32 hexadecimal digits of `LogGroupID`.
    var id: String
    var name: String
    /// Milliseconds since 1970, as everywhere in Logs.
    var creationTime: Int64
    var retentionInDays: Int?
    /// The ARN of the customer key; without one, batches are sealed under the service's own.
    var kmsKeyID: String?
    var deletionProtectionEnabled: Bool
    var tags: [String: String]

    /// The class that we have; others are refused when a group is made.
    static let standardClass = "STANDARD"

    /// Events older than this are gone, whether or not they have been removed already.
    func oldestKept(now: Int64) -> Int64 {
        guard let retentionInDays else { return 0 }
        return max(0, now - Int64(retentionInDays) * 24 * 60 * 60 * 1000)
    }
}

/// A log group's two ARNs, and those of its streams.
struct LogGroupARN: Sendable {
    private let scope: Scope
    private let name: String

    init(_ scope: Scope, _ name: String) {
        self.scope = scope
        self.name = name
    }

    /// Without the trailing `:*`: what KMS sees as `aws:logs:arn`, and what identifiers are written with.
    var plain: ARN { scope.arn(service: "logs", resource: "log-group:\(name)") }

    /// With it: what IAM policies are written with.
    var wildcard: ARN { scope.arn(service: "logs", resource: "log-group:\(name):*") }

    /// What an action on the group is authorized on: a stream without a name.
    var action: ARN { stream("") }

    func stream(_ stream: String) -> ARN {
        scope.arn(service: "logs", resource: "log-group:\(name):log-stream:\(stream)")
    }

    /// The name in an ARN of a group of this scope, or nil if it is the ARN of something else.
    static func name(in text: String, of scope: Scope) -> String? {
        guard let arn = try? ARN(parsing: text), arn.service == "logs",
            arn.partition == scope.region.partition.rawValue,
            arn.region == scope.region.description, arn.account == scope.account.description,
            arn.resource.hasPrefix("log-group:")
        else { return nil }
        let name = arn.resource.dropFirst("log-group:".count)
        return name.contains(":") ? nil : String(name)
    }
}
