"""Advisory locks between processes: a courtesy that saves work, never what correctness rests on.

On some network file systems every caller gets the lock; and a child that was forked while its parent held one keeps
it. So whoever waits goes on after a while without it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Generator
from pathlib import Path


@contextlib.contextmanager
def held(path: Path, *, exclusive: bool, patience: float) -> Generator[bool]:
    """Hold a lock while the block runs; yields False if it could not be had within `patience` seconds."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError:
        yield False
        return
    try:
        yield _wait(fd, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH, time.monotonic() + patience)
    finally:
        os.close(fd)


def _wait(fd: int, kind: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        except OSError:
            return False
        else:
            return True
