"""Searching every byte that is left on disk for what must not be there."""

import base64
import json
import pathlib

from terminal import Session

TYPED = "typed-text-4f1d8a77"


def files_under(*folders):
    for folder in folders:
        for path in pathlib.Path(folder).rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()


def test_no_typed_text_key_password_or_token_is_on_disk(server, article, new_node, tmp_path):
    node = new_node()
    alice = server.user("alice", "arn:aws:iam::aws:policy/AdministratorAccess")
    role_session = server.aws(
        *("sts", "assume-role", "--role-session-name", "check"),
        *("--role-arn", make_role(server)),
    )["Credentials"]
    data_key = server.aws(
        *("kms", "generate-data-key", "--key-id", article.key, "--key-spec", "AES_256"),
    )
    secret_text = "text-under-the-key-91bc"
    server.aws("kms", "encrypt", "--key-id", article.key, "--plaintext", secret_text)

    session = Session(server, node).open()
    session.type(f"echo {TYPED}; echo $((61784 * 61784))")
    assert session.type("true") is not None
    password = "correct-horse-battery-5e"
    session.child.sendline("printf 'Pass''word: '; stty -echo; read PW; stty echo; echo done-''reading")
    session.child.expect_exact("Password: ")
    session.child.sendline(password)
    session.child.expect_exact("done-reading")

    def wanted():
        yield "typed text", TYPED.encode()
        yield "shown text", str(61784 * 61784).encode()
        yield "password", password.encode()
        yield "administrator's secret", server.administrator["secretAccessKey"].encode()
        yield "console password", server.administrator["consolePassword"].encode()
        yield "user's secret", alice["SecretAccessKey"].encode()
        yield "role's secret", role_session["SecretAccessKey"].encode()
        yield "session token", role_session["SessionToken"].encode()
        yield "activation code", node.activation["ActivationCode"].encode()
        yield "plain text", secret_text.encode()
        yield "data key", base64.b64decode(data_key["Plaintext"])
        yield "data key in base64", data_key["Plaintext"].encode()

    def search():
        found = []
        for path, content in files_under(tmp_path):
            if path.name == "root.key":
                continue
            for what, needle in wanted():
                if needle in content:
                    found.append((what, str(path)))
            if path.is_relative_to(server.data) and b"PRIVATE KEY" in content:
                found.append(("private key", str(path)))
        return found

    # While the session runs, after it, and after the server is gone: each time the same search.
    assert search() == []
    session.leave()
    assert search() == []
    node.stop()
    server.stop()
    assert search() == []


def make_role(server):
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{server.account}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = server.aws(
        *("iam", "create-role", "--role-name", "auditor"),
        *("--assume-role-policy-document", json.dumps(document)),
    )
    return role["Role"]["Arn"]
