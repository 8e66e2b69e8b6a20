import pytest

from article import ROLE, Walkthrough
from sekisho_under_test import Node, Server


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "server").start()
    yield server
    server.stop()


@pytest.fixture
def walkthrough(server):
    return Walkthrough(server)


@pytest.fixture
def article(walkthrough):
    """A server on which steps 1 to 4 have been done."""
    return walkthrough.everything()


@pytest.fixture
def new_node(server, tmp_path):
    """Registers and starts nodes, and stops them at the end."""
    nodes = []

    def make(role=ROLE):
        node = Node(server, tmp_path / f"node-{len(nodes)}", role)
        nodes.append(node)
        return node.start()

    yield make
    for node in nodes:
        node.stop()
