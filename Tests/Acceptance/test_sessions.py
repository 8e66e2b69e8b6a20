"""A real terminal over the wire: sizes, signals, statuses, ends, and who may do what."""

import subprocess
import time

import pexpect
import pytest

from article import LOG_GROUP, preferences
from sekisho_under_test import AWS, SEKISHO, Refused, eventually
from terminal import Session


@pytest.fixture
def node(article, new_node):
    return new_node()


def connect(server, node, *command, stdin=None, credentials=None):
    return subprocess.run(
        [SEKISHO, "connect", node.id, "--", *command],
        env=server.environment(credentials),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "command, status",
    [(["true"], 0), (["false"], 1), (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -TERM $$"], 143)],
)
def test_a_command_s_exit_status_is_connect_s_own(server, node, command, status):
    done = connect(server, node, *command)
    assert done.returncode == status, done.stderr


def test_aws_ssm_start_session_opens_a_shell_with_sekisho_as_the_plugin(server, node, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "session-manager-plugin").symlink_to(SEKISHO)
    environment = server.environment()
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    child = pexpect.spawn(
        AWS,
        ["ssm", "start-session", "--target", node.id],
        env=environment,
        encoding="utf-8",
        timeout=60,
    )
    child.expect(r"[$#] ")
    child.sendline("echo $((2000 + 26))-by-the-aws-cli")
    child.expect_exact("2026-by-the-aws-cli")
    child.sendline("exit")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    (past,) = server.past_sessions()
    assert past["Status"] == "Terminated"


def test_the_words_of_a_command_arrive_as_they_were_given(server, node):
    done = connect(server, node, "printf", "%s|", "two words", "$HOME", "it's", "")
    assert done.returncode == 0, done.stderr
    assert "two words|$HOME|it's||" in done.stdout


def test_the_remote_terminal_has_the_size_of_the_person_s_and_follows_it(server, node):
    session = Session(server, node, size=(33, 101)).open()
    eventually(lambda: "33 101" in session.type("stty size"))
    session.child.setwinsize(44, 99)
    eventually(lambda: "44 99" in session.type("stty size"))
    session.leave()


def test_control_c_ends_the_command_and_not_the_session(server, node):
    session = Session(server, node).open()
    session.child.sendline("sleep 100")
    session.child.expect_exact("sleep 100")
    time.sleep(0.5)  # The shell forks before the key means anything to it.
    session.child.sendcontrol("c")
    session.child.expect_exact("ready-for-input>")
    assert "still here" in session.type("echo still here")
    _, status = session.leave("exit 3")
    assert status == 3


def test_the_tilde_escape_ends_a_session_that_hangs(server, node):
    session = Session(server, node).open()
    session.child.sendline("sleep 1000")
    session.child.expect_exact("sleep 1000")
    session.child.send("\r~.")
    _, status = session.finish()
    assert status == 255


def test_a_screenful_of_output_arrives_whole_and_in_order(server, node):
    done = connect(server, node, "seq", "1", "200000")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.replace("\r", "").split("\n")
    assert lines[:200000] == [str(n) for n in range(1, 200001)]


def test_a_pipeline_whose_reader_leaves_ends_with_its_session(server, node):
    done = subprocess.run(
        ["bash", "-c", '"$0" connect "$1" -- yes | head -n 1', SEKISHO, node.id],
        env=server.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout.strip() == "y", done.stderr
    (past,) = server.past_sessions()
    assert past["Status"] == "Terminated"
    assert server.aws("ssm", "describe-sessions", "--state", "Active")["Sessions"] == []


def test_terminate_session_ends_the_shell_and_the_person_s_terminal(server, node):
    session = Session(server, node).open()
    (active,) = server.aws("ssm", "describe-sessions", "--state", "Active")["Sessions"]
    assert active["Status"] == "Connected"
    ended = server.aws("ssm", "terminate-session", "--session-id", active["SessionId"])
    assert ended["SessionId"] == active["SessionId"]
    shown, status = session.finish()
    assert status == 255 and "sekisho:" in shown
    eventually(
        lambda: [
            s["Status"]
            for s in server.aws("ssm", "describe-sessions", "--state", "History")["Sessions"]
        ]
        == ["Terminated"]
    )


def test_a_person_may_end_only_their_own_sessions(server, node):
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["ssm:StartSession", "kms:GenerateDataKey"], "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": ["ssm:TerminateSession", "ssm:ResumeSession"],
                "Resource": "arn:aws:ssm:*:*:session/${aws:username}-*",
            },
        ],
    }
    alice = server.user("alice", inline=policy)
    bob = server.user("bob", inline=policy)
    session = Session(server, node, credentials=alice).open()
    (active,) = server.aws("ssm", "describe-sessions", "--state", "Active")["Sessions"]
    assert active["SessionId"].startswith("alice-")
    with pytest.raises(Refused) as refused:
        server.aws("ssm", "terminate-session", "--session-id", active["SessionId"], credentials=bob)
    assert "AccessDenied" in refused.value.stderr and "ssm:TerminateSession" in refused.value.stderr
    assert "here" in session.type("echo here")
    server.aws("ssm", "terminate-session", "--session-id", active["SessionId"], credentials=alice)
    session.finish()


def test_who_may_not_start_a_session_is_told_what_is_missing(server, node):
    carol = server.user("carol", "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess")
    shown, status = Session(server, node, credentials=carol).finish()
    assert status == 255
    assert "ssm:StartSession" in shown and "user/carol" in shown


def test_who_may_not_use_the_key_gets_no_shell(server, node):
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}],
    }
    dave = server.user("dave", inline=policy)
    shown, status = Session(server, node, credentials=dave).finish()
    assert status == 255
    assert "kms:GenerateDataKey" in shown


def test_a_session_goes_on_when_the_server_restarts(server, node):
    session = Session(server, node).open()
    session.type("marker=kept-across-the-restart")
    server.restart()
    session.child.sendline("")
    session.child.expect_exact("ready-for-input>", timeout=60)
    assert "kept-across-the-restart" in session.type("echo $marker")
    _, status = session.leave()
    assert status == 0


def test_an_idle_session_ends_after_its_time(server, article, node):
    article.update_preferences(
        preferences(article.key_arn, LOG_GROUP, encrypted=True, idleSessionTimeout="1")
    )
    session = Session(server, node).open()
    session.child.timeout = 100
    shown, _ = session.finish()
    assert "idle" in shown.lower() or "inactiv" in shown.lower() or "timed out" in shown.lower()


def test_deregistering_a_node_ends_what_it_may(server, node):
    server.aws("ssm", "deregister-managed-instance", "--instance-id", node.id)
    with pytest.raises(Refused) as refused:
        server.aws("ssm", "start-session", "--target", node.id)
    assert "TargetNotConnected" in refused.value.stderr or "InvalidInstanceId" in refused.value.stderr
    nodes = server.aws("ssm", "describe-instance-information")["InstanceInformationList"]
    assert node.id not in [n["InstanceId"] for n in nodes]


def test_the_node_s_shell_runs_as_the_agent_s_own_user(server, node):
    done = connect(server, node, "id", "-un")
    expected = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
    assert done.stdout.strip() == expected
