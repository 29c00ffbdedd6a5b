"""What a front end asks of this kernel's store, by messages: where no Jupyter server can see that store.

A front end opens a comm, on a subshell where the kernel has them, and is then answered while a cell runs. So whatever
is done here is done beside a running cell, in another thread:

- stores are opened to be looked at, or for one change alone; the session's own is never touched;
- nothing is printed or shown, and nothing of it is recorded as the cell's doing;
- the events that `comm` fires around a message are not fired: they are meant for code that runs, and callbacks of
  other extensions - drawing what figures there are - would run in the middle of the cell.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

import cashet_jupyter
from cashet_jupyter.api.changes import change
from cashet_jupyter.api.place import Versions
from cashet_jupyter.api.questions import answer
from cashet_jupyter.api.refusal import NOTHING, Refusal
from cashet_jupyter.api.request import Params
from cashet_jupyter.api.stores import OpenStores, is_store
from cashet_jupyter.errors import CashetError
from cashet_jupyter.magics.cell import notebook_name
from cashet_jupyter.store.layout import find_store_dir

if TYPE_CHECKING:
    from cashet_jupyter.session import Session

#: of the messages; another one would have another name of the target as well
PROTOCOL = 1
#: stores that are kept open: one has a single store, unless it changes its folder before it first stores
_OPEN = 2


class Conversations:
    """All front ends that ask one kernel."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stores = OpenStores(_OPEN, lambda _: session.settings.max_size)
        self._versions = Versions(self._stores)
        self._comms: WeakSet[Any] = WeakSet()
        self._changing = threading.Lock()

    def open(self, comm: Any) -> None:
        """Greet a front end, and answer it from now on."""
        comm.handle_msg = lambda message: self._heard(comm, message)  # not `on_msg`: that fires the events of a cell
        comm.on_close(lambda _: self._leave(comm))
        self._comms.add(comm)
        with _unrecorded():
            _send(comm, {"ready": True, "version": cashet_jupyter.__version__, "protocol": PROTOCOL, **self._place()})

    def close(self) -> None:
        """End all of them, and let go of what is open."""
        for comm in list(self._comms):
            with contextlib.suppress(Exception):
                comm.close()
        self._stores.close()

    def _leave(self, comm: Any) -> None:
        self._comms.discard(comm)
        if not self._comms:
            with _unrecorded():
                self._stores.close()

    def _heard(self, comm: Any, message: Mapping[str, Any]) -> None:
        with _unrecorded():
            try:
                reply = self._reply(message["content"].get("data"))
            except Exception as error:  # a mistake of ours is no reason to leave anybody waiting
                reply = {"id": None, "error": _told(Refusal(500, f"{type(error).__name__}: {error}"))}
            _send(comm, reply)

    def _reply(self, data: object) -> dict[str, Any]:
        """`{"id", "answer"}` or `{"id", "error": {"status", "reason"}}`."""
        content = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        number = content.get("id")
        id = number if isinstance(number, int) and not isinstance(number, bool) else None
        try:
            if id is None:
                raise Refusal(400, "a message has an id, which is a whole number")
            return {"id": id, "answer": self._answer(content)}
        except Refusal as refusal:
            return {"id": id, "error": _told(refusal)}
        except CashetError as error:
            return {"id": id, "error": _told(Refusal.of(error))}
        except Exception as error:
            return {"id": id, "error": _told(Refusal(500, f"{type(error).__name__}: {error}"))}

    def _answer(self, content: dict[str, Any]) -> dict[str, Any]:
        if ("ask" in content) == ("do" in content):
            raise Refusal(400, "a message has either ask or do")
        folder = self._folder()
        if content.get("ask") == "store":
            name, version = self._versions.of(folder)
            return {"store": name, "version": version, **self._place()}
        if not is_store(folder):
            raise Refusal(404, NOTHING)
        if "do" in content:
            with self._changing, self._stores.changing(folder) as store:
                return change(store, content["do"], content.get("body"))
        params = Params.of(content.get("params"))
        with self._stores.looking(folder) as store:
            return answer(store, content["ask"], params, self._notebooks())

    def _folder(self) -> Path:
        """The kernel's store: once it is open it stays the same. Raises `Refusal` if nobody knows where it would be."""
        try:
            return self._session.path or find_store_dir()
        except OSError as error:
            raise Refusal(503, "the folder that the kernel works in has gone") from error

    def _place(self) -> dict[str, Any]:
        """Where it is, or would be, and whether there is one."""
        try:
            folder = self._folder()
        except Refusal:
            return {"folder": "", "exists": False}
        return {"folder": str(folder), "exists": is_store(folder)}

    def _notebooks(self) -> tuple[str, ...]:
        """What runs of this notebook say of where they were made, since that is what this kernel writes into them."""
        name = notebook_name(self._session.namespace)
        return (name,) if isinstance(name, str) and name else ()


def _told(refusal: Refusal) -> dict[str, Any]:
    return {"status": refusal.status, "reason": refusal.reason}


def _send(comm: Any, content: dict[str, Any]) -> None:
    """Send a message; a front end that has gone needs none."""
    with contextlib.suppress(Exception):
        comm.send(_sendable(content))


def _sendable(content: Any) -> Any:
    """The same without halves of characters, which JSON can hold but the kernel's UTF-8 cannot."""
    if isinstance(content, str):
        return content if content.isascii() else content.encode("utf-8", "replace").decode()
    if isinstance(content, dict):
        items = cast("dict[str, Any]", content).items()
        return {_sendable(name): _sendable(value) for name, value in items}
    if isinstance(content, list | tuple):
        return [_sendable(value) for value in cast("list[Any]", content)]
    return content


def _unrecorded() -> contextlib.AbstractContextManager[Any]:
    """What this thread does is not the running cell's doing."""
    bus = sys.modules.get("cashet_jupyter.trace.bus")  # not loaded for this: without it nothing is recorded
    quiet: Callable[[], contextlib.AbstractContextManager[Any]] = contextlib.nullcontext if bus is None else bus.Quiet
    return quiet()
