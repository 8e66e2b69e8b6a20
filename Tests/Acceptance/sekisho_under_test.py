"""A server and a node of our own, in a temporary directory, ended by process id.

Everything here uses the programs as a person does: `sekisho init`, `sekisho serve`,
`sekisho-agent register`, `sekisho-agent run`, the AWS CLI. Nothing reaches inside.
"""

import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("SEKISHO_PROGRAMS", ROOT / ".build" / "debug"))
SEKISHO = str(PROGRAMS / "sekisho")
AGENT = str(PROGRAMS / "sekisho-agent")
# The AWS CLI that stands beside the Python that runs the tests, else the one on the path.
AWS = shutil.which("aws", path=os.path.dirname(sys.executable)) or shutil.which("aws") or "aws"


class Refused(Exception):
    """A command that exited other than 0, with what it said."""

    def __init__(self, command, status, stderr):
        super().__init__(f"{' '.join(map(str, command))}\nexit {status}\n{stderr}")
        self.status = status
        self.stderr = stderr


def eventually(question, seconds=30, every=0.1):
    """Asks until the answer is true, and returns it; fails with the last answer."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < end, f"still {answer!r} after {seconds} s"
        time.sleep(every)


def run(command, env=None, stdin=None, timeout=120):
    done = subprocess.run(
        list(map(str, command)),
        env=env,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    if done.returncode != 0:
        raise Refused(command, done.returncode, done.stderr + done.stdout)
    return done.stdout


def clean_environment(home):
    """The environment of a new user: no settings of ours, no settings of the machine's owner."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SEKISHO_"))}
    return kept | {"HOME": str(home), "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}


class Process:
    """A program in the background, its output in a file, ended by process id."""

    def __init__(self, command, env, log):
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                list(map(str, command)),
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def text(self):
        return self.log.read_text(errors="replace")

    def is_running(self):
        return self.process.poll() is None

    def stop(self, with_signal=signal.SIGTERM, seconds=20):
        """Ends the program and returns its exit status."""
        if self.is_running():
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not end within {seconds} s:\n{self.text[-4000:]}")


class Server:
    """`sekisho serve` on a data directory, on free ports of the loopback."""

    region = "us-east-1"
    account = "111122223333"

    def __init__(self, directory, *init_options):
        self.directory = pathlib.Path(directory)
        self.data = self.directory / "data"
        self.home = self.directory / "home"
        self.home.mkdir(parents=True)
        self.process = None
        self.plain = clean_environment(self.home)
        self.administrator = json.loads(
            run(
                [SEKISHO, "init", "--data", self.data, "--region", self.region]
                + ["--account", self.account, "--output", "json", *init_options],
                env=self.plain,
            )
        )

    def start(self):
        (self.data / "server.json").unlink(missing_ok=True)
        self.process = Process(
            [SEKISHO, "serve", "--data", self.data]
            + ["--listen", "https://127.0.0.1:0", "--listen", "http://127.0.0.1:0"],
            self.plain,
            self.directory / "server.log",
        )
        eventually(self._is_ready)
        return self

    def _is_ready(self):
        assert self.process.is_running(), self.process.text
        try:
            self.addresses = json.loads((self.data / "server.json").read_text())
            return self.get("/health").status == 200
        except (OSError, ValueError):
            return False

    def stop(self, with_signal=signal.SIGTERM):
        if self.process is None:
            return None
        process, self.process = self.process, None
        return process.stop(with_signal)

    def restart(self):
        """Stops and starts again, at the addresses it had, so that nodes find it."""
        listeners = [x for pair in (("--listen", a) for a in self.addresses["listeners"]) for x in pair]
        assert self.stop() == 0
        (self.data / "server.json").unlink(missing_ok=True)
        self.process = Process(
            [SEKISHO, "serve", "--data", self.data] + listeners,
            self.plain,
            self.directory / "server.log",
        )
        eventually(self._is_ready)

    @property
    def endpoint(self):
        return next(a for a in self.addresses["listeners"] if a.startswith("https:"))

    @property
    def ca(self):
        return self.administrator["caCertificate"]

    def get(self, path):
        context = ssl.create_default_context(cafile=self.ca)
        return urllib.request.urlopen(self.endpoint + path, context=context, timeout=10)

    def environment(self, credentials=None):
        """What `sekisho env` would export, for these credentials or the administrator's."""
        credentials = credentials or {
            "AccessKeyId": self.administrator["accessKeyId"],
            "SecretAccessKey": self.administrator["secretAccessKey"],
        }
        result = self.plain | {
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CA_BUNDLE": self.ca,
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }
        if "SessionToken" in credentials:
            result["AWS_SESSION_TOKEN"] = credentials["SessionToken"]
        return result

    def aws(self, *words, credentials=None):
        """Runs the AWS CLI, and returns its JSON answer; raises `Refused` with its error."""
        out = run([AWS, *words, "--output", "json"], env=self.environment(credentials))
        return json.loads(out) if out.strip() else None

    def sekisho(self, *words, credentials=None, stdin=None):
        return run([SEKISHO, *words], env=self.environment(credentials), stdin=stdin)

    def past_sessions(self, count=1):
        """Sessions that have ended, the newest first, once there are so many."""

        def history():
            return self.aws("ssm", "describe-sessions", "--state", "History")["Sessions"]

        return eventually(lambda: (found := history()) and len(found) >= count and found)

    def user(self, name, *policy_arns, inline=None):
        """Makes a user with these policies, and returns the user's access key."""
        self.aws("iam", "create-user", "--user-name", name)
        for arn in policy_arns:
            self.aws("iam", "attach-user-policy", "--user-name", name, "--policy-arn", arn)
        if inline:
            self.aws(
                *("iam", "put-user-policy", "--user-name", name, "--policy-name", "inline"),
                *("--policy-document", json.dumps(inline)),
            )
        return self.aws("iam", "create-access-key", "--user-name", name)["AccessKey"]


class Node:
    """`sekisho-agent` on a state directory of its own."""

    def __init__(self, server, directory, role):
        self.server = server
        self.state = pathlib.Path(directory)
        activation = server.aws("ssm", "create-activation", "--iam-role", role)
        run(
            [AGENT, "register", "--endpoint", server.endpoint, "--ca", server.ca]
            + ["--code", activation["ActivationCode"], "--id", activation["ActivationId"]]
            + ["--region", server.region, "--state", self.state],
            env=server.plain,
        )
        self.activation = activation
        self.process = None
        nodes = server.aws("ssm", "describe-instance-information")["InstanceInformationList"]
        registered = [n for n in nodes if n.get("ActivationId") == activation["ActivationId"]]
        assert len(registered) == 1, nodes
        self.id = registered[0]["InstanceId"]

    def start(self):
        self.process = Process(
            [AGENT, "run", "--state", self.state],
            self.server.plain,
            self.state.parent / f"{self.state.name}.out",
        )
        eventually(self.is_connected)
        return self

    def is_connected(self):
        assert self.process.is_running(), self.process.text
        status = self.server.aws("ssm", "get-connection-status", "--target", self.id)
        return status["Status"] == "connected"

    @property
    def log(self):
        return (self.state / "agent.log").read_text(errors="replace")

    def stop(self):
        if self.process is None:
            return None
        process, self.process = self.process, None
        return process.stop()
