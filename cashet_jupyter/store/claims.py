"""Single flight: of several processes that want one computation, one computes and the others wait for its result.

It saves work and is never what correctness rests on: whoever is in any doubt computes. The owner of a claim holds
`flock` on `locks/flight/<digest of the key>`, which the system lets go of when the process dies, however it dies. The
file says what the owner is doing, and, once its run has come to an end, that it has.

- A heartbeat was rejected: a suspended laptop or a debugger makes a living owner look dead.
- POSIX locks were rejected: the process loses them when it closes any descriptor of the file. Open file description
  locks and a bare `flock` live on in forked children, so children close the descriptor as they begin (`_forget`).
- A waiter keeps the file open. The owner unlinks it before it lets go of it; so those who waited read the mark of its
  end in the file that is no longer there, and those who come later find none and begin anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import stat
import threading
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from weakref import WeakSet

from cashet_jupyter.digest import digest
from cashet_jupyter.store import owners
from cashet_jupyter.store.answers import Work
from cashet_jupyter.store.owners import Note

#: seconds between two looks, the first time and at most; what a dead owner costs those who wait for it
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.25
#: seconds after which sleeping is broken off to see whether the user interrupts: a signal may go to another thread
_SLICE = 0.04
#: seconds that an owner may be unreadable or seem dead; a new owner needs a moment to write who it is
DOUBT = 2.0
#: seconds that a thread waits while it holds a claim itself: two of them may wait for each other
NESTED = 10.0
#: seconds after which a file that nobody holds is removed
STALE = 3600.0

_RACES = 50

#: what has a file open, to be closed in forked children
_open: WeakSet[FileClaim] = WeakSet()


class Claims:
    """The claims of one store; without a folder (a store that is only read) everyone owns and nobody waits."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._made: WeakSet[FileClaim] = WeakSet()

    def claim(self, key: str, work: Work) -> FileClaim:
        """Claim a computation, or find out who has it. Neither waits nor fails."""
        claim = FileClaim(self._path(key), work)
        self._made.add(claim)
        try:
            claim.look()
        except BaseException:  # the user interrupts
            claim.release(ended=False)
            raise
        return claim

    def _path(self, key: str) -> Path | None:
        folder = self._folder
        if folder is None:
            return None
        try:
            if not _is_folder(folder):
                with contextlib.suppress(FileExistsError):  # another process makes it at this moment
                    folder.mkdir(mode=0o700)
                if not _is_folder(folder):
                    return None
        except OSError:
            return None
        return folder / digest("claim", key)[:32]

    def close(self) -> None:
        """Let go of every claim, as if the runs had been broken off."""
        self._folder = None
        for claim in list(self._made):
            claim.release(ended=False)

    def sweep(self) -> int:
        """Remove what killed owners left and nobody took over; how many files that were."""
        removed = 0
        try:
            paths = list(self._folder.iterdir()) if self._folder is not None else []
        except OSError:
            return 0
        for path in paths:
            with contextlib.suppress(OSError):
                removed += _swept(path)
        return removed


