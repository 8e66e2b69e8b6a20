import AWSClient

extension Walkthrough {
    /// Step 2: the log group under the key, with a retention.
    func requireGroup(under keyARN: String) async throws(AWSClientError) -> Step {
        let what = "log group \(Self.groupName): key and retention"
        let groups = try await calls.logGroups(prefix: Self.groupName)
        guard let group = groups.first(where: { $0.logGroupName == Self.groupName }) else {
            struct Input: Encodable, Sendable {
                let logGroupName: String
                let kmsKeyId: String
            }
            try await client.call(
                .logs,
                "CreateLogGroup",
                Input(logGroupName: Self.groupName, kmsKeyId: keyARN)
            )
            try await retain()
            return Step(step: "2", what: what, outcome: .made)
        }
        var outcome = Outcome.alreadyRight
        if group.kmsKeyId != keyARN {
            struct Input: Encodable, Sendable {
                let logGroupName: String
                let kmsKeyId: String
            }
            try await client.call(
                .logs,
                "AssociateKmsKey",
                Input(logGroupName: Self.groupName, kmsKeyId: keyARN)
            )
            outcome = .mended
        }
        // Any retention is somebody's choice, and stays.
        if group.retentionInDays == nil {
            try await retain()
            outcome = .mended
        }
        return Step(step: "2", what: what, outcome: outcome)
    }

    private func retain() async throws(AWSClientError) {
        struct Input: Encodable, Sendable {
            let logGroupName: String
            let retentionInDays: Int
        }
        try await client.call(
            .logs,
            "PutRetentionPolicy",
            Input(logGroupName: Self.groupName, retentionInDays: Self.retentionInDays)
        )
    }
}
