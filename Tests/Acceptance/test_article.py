"""The article's Part 1, step by step, with the AWS CLI and one of our nodes."""

import json

from article import (
    KEY_ALIAS,
    LOG_GROUP,
    PREFERENCES,
    ROLE,
    Walkthrough,
    key_policy,
    preferences,
)
from terminal import Session


def session_events(server, stream):
    events = server.aws(
        *("logs", "get-log-events", "--log-group-name", LOG_GROUP),
        *("--log-stream-name", stream, "--start-from-head"),
    )["events"]
    return [json.loads(event["message"]) for event in events]


def test_the_article_from_the_first_step_to_the_check(server, new_node):
    steps = Walkthrough(server)

    # Prerequisite: a role with AmazonSSMManagedInstanceCore, and a node that runs under it.
    steps.make_role()
    node = new_node(ROLE)

    # Step 1: a symmetric key, single region, its alias, its policy with the logs service's statement.
    steps.make_key()
    described = server.aws("kms", "describe-key", "--key-id", KEY_ALIAS)["KeyMetadata"]
    assert described["KeySpec"] == "SYMMETRIC_DEFAULT"
    assert described["Origin"] == "AWS_KMS" and described["MultiRegion"] is False
    steps.put_key_policy()
    stored = server.aws("kms", "get-key-policy", "--key-id", steps.key, "--policy-name", "default")
    assert json.loads(stored["Policy"]) == json.loads(key_policy(server))

    # Step 2: the log group of that name, its retention, its key.
    steps.make_group()
    steps.associate_key()
    groups = server.aws("logs", "describe-log-groups", "--log-group-name-prefix", LOG_GROUP)
    (group,) = groups["logGroups"]
    assert group["kmsKeyId"] == steps.key_arn
    assert group["retentionInDays"] == 30
    assert group["arn"] == group["logGroupArn"] + ":*"

    # Step 3: the inline policy on the node's role.
    steps.put_role_policy()

    # Step 4: the preferences; both switches are off until somebody turns them on.
    steps.make_preferences()
    first = json.loads(server.aws("ssm", "get-document", "--name", PREFERENCES)["Content"])
    assert first["inputs"]["kmsKeyId"] == "" and first["inputs"]["cloudWatchLogGroupName"] == ""
    steps.update_preferences()

    # The check: a session, some commands, and the log read back.
    session = Session(server, node).open()
    assert "2026" in session.type("echo $((2000 + 26))")
    session.type("ls /nonexistent-for-the-log")
    secret = "hunter2-never-logged"
    session.child.sendline("printf 'Pass''word: '; stty -echo; read PW; stty echo; echo got ${#PW}")
    session.child.expect_exact("Password: ")
    session.child.sendline(secret)
    session.child.expect_exact(f"got {len(secret)}")
    shown, status = session.leave()
    assert status == 0, shown

    (past,) = server.past_sessions()
    assert past["Target"] == node.id and past["Status"] == "Terminated"
    name = past["SessionId"]
    assert name.startswith("administrator-") and len(name) == len("administrator-") + 17

    streams = server.aws("logs", "describe-log-streams", "--log-group-name", LOG_GROUP)
    assert [stream["logStreamName"] for stream in streams["logStreams"]] == [name]
    events = session_events(server, name)
    assert events
    for event in events:
        assert list(event) == [
            *("eventVersion", "eventTime", "awsRegion", "target", "userIdentity"),
            *("runAsUser", "sessionId", "sessionData"),
        ]
        assert event["target"] == {"id": node.id}
        assert event["userIdentity"] == {"arn": f"arn:aws:iam::{server.account}:user/administrator"}
        assert event["sessionId"] == name and event["awsRegion"] == server.region
    text = "\n".join(line for event in events for line in event["sessionData"])
    assert "echo $((2000 + 26))" in text and "\n2026\n" in text
    assert "nonexistent-for-the-log" in text
    assert secret not in text

    # The same log, found by what it says.
    found = server.aws(
        *("logs", "filter-log-events", "--log-group-name", LOG_GROUP),
        *("--filter-pattern", '"nonexistent-for-the-log"'),
    )["events"]
    assert found and all(event["logStreamName"] == name for event in found)


def test_setup_walkthrough_does_steps_1_to_4_and_changes_nothing_the_second_time(server, new_node):
    first = server.sekisho("setup-walkthrough", "--data", server.data)
    key = server.aws("kms", "describe-key", "--key-id", KEY_ALIAS)["KeyMetadata"]["KeyId"]
    before = server.aws("ssm", "list-document-versions", "--name", PREFERENCES)
    second = server.sekisho("setup-walkthrough", "--data", server.data)
    assert first != second
    assert server.aws("kms", "describe-key", "--key-id", KEY_ALIAS)["KeyMetadata"]["KeyId"] == key
    assert server.aws("ssm", "list-document-versions", "--name", PREFERENCES) == before

    node = new_node(ROLE)
    session = Session(server, node).open()
    session.type("echo walked-through")
    _, status = session.leave()
    assert status == 0
    name = server.past_sessions()[0]["SessionId"]
    text = json.dumps(session_events(server, name))
    assert "walked-through" in text


def test_without_streaming_the_whole_log_comes_at_the_end(server, article, new_node):
    node = new_node()
    content = preferences(article.key_arn, LOG_GROUP, encrypted=True, streaming=False)
    article.update_preferences(content)
    session = Session(server, node).open()
    session.type("echo all-at-once")
    _, status = session.leave()
    assert status == 0
    stream = server.past_sessions()[0]["SessionId"]
    events = server.aws(
        *("logs", "get-log-events", "--log-group-name", LOG_GROUP),
        *("--log-stream-name", stream, "--start-from-head"),
    )["events"]
    assert "all-at-once" in "".join(event["message"] for event in events)
