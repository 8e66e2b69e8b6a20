"""Each way in which the article's set-up goes wrong, and what the person is told."""

import json

import pytest

from article import LOG_GROUP, ROLE, key_policy, preferences, role_policy
from sekisho_under_test import Refused, eventually
from terminal import Session

NOT_ENCRYPTED = (
    "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs "
    "log group. Either encrypt the log group or choose an option to enable logging without encryption."
)


@pytest.mark.parametrize(
    "policy",
    [
        lambda server: key_policy(server, with_logs_statement=False),
        lambda server: key_policy(server, for_group="another-group"),
    ],
    ids=["without the logs statement", "for another group"],
)
def test_a_group_is_refused_a_key_that_the_logs_service_may_not_use(server, walkthrough, policy):
    walkthrough.make_role()
    walkthrough.put_role_policy()
    walkthrough.make_key()
    walkthrough.put_key_policy(policy(server))
    walkthrough.make_group()
    with pytest.raises(Refused) as refused:
        walkthrough.associate_key()
    arn = f"arn:aws:logs:{server.region}:{server.account}:log-group:{LOG_GROUP}"
    assert "AccessDeniedException" in refused.value.stderr
    assert (
        "The specified KMS key does not exist or is not allowed to be used with Arn "
        f"'{arn}'" in refused.value.stderr
    )
    (group,) = server.aws("logs", "describe-log-groups")["logGroups"]
    assert "kmsKeyId" not in group


def test_a_role_without_describe_log_groups_is_told_on_the_node_and_to_the_person(
    server, article, new_node
):
    article.put_role_policy(role_policy(server, with_describe=False))
    node = new_node()
    shown, status = Session(server, node).finish()
    assert status == 255
    assert NOT_ENCRYPTED in " ".join(shown.split())
    assert "logs:DescribeLogGroups" in shown
    expected = (
        f"AccessDeniedException: User: arn:aws:sts::{server.account}:assumed-role/{ROLE}/{node.id} "
        "is not authorized to perform: logs:DescribeLogGroups on resource: "
        f"arn:aws:logs:{server.region}:{server.account}:log-group::log-stream:"
    )
    assert expected in node.log
    streams = server.aws("logs", "describe-log-streams", "--log-group-name", LOG_GROUP)
    assert streams["logStreams"] == []


def test_a_session_does_not_start_when_encryption_is_demanded_of_a_plain_group(
    server, walkthrough, new_node
):
    walkthrough.make_role()
    walkthrough.put_role_policy()
    walkthrough.make_key()
    walkthrough.put_key_policy()
    walkthrough.make_group()
    walkthrough.make_preferences(preferences(walkthrough.key_arn, LOG_GROUP, encrypted=True))
    node = new_node()
    shown, status = Session(server, node).finish()
    assert status == 255
    assert NOT_ENCRYPTED in " ".join(shown.split())
    assert NOT_ENCRYPTED in node.log


def test_a_session_is_not_run_unlogged_when_its_group_is_missing(server, walkthrough, new_node):
    walkthrough.make_role()
    walkthrough.put_role_policy()
    walkthrough.make_preferences(preferences(group=LOG_GROUP))
    node = new_node()
    shown, status = Session(server, node).finish()
    assert status == 255
    assert LOG_GROUP in shown


def put(server, message):
    event = json.dumps([{"timestamp": now(), "message": message}])
    server.aws(
        *("logs", "put-log-events", "--log-group-name", LOG_GROUP, "--log-stream-name", "notes"),
        *("--log-events", event),
    )


def now():
    import time

    return int(time.time() * 1000)


def read(server):
    events = server.aws(
        *("logs", "get-log-events", "--log-group-name", LOG_GROUP, "--log-stream-name", "notes"),
        "--start-from-head",
    )["events"]
    return [event["message"] for event in events]


def refuses(call):
    """Whether the call is refused because of the key, as against answered or broken."""
    try:
        call()
        return False
    except Refused as refused:
        assert "KMS" in refused.stderr or "key" in refused.stderr, refused.stderr
        assert "InternalFailure" not in refused.stderr
        return True


def answers(call):
    try:
        call()
        return True
    except Refused:
        return False


def test_while_the_key_is_disabled_writing_and_reading_stop_and_come_back(server, article):
    server.aws(
        *("logs", "create-log-stream", "--log-group-name", LOG_GROUP),
        *("--log-stream-name", "notes"),
    )
    put(server, "before")
    assert read(server) == ["before"]

    server.aws("kms", "disable-key", "--key-id", article.key)
    eventually(lambda: refuses(lambda: put(server, "meanwhile")))
    eventually(lambda: refuses(lambda: read(server)))

    server.aws("kms", "enable-key", "--key-id", article.key)
    eventually(lambda: answers(lambda: read(server)))
    kept = read(server)
    assert kept[0] == "before" and set(kept) <= {"before", "meanwhile"}
    put(server, "after")
    assert read(server) == kept + ["after"]


def test_a_node_that_is_not_connected_is_named(server, article, new_node):
    node = new_node()
    node.stop()
    eventually(
        lambda: server.aws("ssm", "get-connection-status", "--target", node.id)["Status"]
        == "notconnected"
    )
    with pytest.raises(Refused) as refused:
        server.aws("ssm", "start-session", "--target", node.id)
    assert "TargetNotConnected" in refused.value.stderr
    assert f"{node.id} is not connected" in refused.value.stderr


def test_what_is_not_offered_is_refused_by_name(server):
    for words in (
        ("kms", "create-grant", "--key-id", "x", "--grantee-principal", "y", "--operations", "Decrypt"),
        ("logs", "start-query", "--start-time", "1", "--end-time", "2", "--query-string", "fields @message"),
        ("iam", "list-groups"),
        ("ssm", "send-command", "--document-name", "AWS-RunShellScript", "--instance-ids", "i-1234567890abcdef0"),
    ):
        with pytest.raises(Refused) as refused:
            server.aws(*words)
        operation = "".join(part.capitalize() for part in words[1].split("-"))
        assert operation in refused.value.stderr, refused.value.stderr
        assert "InternalFailure" not in refused.value.stderr
