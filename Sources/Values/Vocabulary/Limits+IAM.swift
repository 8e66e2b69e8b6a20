/// Quotas of IAM and STS: AWS's defaults.
///
/// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
extension Limits {
    package static let iamUsers = 5000
    package static let iamRoles = 1000
    package static let iamPolicies = 1500
    package static let iamInstanceProfiles = 1000
    package static let accessKeysPerUser = 2
    package static let attachedPoliciesPerUser = 10
    package static let attachedPoliciesPerRole = 10
    package static let policyVersions = 5
    package static let tagsPerIAMEntity = 50
    /// Characters of a managed policy, white space not counted.
    package static let managedPolicyCharacters = 6144
    /// Characters of all inline policies of a user together, white space not counted.
    package static let userInlineCharacters = 2048
    /// Characters of all inline policies of a role together, white space not counted.
    package static let roleInlineCharacters = 10_240
    /// Characters of a trust policy, white space not counted.
    package static let trustPolicyCharacters = 2048
    /// Characters of a session policy given to AssumeRole.
    package static let sessionPolicyCharacters = 2048
    package static let sessionPolicyARNs = 10
    /// Bytes of session policies and tags that fill a session token; PackedPolicySize is a percentage of it.
    package static let packedSessionBytes = 20_480
    /// Items on a page when the caller does not say.
    package static let iamPageItems = 100
    /// Items on a page at most.
    package static let iamPageItemsMost = 1000
    /// Bytes of a session token that are looked at.
    package static let sessionTokenBytes = 65_536
    /// How often a change is tried again when somebody else changed the same thing first.
    package static let iamConflictRetries = 10
    /// Seconds of a session of a role that a session of a role assumed.
    package static let chainedSessionSeconds = 3600
    /// Seconds of a session when the caller does not say.
    package static let sessionSeconds = 3600
    package static let sessionSecondsLeast = 900
    package static let sessionSecondsMost = 43_200
    /// Principals, credentials and policies kept compiled in memory; at the limit all are let go.
    package static let cachedIdentities = 10_000
    /// Texts of resource and session policies kept compiled in memory; at the limit all are let go.
    package static let cachedDocuments = 2000
    /// Access keys and roles whose last use is kept in memory before it is written.
    package static let trackedLastUses = 10_000
    /// Seconds between two writes of the last use of one key.
    package static let lastUseGranularitySeconds = 900
}
