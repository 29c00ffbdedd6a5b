"""Stores that are open, for reading; for a change a store is opened for that change alone.

Reading from a store that was opened "to be looked at" makes nothing and heals nothing. So a request that only asks
leaves no trace, and a folder that is not a store never becomes one.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from cashet_jupyter.config import load_settings
from cashet_jupyter.errors import OptionError
from cashet_jupyter.store.store import Store, open_store

#: stores that are kept open at most, each with a connection for each thread
_OPEN = 8
#: seconds after which an index that had to be made anew in a temporary folder is looked for again in its own place
_MAKESHIFT = 5.0
_THREADS = 4

_T = TypeVar("_T")


class _Kept:
    """An open store, and how many are reading from it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.readers = 0
        self.dropped = False
        self.opened = time.monotonic()

    @property
    def stale(self) -> bool:
        """Whether it reads from a copy that nobody brings up to date."""
        index = self.store.index
        return index.place != index.layout and time.monotonic() - self.opened > _MAKESHIFT


class Stores:
    """The stores of one server, by path; reads and changes run in threads of its own."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="cashet-look")
        self._writers = ThreadPoolExecutor(1, thread_name_prefix="cashet-change")
        self._lock = threading.Lock()
        self._kept = OrderedDict[Path, _Kept]()

    async def ask(self, path: Path, question: Callable[[Store], _T]) -> _T:
        """The answer of a store, from a thread. Raises what the question raises, and `StoreError`."""
        import asyncio

        def answer() -> _T:
            with self._looking(path) as store:
                return question(store)

        return await asyncio.get_running_loop().run_in_executor(self.threads, answer)

    async def change(self, path: Path, change: Callable[[Store], _T]) -> _T:
        """What a change returns. Changes are made one after the other. Raises as `ask` does."""
        import asyncio

        def made() -> _T:
            with contextlib.closing(open_store(path, max_size=_limit(path))) as store:
                return change(store)

        return await asyncio.get_running_loop().run_in_executor(self._writers, made)

    def close(self) -> None:
        """Let go of every store, and of the threads."""
        self.threads.shutdown(wait=True, cancel_futures=True)
        self._writers.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            for kept in self._kept.values():
                kept.store.close()
            self._kept.clear()

    @contextlib.contextmanager
    def _looking(self, path: Path) -> Generator[Store]:
        kept = self._take(path)
        try:
            yield kept.store
        finally:
            with self._lock:
                kept.readers -= 1
                self._close_unused([kept])

    def _take(self, path: Path) -> _Kept:
        with self._lock:
            kept = self._kept.pop(path, None)
            if kept is not None and kept.stale:
                self._drop(kept)
                kept = None
            if kept is None:
                kept = _Kept(open_store(path, max_size=_limit(path), looking=True))
            self._kept[path] = kept
            kept.readers += 1
            while len(self._kept) > _OPEN:
                self._drop(self._kept.popitem(last=False)[1])
            return kept

    def _drop(self, kept: _Kept) -> None:
        kept.dropped = True
        self._close_unused([kept])

    def _close_unused(self, all_kept: list[_Kept]) -> None:
        for kept in all_kept:
            if kept.dropped and not kept.readers:
                kept.store.close()


def _limit(path: Path) -> int | None:
    """The limit that the project of a store sets, as for its kernels."""
    try:
        return load_settings(path.parent, os.environ).max_size
    except OptionError:
        return None
