"""Stores that are open, for reading; for a change a store is opened for that change alone.

Reading from a store that was opened "to be looked at" makes nothing and heals nothing. So a question leaves no trace,
and a folder that is not a store never becomes one.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator
from pathlib import Path

from cashet_jupyter.config import load_settings
from cashet_jupyter.errors import OptionError, StoreError
from cashet_jupyter.store.layout import Layout, read_format
from cashet_jupyter.store.store import Store, open_store

#: After so many seconds, or so many times what making it took, an index that had to be made anew in a temporary folder
#: is looked for again in its own place.
_MAKESHIFT = 5.0
_TIMES = 20


class _Kept:
    """An open store, and how many are reading from it."""

    def __init__(self, path: Path, limit: int | None) -> None:
        started = time.monotonic()
        self.store = open_store(path, max_size=limit, looking=True)
        self.readers = 0
        self.dropped = False
        self._opened = time.monotonic()
        self._good = max(_MAKESHIFT, _TIMES * (self._opened - started))

    @property
    def stale(self) -> bool:
        """Whether it reads from a copy that nobody brings up to date."""
        index = self.store.index
        return index.place != index.layout and time.monotonic() - self._opened > self._good


class OpenStores:
    """Stores by path, `most` of them kept open; to be used from any thread. `limit(path)` is how big one may become."""

    def __init__(self, most: int = 8, limit: Callable[[Path], int | None] | None = None) -> None:
        self._most = most
        self._limit = limit or project_limit
        self._lock = threading.Lock()
        self._kept = OrderedDict[Path, _Kept]()

    @contextlib.contextmanager
    def looking(self, path: Path) -> Generator[Store]:
        """A store to be looked at. Raises `StoreError`."""
        kept = self._take(path)
        try:
            yield kept.store
        finally:
            with self._lock:
                kept.readers -= 1
                _close_unused(kept)

    @contextlib.contextmanager
    def changing(self, path: Path) -> Generator[Store]:
        """A store to be changed, closed afterwards. Raises `StoreError`, and makes none where there is none."""
        if not is_store(path):
            msg = f"there is no store at {path}"
            raise StoreError(msg)
        with contextlib.closing(open_store(path, max_size=self._limit(path))) as store:
            yield store

    def close(self) -> None:
        """Let go of every store."""
        with self._lock:
            while self._kept:
                self._drop(self._kept.popitem()[1])

    def _take(self, path: Path) -> _Kept:
        with self._lock:
            kept = self._kept.pop(path, None)
            if kept is not None and kept.stale:
                self._drop(kept)
                kept = None
            if kept is None:
                kept = _Kept(path, self._limit(path))
            self._kept[path] = kept
            kept.readers += 1
            while len(self._kept) > self._most:
                self._drop(self._kept.popitem(last=False)[1])
            return kept

    def _drop(self, kept: _Kept) -> None:
        kept.dropped = True
        _close_unused(kept)


def _close_unused(kept: _Kept) -> None:
    if kept.dropped and not kept.readers:
        kept.store.close()


def is_store(folder: Path) -> bool:
    """Whether there is a store that can be read; never raises."""
    try:
        return read_format(Layout(folder)) is not None
    except (OSError, StoreError, ValueError):
        return False


def project_limit(path: Path) -> int | None:
    """The limit that the project of a store sets, as for its kernels."""
    try:
        return load_settings(path.parent, os.environ).max_size
    except OptionError:
        return None
