import SessionWire
import Vocabulary

/// The article's policies, for one region and account.
struct WalkthroughFacts: Sendable {
    let region: Region
    let account: String
    /// Whoever runs the walkthrough; administrates the key and may use it.
    let administrator: String

    private var partition: String { region.partition.rawValue }
    private var groupPrefix: String {
        "arn:\(partition):logs:\(region):\(account):log-group:"
    }

    var roleARN: String { "arn:\(partition):iam::\(account):role/\(Walkthrough.roleName)" }
    var managedPolicyARN: String { "arn:\(partition):iam::aws:policy/AmazonSSMManagedInstanceCore" }

    /// Statements that the key's policy needs: the account, administrators, users, and the logs service for
    /// this one group.
    var keyStatements: [JSONValue] {
        [
            statement(
                "Enable IAM User Permissions",
                principal: ["AWS": .string("arn:\(partition):iam::\(account):root")],
                actions: ["kms:*"]
            ),
            statement(
                "Allow access for Key Administrators",
                principal: ["AWS": .string(administrator)],
                actions: [
                    "kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*",
                    "kms:Update*", "kms:Revoke*", "kms:Disable*", "kms:Get*", "kms:Delete*",
                    "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion",
                    "kms:CancelKeyDeletion",
                ]
            ),
            statement(
                "Allow use of the key",
                principal: ["AWS": .array([.string(administrator), .string(roleARN)])],
                actions: [
                    "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*",
                    "kms:DescribeKey",
                ]
            ),
            statement(
                "Allow access for CloudWatch secure log group",
                principal: ["Service": .string("logs.\(region).amazonaws.com")],
                actions: [
                    "kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*",
                    "kms:Describe*",
                ]
            ).with(
                "Condition",
                .object([
                    "ArnEquals": .object([
                        "kms:EncryptionContext:aws:logs:arn":
                            .string(groupPrefix + Walkthrough.groupName)
                    ])
                ])
            ),
        ]
    }

    var trustPolicy: JSONValue {
        Self.policy([
            .object([
                "Effect": .string("Allow"),
                "Principal": .object([
                    "Service": .array([.string("ec2.amazonaws.com"), .string("ssm.amazonaws.com")])
                ]),
                "Action": .string("sts:AssumeRole"),
            ])
        ])
    }

    /// Step 3's inline policy, word for word.
    var rolePolicy: JSONValue {
        let group = groupPrefix + Walkthrough.groupName
        return Self.policy([
            .object([
                "Sid": .string("VisualEditor0"),
                "Effect": .string("Allow"),
                "Action": .string("logs:DescribeLogGroups"),
                "Resource": .string(groupPrefix + "*"),
            ]),
            .object([
                "Sid": .string("VisualEditor1"),
                "Effect": .string("Allow"),
                "Action": Self.texts([
                    "logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents",
                ]),
                "Resource": Self.texts(["\(group):log-stream:*", group]),
            ]),
        ])
    }

    /// What the node needs to open the data key of an encrypted session.
    func sessionKeyPolicy(_ keyARN: String) -> JSONValue {
        Self.policy([
            .object([
                "Effect": .string("Allow"), "Action": .string("kms:Decrypt"),
                "Resource": .string(keyARN),
            ])
        ])
    }

    static func policy(_ statements: [JSONValue]) -> JSONValue {
        .object(["Version": .string("2012-10-17"), "Statement": .array(statements)])
    }

    private static func texts(_ texts: [String]) -> JSONValue {
        .array(texts.map(JSONValue.string))
    }

    private func statement(
        _ sid: String,
        principal: [String: JSONValue],
        actions: [String]
    ) -> JSONValue {
        .object([
            "Sid": .string(sid), "Effect": .string("Allow"), "Principal": .object(principal),
            "Action": Self.texts(actions), "Resource": .string("*"),
        ])
    }
}
