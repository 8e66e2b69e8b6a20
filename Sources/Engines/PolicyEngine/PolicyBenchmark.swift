import Vocabulary

/// A decision as requests make them, for `sekisho-bench` to repeat.
///
/// Ten policies of two statements each are attached; the one that allows comes last, and half of them ask
/// for a condition, so that nothing is found early.
package struct PolicyBenchmark: Sendable {
    private let stack: PolicyStack
    private let principal: PolicyPrincipal

    package init() throws {
        let other = """
            {"Version": "2012-10-17", "Statement": [
             {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::bucket/*"},
             {"Effect": "Allow", "Action": "kms:*", "Resource": "arn:aws:kms:*:999900000000:key/*",
              "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}]}
            """
        let last = """
            {"Version": "2012-10-17", "Statement": [
             {"Effect": "Deny", "Action": "kms:Schedule*", "Resource": "*"},
             {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt"],
              "Resource": "arn:aws:kms:us-east-1:111122223333:key/*"}]}
            """
        let texts = [String](repeating: other, count: 9) + [last]
        stack = PolicyStack(
            identity: try texts.enumerated().map { index, text in
                NamedPolicy(
                    name: "policy \(index)",
                    document: try PolicyDocument(parsing: text, as: .identity)
                )
            }
        )
        principal = .user(
            arn: try ARN(parsing: "arn:aws:iam::111122223333:user/alice"),
            id: "AIDAIOSFODNN7EXAMPLE1"
        )
    }

    /// Decides that many requests, and returns how many were allowed: all.
    package func decide(times count: Int) -> Int {
        var allowed = 0
        for index in 0..<count {
            let request = PolicyRequest(
                principal: principal,
                action: "kms:Encrypt",
                resource: "arn:aws:kms:us-east-1:111122223333:key/\(index & 7)",
                context: ConditionContext([:]) { key in
                    key == "aws:requestedregion" ? ["us-east-1"] : nil
                }
            )
            if stack.decide(request).isAllowed { allowed += 1 }
        }
        return allowed
    }
}