class FileClaim:
    """One process's part in a computation; see `protocol.Claim`."""

    __slots__ = ("__weakref__", "_chance", "_doubtful", "_fd", "_path", "_pause", "_since", "_thread", "_work", "ended",
                 "other", "owned")  # fmt: skip

    def __init__(self, path: Path | None, work: Work) -> None:
        self.owned = False
        self.other: Work | None = None
        self.ended = False
        self._path = path
        self._work = work
        self._fd: int | None = None
        self._pause = FIRST_PAUSE
        self._since = time.monotonic()
        self._thread = threading.get_ident()
        self._doubtful: float | None = None
        self._chance: Random | None = None

    def __del__(self) -> None:
        if self._fd is not None:  # whoever had it was dropped on the way, by an error that nobody foresaw
            self.release(ended=False)

    # --------------------------------------------------------------------------------------------- those who wait
    def wait(self) -> None:
        """Sleep for a moment, 5 ms at first and 250 ms at most, and look again."""
        if self.other is None:
            return
        self._chance = self._chance or Random()  # not the user's generator: it belongs to their results
        end = time.monotonic() + self._pause * self._chance.uniform(0.6, 1.0)
        self._pause = min(self._pause * 1.5, LONGEST_PAUSE)
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE))
        self.look()

    def look(self) -> None:
        """Take the claim if it is free, else see who has it."""
        try:
            self._look()
        except (OSError, ValueError):
            self._compute()

    def _look(self) -> None:
        for _ in range(_RACES):
            fd = self._opened()
            if not _lock(fd):
                self._see_owner(fd)
                return
            if _stands_at(fd, self._path):
                self._take(fd)
                return
            # Its owner has unlinked it: a file that others cannot find, so a lock on it locks nothing.
            note = owners.read(fd)
            self._close()
            if self.other is not None and note is not None and note.ended:
                self._end()
                return
        self._compute()

    def _opened(self) -> int:
        if self._fd is None:
            if self._path is None:
                raise FileNotFoundError
            _forget_in_children()
            _open.add(self)  # before it is opened: a child that is forked meanwhile must not keep it
            # Not blocking: a named pipe that lies there must not hold the kernel up.
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
            self._fd = os.open(self._path, flags, 0o600)
            if not stat.S_ISREG(os.fstat(self._fd).st_mode):
                raise FileNotFoundError
        return self._fd

    def _see_owner(self, fd: int) -> None:
        note, now = owners.read(fd), time.monotonic()
        if note is not None and note.ended:
            self._end()
            return
        if note is not None and not note.dead:
            self._doubtful = None
        elif self._doubtful is None:
            self._doubtful = now
        doubtful = self._doubtful is not None and now - self._doubtful > DOUBT
        if doubtful or (now - self._since > NESTED and _holds_another(self)):
            self._compute()
        else:
            self.other = Work() if note is None else note.work

    # ------------------------------------------------------------------------------------------------ those who own
    def _take(self, fd: int) -> None:
        self._work = replace(self._work, started=time.time(), pid=os.getpid(), host=platform.node())
        owners.write(fd, Note(self._work, owners.namespace(), ended=False))
        self.owned, self.other = True, None

    def release(self, *, ended: bool) -> None:
        """Let go of it; `ended` tells those who wait that the run came to its end, so that they do not queue up."""
        fd = self._fd
        try:
            if self.owned and fd is not None:
                if ended:
                    owners.write(fd, Note(self._work, owners.namespace(), ended=True))
                if _stands_at(fd, self._path):
                    os.unlink(self._path)  # type: ignore[arg-type] # noqa: PTH108
        except OSError:
            pass  # whoever comes next takes it over
        finally:
            self._close()
            self.owned, self.other, self.ended = False, None, False

    # ------------------------------------------------------------------------------------------------------- either
    def _compute(self) -> None:
        """Nothing is known, so this process computes, whatever others do."""
        self._close()
        self.owned, self.other = True, None

    def _end(self) -> None:
        self._close()
        self.ended, self.other = True, None

    def _close(self) -> None:
        fd, self._fd = self._fd, None
        _open.discard(self)
        if fd is not None:
            with contextlib.suppress(OSError):
                os.close(fd)

    def is_beside(self, other: FileClaim) -> bool:
        """Whether it is another claim of the same thread: only that one is held up by waiting."""
        return self is not other and self._thread == other._thread

    def forget(self) -> None:
        """In a forked child: the claim is its parent's."""
        self._close()
        self.owned, self.other = False, None


# ------------------------------------------------------------------------------------------------------------- forks
@cache
def _forget_in_children() -> None:
    os.register_at_fork(after_in_child=_forget)


def _forget() -> None:
    for claim in list(_open):
        claim.forget()


def _holds_another(waiting: FileClaim) -> bool:
    return any(claim.owned and claim.is_beside(waiting) for claim in list(_open))


# ---------------------------------------------------------------------------------------------------------- the file
def _lock(fd: int) -> bool:
    """Whether the lock was free. Raises `OSError` where there are no locks."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stands_at(fd: int, path: Path | None) -> bool:
    if path is None:
        return False
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(fd), there)


def _is_folder(path: Path) -> bool:
    """Whether it is there; a store may have come with a cloned repository, and its links could lead anywhere.

    Raises `FileExistsError` if something else stands there.
    """
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(mode):
        raise FileExistsError
    return True


def _swept(path: Path) -> bool:
    fd = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or time.time() - found.st_mtime < STALE:
            return False
        if not _lock(fd) or not _stands_at(fd, path):
            return False
        path.unlink()
        return True
    finally:
        os.close(fd)
