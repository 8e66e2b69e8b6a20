package import AWSClient
import SessionWire
import Vocabulary

/// Steps 1 to 4 of AWS's article on Session Manager console logs, done through the API as a client would.
///
/// Each step looks first and changes only what is not right, so that running it twice changes nothing. See
/// https://aws.amazon.com/blogs/mt/exploring-aws-systems-manager-session-manager-console-logs-part-1/
package struct Walkthrough: Sendable {
    package enum Outcome: String, Codable, Sendable {
        case made
        case alreadyRight = "already right"
        case mended
    }

    /// One thing that was looked at.
    package struct Step: Codable, Equatable, Sendable {
        package let step: String
        package let what: String
        package let outcome: Outcome
    }

    package static let aliasName = "alias/session-manager-logs"
    package static let groupName = "ssm-secure-consolelog-group"
    package static let roleName = "EC2RoleSSMCWSecureLogs"
    package static let retentionInDays = 30

    let calls: AWSCalls

    package init(client: AWSClient) {
        calls = AWSCalls(client: client)
    }

    var client: AWSClient { calls.client }

    /// Does all steps; `report` hears of each as it is done.
    package func run(
        report: (Step) -> Void
    ) async throws(AWSClientError) {
        let caller = try await callerIdentity()
        let facts = WalkthroughFacts(
            region: client.region,
            account: caller.account,
            administrator: caller.arn
        )
        report(try await requireRole(facts))
        report(try await requireManagedPolicy(facts))
        let (key, keyStep) = try await requireKey()
        report(keyStep)
        report(try await requireKeyPolicy(of: key.keyId, facts))
        report(try await requireGroup(under: key.arn ?? key.keyId))
        report(try await requireInlinePolicy("session-console-log", facts.rolePolicy))
        report(
            try await requireInlinePolicy(
                "session-key",
                facts.sessionKeyPolicy(key.arn ?? key.keyId)
            )
        )
        report(try await requirePreferences(key: key.arn ?? key.keyId))
    }

    private func callerIdentity() async throws(AWSClientError) -> (account: String, arn: String) {
        struct Output: Decodable, Sendable {
            let Account: String
            let Arn: String
        }
        let output: Output = try await client.call(.sts, "GetCallerIdentity", NoInput())
        return (output.Account, output.Arn)
    }
}
