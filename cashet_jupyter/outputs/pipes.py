"""Text that libraries in C and child processes write to the descriptors of stdout and stderr.

ipykernel puts pipes there, and a thread that writes what comes through to the kernel's stream. To know that all has
come through, a token is sent after it and waited for. Nobody sees the token: it is taken out of the text before the
stream gets it, and out of the copy that ipykernel writes to the kernel's own terminal. Rejected: waiting until the
pipe is empty, since what the thread holds in its hands at that moment is neither here nor there.
"""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import select
import sys
import tempfile
import threading
import time
from array import array
from collections.abc import Callable, Generator
from typing import Any, BinaryIO

from cashet_jupyter.outputs.asleep import waits_for_text
from cashet_jupyter.outputs.doors import Doors

#: how long to wait for the token, in seconds: a child that writes without end must not hold the cell back
PATIENCE = 0.5


def drain(streams: list[Any]) -> bool:
    """Wait until all that was written to watched descriptors has come through; whether it has."""
    watched = [stream for stream in streams if _watched(stream)]
    if not watched:
        return True
    _flush_buffers()
    deadline = time.monotonic() + PATIENCE
    # each, also after one that did not
    passed = [_is_through(stream) or _Token(stream).passes(deadline) for stream in watched]
    return all(passed)


def _is_through(stream: Any) -> bool:
    """Whether nothing is on its way: the pipe is empty, and the watching thread waits for it to be filled.

    Asked in this order: what was in the pipe before has then been read, and handed on before the thread came to wait
    again.
    """
    return not _waiting(stream._fid) and waits_for_text(stream.watch_fd_thread, stream._fid)


def _watched(stream: Any) -> bool:
    """Whether ipykernel watches the descriptor of this stream."""
    needed = ("_original_stdstream_fd", "_original_stdstream_copy", "_fid", "watch_fd_thread")
    if not (getattr(stream, "_should_watch", False) and all(hasattr(stream, name) for name in needed)):
        return False
    return bool(stream.watch_fd_thread.is_alive())


def _flush_buffers() -> None:
    """Flush what Python's first streams and the C library hold back.

    Not `fflush(NULL)`: that waits for every file of the C library, one that another thread is reading from included.
    """
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()  # pyright: ignore[reportOptionalMemberAccess]
    with contextlib.suppress(OSError, TypeError):
        flush, streams = _of_c()
        for stream in streams:
            # read anew: a program may have put another one there
            flush(stream)


@functools.cache
def _of_c() -> tuple[Callable[[Any], Any], tuple[Any, ...]]:
    """`fflush`, and the variables of the C library that hold its streams."""
    try:
        import ctypes

        library = ctypes.CDLL(None)
        found: list[Any] = []
        for name in ("stdout", "stderr", "__stdoutp", "__stderrp"):  # the latter two on macOS
            with contextlib.suppress(ValueError):
                found.append(ctypes.c_void_p.in_dll(library, name))
        return library.fflush, tuple(found)
    except (ImportError, OSError, TypeError, AttributeError):
        return bool, ()


class _Token:
    """A token on its way through the pipe of one stream."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        # a control string that terminals swallow, should it get to one
        self._text = f"\x1b_{secrets.token_hex(16)}\x1b\\"
        self._held = ""
        self._arrived = threading.Event()
        self._doors = Doors()

    def passes(self, deadline: float) -> bool:
        """Send the token and wait; False, without a token on its way, if there is more than can be waited for."""
        if not _ready(self._stream, deadline):
            return False
        self._doors.hook(self._stream, "write", self._make_write)
        with _echo_aside(self._stream, self._text.encode(), deadline):
            os.write(self._stream._original_stdstream_fd, self._text.encode())
            arrived = self._arrived.wait(max(0.0, deadline - time.monotonic()))
        if arrived:
            self._doors.close()  # otherwise the token is still to be taken out when it comes
        return arrived

    def _make_write(self, write: Callable[[str], Any]) -> Callable[[str], Any]:
        def hook(text: str) -> Any:
            if threading.current_thread() is not self._stream.watch_fd_thread or self._arrived.is_set():
                return write(text)
            text = self._held + text
            before, found, after = text.partition(self._text)
            if found:
                text, self._held = before + after, ""
            else:  # the pipe is read in pieces: the end of this one may be the token's beginning
                cut = len(text) - _overlap(text, self._text)
                text, self._held = text[:cut], text[cut:]
            written = write(text) if text else 0
            if found:
                self._arrived.set()
                self._doors.close()
            return written

        return hook


def _ready(stream: Any, deadline: float) -> bool:
    """Wait until the pipe is empty, or was for a moment: what is sent then is soon through, and never blocks."""
    while _waiting(stream._fid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.0002)
    return True


def _waiting(descriptor: int) -> int:
    """How many bytes wait in a pipe."""
    import fcntl
    import termios

    answer = array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, answer)
    return answer[0]


def _overlap(text: str, token: str) -> int:
    """How many characters at the end of the text are the beginning of the token."""
    return next((size for size in range(min(len(text), len(token) - 1), 0, -1) if text.endswith(token[:size])), 0)


@contextlib.contextmanager
def _echo_aside(stream: Any, token: bytes, deadline: float) -> Generator[None]:
    """Keep the token out of the kernel's terminal: its descriptor leads to a file meanwhile, which is copied over.

    The descriptor's number stays valid throughout, so that the watching thread never fails.
    """
    copy: int = stream._original_stdstream_copy
    with tempfile.TemporaryFile() as file:
        saved = os.dup(copy)
        try:
            inheritable = os.get_inheritable(copy)
            os.dup2(file.fileno(), copy, inheritable=inheritable)
            done = 0
            try:
                yield
                while token not in _content(file) and time.monotonic() < deadline:
                    time.sleep(0.0002)
                done = _forward(file, saved, token, 0)
            finally:
                os.dup2(saved, copy, inheritable=inheritable)
            _forward(file, copy, token, done)
        finally:
            os.close(saved)


def _forward(file: BinaryIO, descriptor: int, token: bytes, start: int) -> int:
    """Write a file's content from `start` on to a descriptor, without the token; give where it ends.

    A terminal that takes no more (it is stopped, or nobody reads) loses the rest: the cell must not wait for it.
    """
    content = _content(file)
    rest = content[start:].replace(token, b"")
    taken = select.poll()
    taken.register(descriptor, select.POLLOUT)
    while rest and taken.poll(0):
        rest = rest[os.write(descriptor, rest[: select.PIPE_BUF]) :]
    return len(content)


def _content(file: BinaryIO) -> bytes:
    """All that is in a file, wherever its writers stand."""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
