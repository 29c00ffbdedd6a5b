"""Files of the store as Python's file objects: one to write, one to read."""

from __future__ import annotations

import bisect
import contextlib
import io
import os
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cashet_jupyter.functions.files import FileRef
    from cashet_jupyter.store.streaming import Incoming, Outgoing


class FileWriter(io.BufferedIOBase):
    """Takes bytes and keeps them when it is closed; see `Files.writer`."""

    def __init__(self, incoming: Incoming, keep: Callable[[Incoming], FileRef]) -> None:
        super().__init__()
        self._incoming: Incoming | None = incoming
        self._keep = keep
        self.ref: FileRef | None = None
        """The file, once it is closed."""

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: Any, /) -> int:
        """Take the next bytes; how many. After a failure the file cannot be kept any more. Raises `StoreError`."""
        if self._incoming is None:
            raise ValueError("I/O operation on closed file")
        try:
            self._incoming.write(data)
        except BaseException:
            self.abort()
            raise
        return memoryview(data).nbytes

    def tell(self) -> int:
        """How many bytes there are so far; after the end, all."""
        if self._incoming is not None:
            return self._incoming.size
        return self.ref.size if self.ref else 0

    def close(self) -> None:
        """Keep what was written, in one step; harmless when repeated. Raises `StoreError`, and nothing is kept."""
        incoming, self._incoming = self._incoming, None
        try:
            if incoming is not None:
                self.ref = self._keep(incoming)
        finally:
            super().close()

    def abort(self) -> None:
        """Keep nothing; harmless when repeated, and after the end."""
        self._incoming = None
        with contextlib.suppress(Exception):
            super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

    def __del__(self) -> None:
        # io.IOBase closes what is forgotten, and that would keep half a file
        self.abort()


class FileReader(io.RawIOBase):
    """Reads a buffer of a commit, one verified piece at a time."""

    def __init__(self, outgoing: Outgoing) -> None:
        super().__init__()
        self._outgoing = outgoing
        self._starts = [strip.start for strip in outgoing.strips]
        self._place = 0
        self._number = -1
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place; raises `ValueError` for one before the beginning."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._outgoing.size}[whence]
        if base + offset < 0:
            msg = f"negative seek value {base + offset}"
            raise ValueError(msg)
        self._place = base + offset
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer as far as the piece at hand goes; 0 at the end. Raises `Damaged`."""
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if self._place >= self._outgoing.size:
            return 0
        number = bisect.bisect_right(self._starts, self._place) - 1
        if number != self._number:
            self._piece = self._outgoing.load(self._outgoing.strips[number])
            self._number = number
        inside = self._place - self._starts[number]
        found = self._piece[inside : inside + memoryview(buffer).nbytes]
        memoryview(buffer).cast("B")[: found.nbytes] = found
        self._place += found.nbytes
        return found.nbytes
