"""The first minutes of a new operator: init, serve, env, health, metrics, stop; and bad input."""

import base64
import json
import signal
import stat
import subprocess
import time

import boto3
import pytest
from botocore.exceptions import ClientError

from article import trust_policy
from sekisho_under_test import (
    AGENT,
    AWS,
    SEKISHO,
    Node,
    Process,
    Refused,
    Server,
    clean_environment,
    eventually,
    run,
)


def test_init_makes_a_root_key_for_its_owner_only_and_refuses_a_used_directory(server):
    key = server.data / "root.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    with pytest.raises(Refused) as refused:
        run([SEKISHO, "init", "--data", server.data], env=server.plain)
    assert refused.value.status == 1 and str(server.data) in refused.value.stderr


def test_wrong_usage_exits_2_and_says_what_was_wrong(server):
    for command in ([SEKISHO, "init"], [SEKISHO, "serve", "--bogus"], [AGENT, "register"]):
        with pytest.raises(Refused) as refused:
            run(command, env=server.plain)
        assert refused.value.status == 2, refused.value


def refusal(server, *words, **changes):
    """What a command that has to fail says, and its exit status."""
    environment = {k: v for k, v in (server.environment() | changes).items() if v is not None}
    with pytest.raises(Refused) as refused:
        run([SEKISHO, *words], env=environment)
    return refused.value.stderr, refused.value.status


def test_a_root_key_that_was_moved_is_named_to_every_command_on_the_data(server):
    data, moved = server.data, server.directory / "moved.key"
    (data / "root.key").rename(moved)
    plain = server.plain
    with pytest.raises(Refused) as refused:
        run([SEKISHO, "env", "--data", data], env=plain)
    assert "--root-key" in refused.value.stderr
    issue = ["certificate", "issue", "h.example", "--out", server.directory]
    for command in (["env"], ["nodes"], ["keys"], ["setup-walkthrough"], issue):
        command = [SEKISHO, *command, "--data", data]
        run([*command, "--root-key", moved], env=plain)
        run(command, env=plain | {"SEKISHO_ROOT_KEY": str(moved)})
    (data / "sekisho.json").write_text(json.dumps({"rootKey": str(moved)}))
    run([SEKISHO, "nodes", "--data", data], env=plain)
    server.stop()
    server.start()


def test_a_root_key_that_does_not_do_comes_with_what_mends_it(server):
    key = server.data / "root.key"
    key.chmod(0o644)
    said, status = refusal(server, "env", "--data", server.data)
    assert status == 1 and f"chmod 600 {key}" in said and "--root-key" not in said
    key.chmod(0o600)
    key.write_text("damaged")
    said, _ = refusal(server, "env", "--data", server.data)
    assert "backup" in said and "--root-key" not in said


@pytest.mark.parametrize("taken", [True, False])
def test_an_init_that_fails_leaves_nothing_behind(tmp_path, taken):
    key = tmp_path / "key"
    if taken:
        key.write_text("mine")
    place = key if taken else tmp_path / "nowhere" / "key"
    with pytest.raises(Refused) as refused:
        run([SEKISHO, "init", "--data", tmp_path / "a" / "data", "--root-key", place])
    assert refused.value.status == 1 and str(place) in refused.value.stderr
    assert [p.name for p in tmp_path.iterdir()] == (["key"] if taken else [])
    assert not taken or key.read_text() == "mine"


def test_a_misspelt_setting_is_refused_by_name(server):
    server.stop()
    (server.data / "sekisho.json").write_text('{"publicURL": "https://h.example"}')
    with pytest.raises(Refused) as refused:
        run([SEKISHO, "serve", "--data", server.data], env=server.plain)
    assert "'publicURL'" in refused.value.stderr and "'publicUrl'" in refused.value.stderr


def test_what_is_not_there_is_named_with_the_command_that_lists_what_is(server, article):
    for words, name, advice in (
        (["nodes", "remove", "mi-0123456789abcdef0"], "mi-0123456789abcdef0", "'sekisho nodes'"),
        (["connect", "mi-0123456789abcdef0"], "mi-0123456789abcdef0", "'sekisho nodes'"),
        (["connect", "foo"], "'foo'", "'sekisho nodes'"),
        (["logs", "get", "nosuch"], "'nosuch'", "'sekisho sessions --history'"),
        (["logs", "get", "nogroup", "nosuch"], "'nogroup'", "'sekisho logs'"),
        (["logs", "streams", "nogroup"], "'nogroup'", "'sekisho logs'"),
        (["sessions", "terminate", "nosuch"], "'nosuch'", "'sekisho sessions'"),
        (["keys", "describe", "alias/nosuch"], "'alias/nosuch'", "'sekisho keys'"),
    ):
        said, status = refusal(server, *words)
        assert name in said and advice in said, said
        assert status == (255 if words[0] == "connect" else 1)


