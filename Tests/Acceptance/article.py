"""The article's own texts: its names, its key policy statement, its role policy."""

import json

KEY_ALIAS = "alias/session-manager-logs"
LOG_GROUP = "ssm-secure-consolelog-group"
ROLE = "EC2RoleSSMCWSecureLogs"
PREFERENCES = "SSM-SessionManagerRunShell"


def group_arn(server, group=LOG_GROUP):
    return f"arn:aws:logs:{server.region}:{server.account}:log-group:{group}"


def key_policy(server, with_logs_statement=True, for_group=LOG_GROUP):
    """The key's policy as step 1 leaves it: administrators, users, and the logs service for one group."""
    root = f"arn:aws:iam::{server.account}:root"
    role = f"arn:aws:iam::{server.account}:role/{ROLE}"
    statements = [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": root},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Allow use of the key",
            "Effect": "Allow",
            "Principal": {"AWS": role},
            "Action": [
                *("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*"),
                *("kms:GenerateDataKey*", "kms:DescribeKey"),
            ],
            "Resource": "*",
        },
    ]
    if with_logs_statement:
        statements.append(
            {
                "Sid": "Allow access for CloudWatch secure log group",
                "Effect": "Allow",
                "Principal": {"Service": f"logs.{server.region}.amazonaws.com"},
                "Action": [
                    *("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*"),
                    *("kms:GenerateDataKey*", "kms:Describe*"),
                ],
                "Resource": "*",
                "Condition": {
                    "ArnEquals": {
                        "kms:EncryptionContext:aws:logs:arn": group_arn(server, for_group)
                    }
                },
            }
        )
    return json.dumps({"Version": "2012-10-17", "Id": "key-policy", "Statement": statements})


def trust_policy():
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": ["ec2.amazonaws.com", "ssm.amazonaws.com"]},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    )


def role_policy(server, with_describe=True):
    """Step 3's inline policy, word for word but for region, account and group."""
    arn = f"arn:aws:logs:{server.region}:{server.account}:log-group:"
    statements = [
        {
            "Sid": "VisualEditor0",
            "Effect": "Allow",
            "Action": "logs:DescribeLogGroups",
            "Resource": arn + "*",
        },
        {
            "Sid": "VisualEditor1",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents"],
            "Resource": [f"{arn}{LOG_GROUP}:log-stream:*", f"{arn}{LOG_GROUP}"],
        },
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements[0 if with_describe else 1 :]})


def preferences(kms_key="", group="", encrypted=False, streaming=True, **inputs):
    """The preferences document with AWS's fields."""
    return json.dumps(
        {
            "schemaVersion": "1.0",
            "description": "Document to hold regional settings for Session Manager",
            "sessionType": "Standard_Stream",
            "inputs": {
                "s3BucketName": "",
                "s3KeyPrefix": "",
                "s3EncryptionEnabled": True,
                "cloudWatchLogGroupName": group,
                "cloudWatchEncryptionEnabled": encrypted,
                "cloudWatchStreamingEnabled": streaming,
                "idleSessionTimeout": "20",
                "maxSessionDuration": "",
                "kmsKeyId": kms_key,
                "runAsEnabled": False,
                "runAsDefaultUser": "",
                "shellProfile": {"windows": "", "linux": ""},
            }
            | inputs,
        }
    )


class Walkthrough:
    """Steps 1 to 4 through the AWS CLI; each method is one of them."""

    def __init__(self, server):
        self.server = server

    def make_key(self, alias=KEY_ALIAS):
        key = self.server.aws("kms", "create-key", "--description", "Session Manager logs")
        self.key = key["KeyMetadata"]["KeyId"]
        self.key_arn = key["KeyMetadata"]["Arn"]
        self.server.aws("kms", "create-alias", "--alias-name", alias, "--target-key-id", self.key)

    def put_key_policy(self, policy=None):
        self.server.aws(
            *("kms", "put-key-policy", "--key-id", self.key, "--policy-name", "default"),
            *("--policy", policy or key_policy(self.server)),
        )

    def make_group(self):
        self.server.aws("logs", "create-log-group", "--log-group-name", LOG_GROUP)
        self.server.aws(
            *("logs", "put-retention-policy", "--log-group-name", LOG_GROUP),
            *("--retention-in-days", "30"),
        )

    def associate_key(self):
        self.server.aws(
            *("logs", "associate-kms-key", "--log-group-name", LOG_GROUP),
            *("--kms-key-id", self.key_arn),
        )

    def make_role(self):
        self.server.aws(
            *("iam", "create-role", "--role-name", ROLE),
            *("--assume-role-policy-document", trust_policy()),
        )
        self.server.aws(
            *("iam", "attach-role-policy", "--role-name", ROLE, "--policy-arn"),
            "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        )

    def put_role_policy(self, policy=None):
        self.server.aws(
            *("iam", "put-role-policy", "--role-name", ROLE, "--policy-name", "console-logs"),
            *("--policy-document", policy or role_policy(self.server)),
        )

    def make_preferences(self, content=None):
        """AWS makes the document on the first save; a CLI user creates it with the defaults."""
        self.server.aws(
            *("ssm", "create-document", "--name", PREFERENCES, "--document-type", "Session"),
            *("--document-format", "JSON", "--content", content or preferences()),
        )

    def update_preferences(self, content=None):
        self.server.aws(
            *("ssm", "update-document", "--name", PREFERENCES, "--document-version", "$LATEST"),
            *("--content", content or preferences(self.key_arn, LOG_GROUP, encrypted=True)),
        )
        versions = self.server.aws("ssm", "list-document-versions", "--name", PREFERENCES)
        newest = max(int(v["DocumentVersion"]) for v in versions["DocumentVersions"])
        self.server.aws(
            *("ssm", "update-document-default-version", "--name", PREFERENCES),
            *("--document-version", str(newest)),
        )

    def everything(self):
        self.make_role()
        self.put_role_policy()
        self.make_key()
        self.put_key_policy()
        self.make_group()
        self.associate_key()
        self.make_preferences()
        self.update_preferences()
        return self
