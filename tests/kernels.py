"""A real kernel, as short to use in a test as a function call."""

from __future__ import annotations

import base64
import os
import pickle
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

START_TIMEOUT = 60.0
RUN_TIMEOUT = 60.0
# matplotlib builds a font cache of some seconds' work in its folder: one for all runs, and not the user's.
_MATPLOTLIB = Path(__file__).parent.parent / "build" / "tests" / "matplotlib"


def environment(home: Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables for a process whose settings, keys and history all lie below `home`: nothing of the user's is seen."""
    _MATPLOTLIB.mkdir(parents=True, exist_ok=True)
    # Under PYTEST_CURRENT_TEST a kernel does not watch its descriptors: text of C and of programs would be lost.
    dropped = ("CASHET_", "JUPYTER_", "XDG_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    folders = {
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "jupyter" / "config",
        "JUPYTER_DATA_DIR": home / "jupyter" / "data",
        "JUPYTER_RUNTIME_DIR": home / "jupyter" / "runtime",
        "XDG_CONFIG_HOME": home / "config",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_DATA_HOME": home / "data",
        "CASHET_DIR": home / ".cashet",
        "CASHET_KEY_FILE": home / "cashet.key",
        "MPLCONFIGDIR": _MATPLOTLIB,
    }
    fixed = {"PYTHONDONTWRITEBYTECODE": "1", "JUPYTER_PLATFORM_DIRS": "1", "NO_COLOR": "1"}
    return {**kept, **{name: str(path) for name, path in folders.items()}, **fixed, **(env or {})}


@dataclass(frozen=True)
class Message:
    """One message of the iopub channel: its type and content."""

    type: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What came of one cell."""

    reply: dict[str, Any]
    """Content of the execute reply."""
    messages: tuple[Message, ...]
    """The iopub messages in order, less `status` and `execute_input`."""
    seconds: float
    """From sending the request to having both the reply and the idle status."""

    @property
    def status(self) -> str:
        """`ok`, `error` or `aborted`."""
        return self.reply["status"]

    @property
    def error(self) -> str | None:
        """`ValueError: no` if the cell raised."""
        return f"{self.reply['ename']}: {self.reply['evalue']}" if self.status == "error" else None

    @property
    def count(self) -> int:
        """The cell's execution count."""
        return self.reply["execution_count"]

    @property
    def shown(self) -> tuple[Message, ...]:
        """The messages less the badges."""
        return tuple(m for m in self.messages if "cashet" not in m.content.get("metadata", {}))

    @property
    def badges(self) -> tuple[Message, ...]:
        """The badges only."""
        return tuple(m for m in self.messages if "cashet" in m.content.get("metadata", {}))

    @property
    def badge(self) -> str:
        """Text of the badges; empty if there is none."""
        return "\n".join(m.content["data"]["text/plain"] for m in self.badges)

    def stream(self, name: str) -> str:
        """What was written to `stdout` or `stderr`."""
        return "".join(m.content["text"] for m in self.messages if m.type == "stream" and m.content["name"] == name)

    @property
    def stdout(self) -> str:
        """What was printed."""
        return self.stream("stdout")

    @property
    def stderr(self) -> str:
        """What was written to the standard error."""
        return self.stream("stderr")

    @property
    def text(self) -> str:
        """All that a person reads, in order: streams, displays, the result and the error; badges not."""
        return "".join(_text(message) for message in self.shown)


def _text(message: Message) -> str:
    match message.type:
        case "stream":
            return message.content["text"]
        case "display_data" | "update_display_data" | "execute_result":
            return message.content["data"].get("text/plain", "") + "\n"
        case "error":
            return f"{message.content['ename']}: {message.content['evalue']}\n"
        case _:
            return ""


class Kernel:
    """A running kernel of this Python, working in `folder`."""

    def __init__(self, folder: Path, home: Path, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._manager = KernelManager(kernel_name="python3")
        # The kernel of the very Python that runs the tests, whatever kernel specs the machine has.
        spec = self._manager.kernel_spec
        assert spec is not None
        spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        runtime = home / "connections"
        runtime.mkdir(parents=True, exist_ok=True)
        self._manager.connection_file = str(runtime / f"kernel-{os.getpid()}-{time.monotonic_ns()}.json")
        self._manager.start_kernel(extra_arguments=["--log-level=ERROR"], cwd=str(folder), env=environment(home, env))
        self._client = self._manager.blocking_client()
        self._connect()

    def _connect(self) -> None:
        self._client.start_channels()
        try:
            self._client.wait_for_ready(timeout=START_TIMEOUT)
        except BaseException:
            self.close()
            raise

    def send(self, code: str, **options: Any) -> str:
        """Send a cell without waiting; gives the id that `wait` takes."""
        return self._client.execute(code, allow_stdin=False, **options)

    def send_from(self, cell_id: str, code: str, **metadata: Any) -> str:
        """The same as a front end with a notebook sends it, which says which cell it is, and more if it likes."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = self._client.session.msg("execute_request", content, metadata={"cellId": cell_id, **metadata})
        self._client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def wait(self, message_id: str, timeout: float = RUN_TIMEOUT) -> Result:
        """Wait until a sent cell is done; raise TimeoutError after `timeout` seconds."""
        started = time.monotonic()
        messages = list(self.follow(message_id, timeout))
        reply = self._reply(message_id, timeout)
        return Result(reply, tuple(messages), time.monotonic() - started)

    def run(self, code: str, timeout: float = RUN_TIMEOUT) -> Result:
        """Run a cell."""
        return self.wait(self.send(code), timeout)

    def follow(self, message_id: str, timeout: float = RUN_TIMEOUT) -> Iterator[Message]:
        """The messages of a sent cell as they come, until it is done."""
        deadline = time.monotonic() + timeout
        while True:
            message = _receive(self._client.get_iopub_msg, deadline)
            if message["parent_header"].get("msg_id") != message_id:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return
            if kind not in {"status", "execute_input"}:
                yield Message(kind, content)

    def _reply(self, message_id: str, timeout: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while True:
            message = _receive(self._client.get_shell_msg, deadline)
            if message["parent_header"].get("msg_id") == message_id:
                return message["content"]

    def value(self, expression: str, timeout: float = RUN_TIMEOUT) -> Any:
        """The value of an expression, as a copy; it is evaluated beside the cells, so no hook of a cell sees it."""
        copied = f"__import__('base64').b64encode(__import__('pickle').dumps(({expression}\n))).decode()"
        message_id = self.send("", silent=True, user_expressions={"value": copied})
        list(self.follow(message_id, timeout))
        answer = self._reply(message_id, timeout)["user_expressions"]["value"]
        if answer["status"] != "ok":
            raise AssertionError(f"{expression}: {answer['ename']}: {answer['evalue']}")
        return pickle.loads(base64.b64decode(answer["data"]["text/plain"].strip("'")))

    def interrupt(self) -> None:
        """Press the stop button."""
        self._manager.interrupt_kernel()

    def kill(self) -> None:
        """End the process at once, as a crash or the system would."""
        self._manager.shutdown_kernel(now=True)

    def close(self) -> None:
        """Shut the kernel down; harmless if that has happened already."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _receive(get: Any, deadline: float) -> dict[str, Any]:
    from queue import Empty

    try:
        return get(timeout=max(0.0, deadline - time.monotonic()))
    except Empty:
        raise TimeoutError("the kernel gave no answer in time") from None


@contextmanager
def kernel_in(folder: Path, env: Mapping[str, str] | None = None, *, load: bool = False) -> Iterator[Kernel]:
    """A fresh kernel that works in `folder` and keeps everything below it; `load` loads the extension first.

    Two of them one after the other in the same folder are a restart: the store is the same.
    """
    home = folder / ".home"
    home.mkdir(parents=True, exist_ok=True)
    with Kernel(folder, home, env) as kernel:
        if load:
            loaded = kernel.run("%load_ext cashet_jupyter")
            assert loaded.status == "ok", loaded.error
        yield kernel