def test_a_server_that_is_not_reached_is_told_with_what_to_do(server, tmp_path):
    plain = next(a for a in server.addresses["listeners"] if a.startswith("http:"))
    other = Server(tmp_path / "other")
    for changes, advice in (
        ({"AWS_CA_BUNDLE": None}, "set AWS_CA_BUNDLE"),
        ({"AWS_CA_BUNDLE": other.ca}, other.ca),
        ({"AWS_ENDPOINT_URL": server.endpoint.replace("https:", "http:")}, server.endpoint),
        ({"AWS_ENDPOINT_URL": plain.replace("http:", "https:")}, "use an http:// URL"),
    ):
        said, status = refusal(server, "nodes", **changes)
        assert status == 1 and advice in said, said
    server.aws("iam", "create-role", "--role-name", "r", "--assume-role-policy-document", trust_policy())
    activation = server.aws("ssm", "create-activation", "--iam-role", "r")
    with pytest.raises(Refused) as refused:
        run(
            [AGENT, "register", "--endpoint", server.endpoint, "--region", server.region]
            + ["--code", activation["ActivationCode"], "--id", activation["ActivationId"]]
            + ["--state", tmp_path / "state"],
            env=server.plain,
        )
    assert "--ca" in refused.value.stderr and "AWS_CA_BUNDLE" not in refused.value.stderr


def test_activate_says_what_another_machine_needs(server, article):
    done = subprocess.run(
        [SEKISHO, "nodes", "activate", "--role", "EC2RoleSSMCWSecureLogs"],
        env=server.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert f"--ca {server.ca}" in done.stdout and "copy that file there" in done.stdout
    assert "from this machine only" in done.stdout and "--public-url" in done.stdout


@pytest.mark.parametrize("listener", ["http://0.0.0.0:0", "http://192.0.2.1:0"])
def test_plain_http_is_refused_off_the_loopback(server, listener):
    server.stop()
    with pytest.raises(Refused) as refused:
        run([SEKISHO, "serve", "--data", server.data, "--listen", listener], env=server.plain)
    assert "loopback" in refused.value.stderr


def test_a_second_server_on_the_same_data_is_refused(server):
    with pytest.raises(Refused) as refused:
        run(
            [SEKISHO, "serve", "--data", server.data, "--listen", "https://127.0.0.1:0"],
            env=server.plain,
        )
    assert refused.value.status == 1 and str(server.data) in refused.value.stderr


def test_sigterm_ends_the_server_with_status_0(server):
    assert server.stop(signal.SIGTERM) == 0


def test_health_and_metrics_answer_and_metrics_hold_no_secret(server):
    server.aws("sts", "get-caller-identity")
    with pytest.raises(Refused):
        server.aws("kms", "describe-key", "--key-id", "no-such-key")
    metrics = server.get("/metrics").read().decode()
    assert "GetCallerIdentity" in metrics and "DescribeKey" in metrics
    assert server.administrator["secretAccessKey"] not in metrics


def test_env_points_the_aws_tools_at_this_server(server):
    exports = run([SEKISHO, "env", "--data", server.data], env=server.plain)
    script = f'{exports}\n"{AWS}" sts get-caller-identity --output json'
    done = subprocess.run(
        ["bash", "-c", script], env=server.plain, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Arn"] == f"arn:aws:iam::{server.account}:user/administrator"


@pytest.mark.parametrize(
    "change, code",
    [
        ({"AWS_SECRET_ACCESS_KEY": "wrong" * 8}, "SignatureDoesNotMatch"),
        ({"AWS_ACCESS_KEY_ID": "AKIAAAAAAAAAAAAAAAAA"}, "InvalidClientTokenId"),
        ({"AWS_SESSION_TOKEN": "made-up"}, "InvalidClientTokenId"),
    ],
)
def test_a_caller_without_the_right_key_is_refused(server, change, code):
    done = subprocess.run(
        [AWS, "sts", "get-caller-identity"],
        env=server.environment() | change,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0 and code in done.stderr, done.stderr


def test_in_memory_is_ready_at_once_and_says_its_credentials(tmp_path):
    env = clean_environment(tmp_path)
    process = Process(
        [SEKISHO, "serve", "--in-memory", "--listen", "http://127.0.0.1:0"], env, tmp_path / "log"
    )
    try:
        line = eventually(
            lambda: next((l for l in process.text.splitlines() if l.startswith("{")), None)
        )
        made = json.loads(line)
        kms = boto3.client(
            "kms",
            endpoint_url=made["endpoint"],
            region_name="eu-central-1",
            aws_access_key_id=made["accessKeyId"],
            aws_secret_access_key=made["secretAccessKey"],
        )
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        sealed = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"a": "b"})
        blob = sealed["CiphertextBlob"]
        assert kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"})["Plaintext"] == b"x"
        with pytest.raises(ClientError) as refused:
            kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "c"})
        assert refused.value.response["Error"]["Code"] == "InvalidCiphertextException"
    finally:
        assert process.stop() == 0


