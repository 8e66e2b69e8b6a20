"""The stock amazon-ssm-agent and session-manager-plugin against our server, and each against ours.

They are built from their public sources and are not part of this project. To run these tests, name the folder that
holds `amazon-ssm-agent`, `ssm-agent-worker`, `ssm-session-worker` and `session-manager-plugin`:

    SEKISHO_STOCK_PEERS=/path/to/folder python3 -m pytest Tests/Acceptance/test_stock_peers.py

The agent keeps its state in /var/lib/amazon, which cannot be set, so it runs in a mount namespace of its own, and the
tests have to be run as root.
"""

import json
import os
import pathlib
import shutil

import pexpect
import pytest

from article import LOG_GROUP, ROLE, Walkthrough
from connect_proxy import ConnectProxy
from sekisho_under_test import Node, Process, Server, eventually
from terminal import Session

PEERS = os.environ.get("SEKISHO_STOCK_PEERS")
DOMAIN = "sekisho.test"

pytestmark = pytest.mark.skipif(
    PEERS is None or os.geteuid() != 0, reason="SEKISHO_STOCK_PEERS is not set, or not root"
)


@pytest.fixture
def server(tmp_path):
    server = Server(
        tmp_path / "server",
        *("--domain", DOMAIN, "--san", "kms.us-east-1.amazonaws.com"),
    ).start()
    yield server
    server.stop()


@pytest.fixture
def article(server):
    return Walkthrough(server).everything()


@pytest.fixture
def proxy(server):
    host, port = server.endpoint.removeprefix("https://").split(":")
    proxy = ConnectProxy((host, int(port)))
    yield proxy
    proxy.stop()


class StockAgent:
    def __init__(self, server, directory, proxy):
        self.server = server
        self.directory = pathlib.Path(directory)
        (self.directory / "configuration").mkdir(parents=True)
        for name in ("amazon-ssm-agent", "ssm-agent-worker", "ssm-session-worker"):
            shutil.copy(pathlib.Path(PEERS) / name, self.directory / name)
            os.chmod(self.directory / name, 0o755)
        configuration = {
            "Profile": {"ShareCreds": True},
            "Agent": {"Region": server.region, "ServiceDomain": DOMAIN},
            "Identity": {"ConsumptionOrder": ["OnPrem"]},
        }
        (self.directory / "configuration" / "amazon-ssm-agent.json").write_text(
            json.dumps(configuration)
        )
        self.environment = server.plain | {
            "HTTPS_PROXY": proxy.url,
            "SSL_CERT_FILE": server.ca,
            "AWS_CA_BUNDLE": server.ca,
            "HOME": str(self.directory),
        }
        self.activation = server.aws("ssm", "create-activation", "--iam-role", ROLE)
        state = self.directory / "state"
        logs = self.directory / "logs"
        state.mkdir()
        logs.mkdir()
        agent = self.directory / "amazon-ssm-agent"
        script = (
            "mkdir -p /var/lib/amazon /var/log/amazon && "
            f"mount --bind {state} /var/lib/amazon && mount --bind {logs} /var/log/amazon && "
            f"{agent} -register -y -region {server.region} -id {self.activation['ActivationId']} "
            f"-code {self.activation['ActivationCode']} && exec {agent}"
        )
        self.process = Process(
            ["unshare", "-m", "sh", "-c", script], self.environment, self.directory / "out"
        )
        self.id = eventually(self._registered, seconds=60)
        eventually(self.is_connected, seconds=60)

    def _registered(self):
        assert self.process.is_running(), self.process.text
        nodes = self.server.aws("ssm", "describe-instance-information")["InstanceInformationList"]
        return nodes[0]["InstanceId"] if nodes else None

    def is_connected(self):
        assert self.process.is_running(), self.process.text
        status = self.server.aws("ssm", "get-connection-status", "--target", self.id)
        return status["Status"] == "connected"

    def stop(self):
        self.process.stop()


@pytest.fixture
def stock_agent(server, article, proxy, tmp_path):
    agent = StockAgent(server, tmp_path / "stock", proxy)
    yield agent
    agent.stop()


def logged_text(server):
    name = server.aws("ssm", "describe-sessions", "--state", "History")["Sessions"][0]["SessionId"]
    events = server.aws(
        *("logs", "get-log-events", "--log-group-name", LOG_GROUP),
        *("--log-stream-name", name, "--start-from-head"),
    )["events"]
    return "\n".join(line for e in events for line in json.loads(e["message"])["sessionData"])


def stock_client(server, node, proxy):
    """`aws ssm start-session` with the stock plugin on the path."""
    environment = server.environment() | {
        "PATH": f"{PEERS}:{os.environ['PATH']}",
        "HTTPS_PROXY": proxy.url,
        "NO_PROXY": "127.0.0.1,localhost",
        "SSL_CERT_FILE": server.ca,
    }
    return pexpect.spawn(
        "aws",
        ["ssm", "start-session", "--target", node.id],
        env=environment,
        dimensions=(30, 120),
        encoding="utf-8",
        timeout=60,
    )


def use(child):
    """Types in a session whose far end is a plain `sh`, and leaves."""
    child.expect(r"[$#] ")
    child.sendline("echo $((2000 + 26))-through-stock")
    child.expect_exact("2026-through-stock")
    child.sendline("exit")
    child.expect(pexpect.EOF)
    child.close()


def test_our_client_and_the_stock_agent(server, stock_agent):
    use(Session(server, stock_agent).child)
    eventually(lambda: server.aws("ssm", "describe-sessions", "--state", "History")["Sessions"])
    assert "2026-through-stock" in eventually(lambda: logged_text(server))


def test_the_stock_client_and_our_agent(server, article, proxy, tmp_path):
    node = Node(server, tmp_path / "node", ROLE).start()
    try:
        use(stock_client(server, node, proxy))
        eventually(lambda: server.aws("ssm", "describe-sessions", "--state", "History")["Sessions"])
        assert "2026-through-stock" in eventually(lambda: logged_text(server))
    finally:
        node.stop()


def test_the_stock_client_and_the_stock_agent(server, stock_agent, proxy):
    use(stock_client(server, stock_agent, proxy))
    eventually(lambda: server.aws("ssm", "describe-sessions", "--state", "History")["Sessions"])
    assert "2026-through-stock" in eventually(lambda: logged_text(server))
