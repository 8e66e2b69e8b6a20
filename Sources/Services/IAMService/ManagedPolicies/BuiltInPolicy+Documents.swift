import FoundationEssentials

extension BuiltInPolicy {
    static let administratorAccess = BuiltInPolicy(
        name: "AdministratorAccess",
        id: "ANPAIWMBCKSKIEE64ZLYK",
        description: "Provides full access to AWS services and resources.",
        version: 1,
        created: Date(timeIntervalSince1970: 1_423_247_986),
        document: """
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "*",
                        "Resource": "*"
                    }
                ]
            }
            """
    )

    static let readOnlyAccess = BuiltInPolicy(
        name: "ReadOnlyAccess",
        id: "ANPAILL3HVNFSB6DCOWYQ",
        description: "Provides read-only access to AWS services and resources.",
        version: 1,
        created: Date(timeIntervalSince1970: 1_423_247_988),
        document: """
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "ReadOnlyActions",
                        "Effect": "Allow",
                        "Action": [
                            "cloudwatch:Describe*",
                            "cloudwatch:Get*",
                            "cloudwatch:List*",
                            "iam:Generate*",
                            "iam:Get*",
                            "iam:List*",
                            "iam:Simulate*",
                            "kms:Describe*",
                            "kms:Get*",
                            "kms:List*",
                            "logs:Describe*",
                            "logs:FilterLogEvents",
                            "logs:Get*",
                            "logs:List*",
                            "logs:StartLiveTail",
                            "logs:StartQuery",
                            "logs:StopLiveTail",
                            "logs:StopQuery",
                            "logs:TestMetricFilter",
                            "ssm:Describe*",
                            "ssm:Get*",
                            "ssm:List*",
                            "sts:GetAccessKeyInfo",
                            "sts:GetCallerIdentity",
                            "sts:GetSessionToken"
                        ],
                        "Resource": "*"
                    }
                ]
            }
            """
    )

    static let ssmManagedInstanceCore = BuiltInPolicy(
        name: "AmazonSSMManagedInstanceCore",
        id: "ANPAIXSHM2BNB2D3AXXRU",
        description:
            "The policy for Amazon EC2 Role to enable AWS Systems Manager service core functionality.",
        version: 2,
        created: Date(timeIntervalSince1970: 1_552_669_749),
        document: """
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": [
                            "ssm:DescribeAssociation",
                            "ssm:GetDeployablePatchSnapshotForInstance",
                            "ssm:GetDocument",
                            "ssm:DescribeDocument",
                            "ssm:GetManifest",
                            "ssm:GetParameter",
                            "ssm:GetParameters",
                            "ssm:ListAssociations",
                            "ssm:ListInstanceAssociations",
                            "ssm:PutInventory",
                            "ssm:PutComplianceItems",
                            "ssm:PutConfigurePackageResult",
                            "ssm:UpdateAssociationStatus",
                            "ssm:UpdateInstanceAssociationStatus",
                            "ssm:UpdateInstanceInformation"
                        ],
                        "Resource": "*"
                    },
                    {
                        "Effect": "Allow",
                        "Action": [
                            "ssmmessages:CreateControlChannel",
                            "ssmmessages:CreateDataChannel",
                            "ssmmessages:OpenControlChannel",
                            "ssmmessages:OpenDataChannel"
                        ],
                        "Resource": "*"
                    },
                    {
                        "Effect": "Allow",
                        "Action": [
                            "ec2messages:AcknowledgeMessage",
                            "ec2messages:DeleteMessage",
                            "ec2messages:FailMessage",
                            "ec2messages:GetEndpoint",
                            "ec2messages:GetMessages",
                            "ec2messages:SendReply"
                        ],
                        "Resource": "*"
                    }
                ]
            }
            """
    )

    static let cloudWatchLogsFullAccess = BuiltInPolicy(
        name: "CloudWatchLogsFullAccess",
        id: "ANPAJ3ZGNWK2R5HW5BQFO",
        description: "Provides full access to CloudWatch Logs",
        version: 8,
        created: Date(timeIntervalSince1970: 1_423_248_002),
        document: """
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "CloudWatchLogsFullAccess",
                        "Effect": "Allow",
                        "Action": [
                            "logs:*",
                            "cloudwatch:GenerateQuery",
                            "cloudwatch:GenerateQueryResultsSummary",
                            "observabilityadmin:GetS3TableIntegration",
                            "observabilityadmin:ListS3TableIntegrations",
                            "observabilityadmin:ListTelemetryPipelines"
                        ],
                        "Resource": "*"
                    }
                ]
            }
            """
    )

    static let cloudWatchLogsReadOnlyAccess = BuiltInPolicy(
        name: "CloudWatchLogsReadOnlyAccess",
        id: "ANPAJ2YIYDYSNNEHK3VKW",
        description: "Provides read only access to CloudWatch Logs",
        version: 12,
        created: Date(timeIntervalSince1970: 1_423_248_003),
        document: """
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "CloudWatchLogsReadOnlyAccess",
                        "Effect": "Allow",
                        "Action": [
                            "logs:Describe*",
                            "logs:Get*",
                            "logs:List*",
                            "logs:StartQuery",
                            "logs:StopQuery",
                            "logs:TestMetricFilter",
                            "logs:FilterLogEvents",
                            "logs:StartLiveTail",
                            "logs:StopLiveTail",
                            "cloudwatch:GenerateQuery",
                            "cloudwatch:GenerateQueryResultsSummary",
                            "observabilityadmin:ListS3TableIntegrations",
                            "observabilityadmin:GetS3TableIntegration",
                            "observabilityadmin:ListTelemetryPipelines"
                        ],
                        "Resource": "*"
                    }
                ]
            }
            """
    )
}
