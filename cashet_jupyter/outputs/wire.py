"""The door of a real kernel: the thread through which ipykernel sends all that a front end is shown.

Recording there, and not where the cell writes, keeps what the user *saw*: ipykernel gathers text for 0.2 s, per
stream, so the order of what arrives differs from the order of the calls and depends on time. Here are also the
output of libraries in C and of forked children, and messages that a library sends past the display publisher.
Rejected: `OutStream.register_hook` and the publisher's, which count for one thread only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from cashet_jupyter.outputs.asleep import waits_for_events

if TYPE_CHECKING:
    from cashet_jupyter.outputs.doors import Doors
    from cashet_jupyter.outputs.tape import Tape

#: stands before the signature, the header, the parent's header, the metadata and the content of a message
_DELIMITER = b"<IDS|MSG>"
#: messages that show nothing; `comm_close` comes when an old widget is collected
_SILENT = frozenset({"status", "execute_input", "iopub_welcome", "shutdown_reply", "debug_event", "comm_close"})
_LIVE = frozenset({"comm_open", "comm_msg"})


def sender(shell: Any) -> Any | None:
    """The thread that sends a kernel's output, or None outside of a kernel."""
    publisher = shell.display_pub
    thread = getattr(getattr(publisher, "pub_socket", None), "io_thread", None)
    usable = hasattr(thread, "send_multipart") and getattr(publisher, "session", None) is not None
    return thread if usable else None


def kernel_streams(thread: Any) -> dict[str, Any]:
    """The streams `stdout` and `stderr` that send through this thread, also where a wrapper is around them."""
    around = {name: _around(getattr(sys, name)) for name in ("stdout", "stderr")}
    return {
        # an attribute of its own: wrappers pass on what they are asked for
        name: next((stream for stream in streams if _attributes(stream).get("pub_thread") is thread), None)
        for name, streams in around.items()
    }


class Wire:
    """Writes what a kernel sends for the running cell on a tape."""

    def __init__(self, shell: Any, thread: Any, tape: Tape) -> None:
        self._shell = shell
        self._thread = thread
        self._tape = tape
        self._pid = os.getpid()
        self._parent: str | None = None
        self._streams: list[Any] = []

    def hook(self, doors: Doors) -> None:
        """Begin to record what is sent from now on for the cell that runs."""
        self._parent = _id(self._shell.display_pub.parent_header)
        for name, stream in kernel_streams(self._thread).items():
            outer = getattr(sys, name)
            if stream is None and outer is not None:
                # its text reaches the kernel by a way that cannot be flushed, or not at all
                self._tape.refuse(f"sys.{name} is a {type(outer).__name__}")
        doors.hook(self._thread, "send_multipart", self._make_send)

    def flush(self) -> None:
        """Have all text that was written so far sent."""
        streams, thread = self.streams(), self._thread
        if _is_sent(streams, thread):
            return
        for place, stream in enumerate(streams):
            # The sending thread does one thing after the other: to wait for the last one is to wait for all.
            if place < len(streams) - 1 and hasattr(thread, "schedule") and hasattr(stream, "_flush"):
                thread.schedule(stream._flush)
            else:
                stream.flush()

    def streams(self) -> list[Any]:
        """The kernel's own streams, also those that the cell has put something else in the place of."""
        for stream in kernel_streams(self._thread).values():
            if stream is not None and not any(stream is known for known in self._streams):
                self._streams.append(stream)
        return self._streams

    def _make_send(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def send_multipart(frames: Any, *args: Any, **kwargs: Any) -> Any:
            if not self._tape.live or os.getpid() != self._pid:
                # the lock may be held for ever in a forked child; what that sends comes by here in its parent
                return send(frames, *args, **kwargs)
            # recorded and handed on as one step, so that threads stand in the record as they are sent
            with self._tape.lock:
                self._take(frames)
                return send(frames, *args, **kwargs)

        return send_multipart

    def _take(self, frames: Any) -> None:
        try:
            parts = list(frames)
            start = parts.index(_DELIMITER) + 2
            unpack = self._shell.display_pub.session.unpack
            if _id(unpack(parts[start + 1])) != self._parent:
                return  # of another cell: a task or a thread that it left running
            kind = unpack(parts[start])["msg_type"]
            if kind not in _SILENT and not self._tape.dropped:
                self._record(kind, unpack(parts[start + 3]))
        except Exception as error:
            self._tape.refuse(f"a message could not be read ({error!r})")

    def _record(self, kind: str, content: dict[str, Any]) -> None:
        tape = self._tape
        if kind == "stream":
            tape.stream(content["name"], content["text"])
        elif kind in ("display_data", "update_display_data"):
            update = kind == "update_display_data"
            tape.display(content["data"], content.get("metadata"), content.get("transient"), update=update)
        elif kind == "execute_result":
            tape.result(content["data"], content.get("metadata"))
        elif kind == "clear_output":
            tape.clear(content.get("wait", False))
        elif kind in _LIVE:
            tape.refuse("it talks to a live widget")
        else:
            tape.refuse("it shows an error" if kind == "error" else f"it sends a message of type {kind}")


def _is_sent(streams: list[Any], thread: Any) -> bool:
    """Whether nothing that was written is still on its way.

    Asked in this order: where nothing was left to be done, a thread that waits afterwards has done it.
    """
    if any(getattr(stream, "_buffers", True) for stream in streams) or getattr(thread, "_events", True):
        return False
    return waits_for_events(getattr(thread, "thread", None))


def _id(header: Any) -> Any:
    return cast("dict[str, Any]", header).get("msg_id") if isinstance(header, dict) else None


def _around(stream: Any) -> Iterable[Any]:
    """A stream and what it holds: a wrapper keeps what it wraps in an attribute."""
    yield stream
    for value in _attributes(stream).values():
        yield from cast("list[Any]", value) if isinstance(value, list | tuple) else (value,)


def _attributes(value: Any) -> Mapping[str, Any]:
    try:
        return cast("Mapping[str, Any]", vars(value))
    except TypeError:
        return {}
