"""A front end that asks a kernel for the history of its store."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cashet_jupyter.magics.extension import TARGET
from tests.kernels import Kernel

#: seconds for anything that is sure to come
PATIENCE = 60.0


class Front:
    """One conversation, on a subshell of its own unless `subshell` is false."""

    def __init__(self, kernel: Kernel, *, subshell: bool = True, target: str = TARGET) -> None:
        self.kernel = kernel
        self.client = kernel._client
        self.subshell = self._new_subshell() if subshell else None
        self.id = uuid.uuid4().hex
        self._number = 0
        self.greeting: dict[str, Any] = {}
        self.beside: list[str] = []
        """Types of messages that came meanwhile and are nobody's answer: streams, errors."""
        self.opening = self.send("comm_open", target_name=target, data={})

    def _new_subshell(self) -> str:
        message = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(message)
        deadline = time.monotonic() + PATIENCE
        while True:
            reply = self.client.get_control_msg(timeout=max(0.0, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return reply["content"]["subshell_id"]

    def send(self, kind: str, **content: Any) -> str:
        """Send a message of the comm's; its id."""
        message = self.client.session.msg(kind, {"comm_id": self.id, **content})
        if self.subshell is not None:
            message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def heard(self, kinds: tuple[str, ...] = ("comm_msg",)) -> dict[str, Any]:
        """The content of the next message of this comm's."""
        deadline = time.monotonic() + PATIENCE
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.0, deadline - time.monotonic()))
            if message["msg_type"] in kinds and message["content"].get("comm_id") == self.id:
                return message["content"]
            if message["msg_type"] != "status":
                self.beside.append(message["msg_type"])

    def ready(self) -> dict[str, Any]:
        """What the kernel says first."""
        return self.heard()["data"]

    def say(self, data: Any) -> dict[str, Any]:
        """The answer to anything at all."""
        self.send("comm_msg", data=data)
        return self.heard()["data"]

    def put(self, **content: Any) -> dict[str, Any]:
        """The answer to a well-formed message; it has its id."""
        self._number += 1
        reply = self.say({"id": self._number, **content})
        assert reply["id"] == self._number
        return reply

    def ask(self, route: str, **params: Any) -> dict[str, Any]:
        """The answer to a question."""
        return self.put(ask=route, params=params)["answer"]

    def do(self, route: str, **body: Any) -> dict[str, Any]:
        """What came of a change."""
        return self.put(do=route, body=body)["answer"]

    def refused(self, **content: Any) -> int:
        """The status of what is refused."""
        return self.put(**content)["error"]["status"]


@contextmanager
def conversing(kernel: Kernel, **options: Any) -> Iterator[Front]:
    """A conversation that the kernel has greeted."""
    front = Front(kernel, **options)
    front.greeting = front.ready()
    yield front
    front.send("comm_close", data={})