def test_what_was_kept_is_there_after_a_crash(server):
    key = server.aws("kms", "create-key")["KeyMetadata"]["KeyId"]
    blob = server.aws("kms", "encrypt", "--key-id", key, "--plaintext", "kept")["CiphertextBlob"]
    server.aws("logs", "create-log-group", "--log-group-name", "kept")
    server.aws(
        *("logs", "create-log-stream", "--log-group-name", "kept", "--log-stream-name", "s"),
    )
    events = [{"timestamp": int(time.time() * 1000), "message": f"event {n}"} for n in range(500)]
    server.aws(
        *("logs", "put-log-events", "--log-group-name", "kept", "--log-stream-name", "s"),
        *("--log-events", json.dumps(events)),
    )
    server.stop(signal.SIGKILL)
    server.start()
    file = server.directory / "blob"
    file.write_bytes(base64.b64decode(blob))
    plain = server.aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{file}")["Plaintext"]
    assert base64.b64decode(plain) == b"kept"
    read = server.aws(
        *("logs", "get-log-events", "--log-group-name", "kept", "--log-stream-name", "s"),
        "--start-from-head",
    )["events"]
    assert [event["message"] for event in read] == [f"event {n}" for n in range(500)]


def test_a_listener_that_is_taken_is_named(server):
    other = Server(server.directory / "other")
    with pytest.raises(Refused) as refused:
        run(
            [SEKISHO, "serve", "--data", other.data, "--listen", server.endpoint],
            env=other.plain,
        )
    assert refused.value.status == 1
    assert server.endpoint.rsplit(":", 1)[1] in refused.value.stderr


def test_an_agent_with_a_wrong_code_is_refused_with_a_sentence(server, article):
    activation = server.aws("ssm", "create-activation", "--iam-role", "EC2RoleSSMCWSecureLogs")
    with pytest.raises(Refused) as refused:
        run(
            [AGENT, "register", "--endpoint", server.endpoint, "--ca", server.ca]
            + ["--code", "A" * 20, "--id", activation["ActivationId"]]
            + ["--region", server.region, "--state", server.directory / "state"],
            env=server.plain,
        )
    assert refused.value.status == 1 and "InvalidActivation" in refused.value.stderr
    assert activation["ActivationCode"] not in refused.value.stderr


def test_a_refused_second_registration_leaves_the_node_at_work(server, article, tmp_path):
    node = Node(server, tmp_path / "node", "EC2RoleSSMCWSecureLogs")
    before = {file.name: file.read_bytes() for file in node.state.iterdir()}
    again = [AGENT, "register", "--endpoint", server.endpoint, "--ca", server.ca, "--code", "A" * 20]
    again += ["--id", node.activation["ActivationId"], "--region", server.region, "--state", node.state]
    for more, said in (([], "--replace"), (["--replace"], "InvalidActivation")):
        with pytest.raises(Refused) as refused:
            run(again + more, env=server.plain)
        assert refused.value.status == 1 and said in refused.value.stderr
        assert {file.name: file.read_bytes() for file in node.state.iterdir()} == before
    node.start()
    assert node.stop() == 0
    lines = node.log.splitlines()
    assert lines[-1].endswith("sekisho-agent stopped") and "Cancellation" not in node.log


def test_a_region_that_is_not_served_does_not_use_the_activation(server, article, tmp_path):
    activation = server.aws("ssm", "create-activation", "--iam-role", "EC2RoleSSMCWSecureLogs")
    register = [AGENT, "register", "--endpoint", server.endpoint, "--ca", server.ca]
    register += ["--code", activation["ActivationCode"], "--id", activation["ActivationId"]]
    register += ["--state", tmp_path / "node"]
    with pytest.raises(Refused) as refused:
        run(register + ["--region", "ap-south-1"], env=server.plain)
    assert refused.value.status == 1
    assert "ap-south-1" in refused.value.stderr and "--region" in refused.value.stderr
    run(register + ["--region", server.region], env=server.plain)


def test_a_deregistered_agent_says_so_once_and_stops_cleanly(server, article, new_node):
    node = new_node()
    server.aws("ssm", "deregister-managed-instance", "--instance-id", node.id)
    eventually(lambda: "sekisho-agent register --replace" in node.log)
    assert node.log.count(" ERROR ") <= 2, node.log
    assert node.stop() == 0


def test_garbage_on_the_wire_does_not_stop_the_server(server):
    import socket
    import ssl

    context = ssl.create_default_context(cafile=server.ca)
    host, port = server.endpoint.removeprefix("https://").split(":")
    for garbage in (
        b"\x00" * 500,
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /v1/control-channel/mi-0 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" + b"\xff" * 100,
        b"POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: TrentService.Encrypt\r\ncontent-length: 3\r\n\r\n{{{",
    ):
        with socket.create_connection((host, int(port)), timeout=10) as plain:
            with context.wrap_socket(plain, server_hostname=host) as connection:
                connection.sendall(garbage)
                connection.settimeout(2)
                try:
                    connection.recv(4096)
                except (OSError, ssl.SSLError):
                    pass
        with socket.create_connection((host, int(port)), timeout=10) as plain:
            plain.sendall(garbage)
    assert server.process.is_running()
    assert server.get("/health").status == 200
