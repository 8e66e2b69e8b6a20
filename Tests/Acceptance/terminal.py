"""A person at a terminal, in a session: types, reads, leaves."""

import pexpect

from sekisho_under_test import SEKISHO

PROMPT = "ready-for-input>"


class Session:
    """`sekisho connect` on a pseudo-terminal."""

    def __init__(self, server, node, *words, credentials=None, size=(30, 120)):
        self.child = pexpect.spawn(
            SEKISHO,
            ["connect", node.id, *words],
            env=server.environment(credentials),
            dimensions=size,
            encoding="utf-8",
            timeout=30,
        )

    def open(self):
        """Waits for the shell, and gives it a prompt that a test can tell from an echo."""
        self.child.expect(r"[$#] ")
        self.child.sendline("PS1=ready-for-; PS1=${PS1}input'>'")
        self.child.expect_exact(PROMPT)
        return self

    def type(self, line):
        """Types a line, and returns what was shown before the next prompt."""
        self.child.sendline(line)
        self.child.expect_exact(PROMPT)
        return self.child.before

    def leave(self, line="exit"):
        """Leaves the shell, and returns what was shown and the exit status of `connect`."""
        self.child.sendline(line)
        return self.finish()

    def finish(self):
        self.child.expect(pexpect.EOF)
        shown = self.child.before
        self.child.close()
        return shown, self.child.exitstatus
