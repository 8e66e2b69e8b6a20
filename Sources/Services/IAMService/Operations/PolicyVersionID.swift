import ServiceKit

/// The id of a version: `v1`, `v2`.
enum PolicyVersionID {
    /// The number of a version that the policy has.
    static func find(_ id: String, in policy: PolicyRecord) throws -> PolicyRecord.Version {
        guard let version = policy.versions.first(where: { "v\($0.number)" == id }) else {
            throw IAMFault.noSuchPolicyVersion(policy.arn, id)
        }
        return version
    }
}

extension ConstraintViolations {
    mutating func versionID(_ value: String?) -> String {
        required(value, "versionId")
        pattern(value, "versionId", "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?") { text in
            let digits = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
            let rest = text.dropFirst().dropFirst(digits.count)
            return text.hasPrefix("v") && !digits.isEmpty && !digits.hasPrefix("0")
                && (rest.isEmpty || rest.hasPrefix("."))
        }
        return value ?? ""
    }
}
