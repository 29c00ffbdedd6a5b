"""Bytes into files, while the caller goes on hashing."""

from __future__ import annotations

import errno
import os
import queue
import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from blake3 import blake3

from cashet_jupyter.errors import StoreError
from cashet_jupyter.memory.gathered import Buffer, parts_of

#: from this size on room is reserved first
_WORTH_IT = 1 << 20
_PIECE = 16 << 20

T = TypeVar("T")


class GivenUp(StoreError):
    """Whoever asked for it does not want it any more."""


def never() -> bool:
    """Go on to the end."""
    return False


def reserve(fd: int, size: int) -> None:
    """Room for the whole file first: faster (512 MiB in 75 ms instead of 114), and a full disk shows at once."""
    if size < _WORTH_IT or not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(fd, 0, size)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG):
            raise


def write_all(fd: int, data: Buffer, stop: Callable[[], bool] = never) -> None:
    """Write bytes. Raises `OSError`, and `GivenUp` when `stop()`."""
    for part in parts_of(data):
        written = 0
        while written < part.nbytes:
            if stop():
                raise GivenUp("storing was given up")
            written += os.write(fd, part[written : written + _PIECE])


def write_pieces(fd: int, pieces: Iterable[bytes], most: int) -> tuple[str, int]:
    """Write what comes in pieces, `most` bytes and no more; digest and size of what came."""
    hasher, size = blake3(), 0
    for piece in pieces:
        hasher.update(piece)
        size += len(piece)
        if size > most:
            break  # no more than the room that was reserved
        write_all(fd, memoryview(piece))
    return hasher.hexdigest(), size


class Background(Generic[T]):
    """One thread that works off what it is given, in order; the first failure is raised where the caller asks for it.

    It ends with the `with` block, whatever happens there: a descriptor or a buffer in use must not change under it.
    """

    def __init__(self, work: Callable[[T], None]) -> None:
        self._work = work
        self._tasks: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="cashet-write", daemon=True)
        self._failed: BaseException | None = None
        self._alone = False
        self.stopped = False
        """Set when what is not done yet need not be done."""

    def __enter__(self) -> Background[T]:
        try:
            self._thread.start()
        except RuntimeError:  # no more threads; at the end of a process there are none
            self._alone = True
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.stopped = self.stopped or error is not None
        interrupted = self._join()
        if error is None and (failed := interrupted or self._failed):
            raise failed

    def do(self, task: T) -> None:
        """Have it done; raises what an earlier task failed with."""
        if self._alone:
            self._work(task)
            return
        if self._failed is not None:
            raise self._failed
        self._tasks.put(task)

    def _join(self) -> BaseException | None:
        self._tasks.put(None)
        interrupted: BaseException | None = None
        while self._thread.is_alive():
            try:
                self._thread.join()
            except KeyboardInterrupt as error:
                interrupted, self.stopped = error, True
        return interrupted

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            if self.stopped or self._failed is not None:
                continue
            try:
                self._work(task)
            except BaseException as error:  # it is raised again where the work was asked for
                self._failed = error
