"""Taking files away from under `objects/`, under the write lock of the very index that their users ask.

The lock is the index's. Whoever deletes `index.db` by hand makes the next process open another one, with another lock:
a commit there may count on a file that is about to go here. So a file is first moved aside; then it is asked whether
the index is still the one that the name belongs to. If not, everything is put back, and nothing has happened. A commit
that looked before the move has changed the index by then; one that looks after it writes its file again.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
from collections.abc import Generator
from pathlib import Path

import apsw

from cashet_jupyter.models import Blob
from cashet_jupyter.store.index import Index


class Exchanged(Exception):
    """The index became another one in the middle; nothing was removed. It never leaves the store."""


class Removal:
    """A transaction in which blobs are taken away: for good, or `aside` into quarantine."""

    def __init__(self, db: apsw.Connection, index: Index, *, aside: bool) -> None:
        self.db = db
        self._index = index
        self._layout = index.layout
        self._folder = self._layout.quarantine if aside else self._layout.tmp
        self._taken: list[tuple[Path, Path]] = []

    def take(self, blob: Blob) -> None:
        """Take away whatever bears the blob's name. Raises `Exchanged`."""
        shard = self._layout.objects / blob.digest[:2]
        linked = not stat.S_ISDIR(_mode(shard))
        bad = shard if linked else shard / blob.digest[2:]
        self._folder.mkdir(mode=0o700, exist_ok=True)
        place = self._folder / f"{blob.digest}-{time.time_ns()}-{secrets.token_hex(2)}"
        with contextlib.suppress(FileNotFoundError):
            bad.rename(place)
            self._taken.append((place, bad))
        if not self._index.current():
            raise Exchanged

    def give_back(self) -> None:
        """Put everything back where it was, unless something stands there by now."""
        for place, name in self._taken:
            with contextlib.suppress(OSError):
                _name_again(place, name)

    def finish(self) -> None:
        """Remove for good what was not put aside."""
        for place, _ in self._taken if self._folder == self._layout.tmp else ():
            with contextlib.suppress(OSError):
                place.unlink()  # a folder stays there, and goes with the drafts of killed writers


@contextlib.contextmanager
def removing(index: Index, *, aside: bool = False) -> Generator[Removal]:
    """A transaction that may take files away."""
    with index.writing() as db:
        removal = Removal(db, index, aside=aside)
        try:
            yield removal
        except BaseException:
            removal.give_back()
            raise
    removal.finish()


def _name_again(place: Path, name: Path) -> None:
    try:
        os.link(place, name, follow_symlinks=False)
    except FileExistsError:
        pass
    except OSError:  # a folder, or no hard links there
        if not os.path.lexists(name):
            place.rename(name)
        return
    place.unlink()


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return stat.S_IFDIR  # nothing there: nothing in it either
