"""What a store does while nobody works, in a thread, and for a moment at the end.

It reads big results that were just written once more, so that the next kernel can map them without reading them,
writes down hits that were only noted, so that others see what was saved, and keeps itself below its limit.

A collection takes the write lock for some milliseconds at a time and stops between two of them as soon as there is
work again. On a network file system nobody can say who else is writing, and nothing is collected unasked.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable

from cashet_jupyter.errors import CashetError
from cashet_jupyter.store.store import Store

#: seconds of quiet before a collection begins
_QUIET = 1.0
#: seconds that it may take when the process ends
_AT_EXIT = 2.0
#: with more commits, weighing them alone takes longer than that (13 us each): it is left for the next idle moment
_MANY = 50_000
#: how far below the limit it goes, so that not every new result begins another collection
_DOWN_TO = 0.9


class Upkeep:
    """Looks after one store. `busy` says whether a cell is running."""

    def __init__(self, store: Store, busy: Callable[[], bool]) -> None:
        self._store = store
        self._busy = busy
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._pid = os.getpid()
        self._stays = 0
        """Bytes above the limit that a collection could not remove: they are pinned, and no reason for another one."""

    def look(self) -> None:
        """Begin to work, soon, if there is reason to; costs some 20 us."""
        running = self._thread is not None and self._thread.is_alive()
        if not running and (self._unsettled or self._due()):
            self._thread = threading.Thread(target=self._work, name="cashet-gc", daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Collect for a moment, if there is reason to, and begin nothing any more."""
        mine = os.getpid() == self._pid  # not the child of a fork: it has neither the thread nor the task
        if self._ended.is_set() or not mine:
            return
        self._ended.set()
        if self._thread is not None:
            self._thread.join(_AT_EXIT)
        deadline = time.monotonic() + _AT_EXIT
        self._settle(lambda: time.monotonic() > deadline)
        if self._due() and self._store.stats().commits <= _MANY:
            self._collect(lambda: time.monotonic() > deadline)

    def _due(self) -> bool:
        store = self._store
        try:
            return not store.read_only and store.index.wal and store.over() > self._stays
        except CashetError:
            return False

    def _work(self) -> None:
        while not self._ended.is_set():
            self._wait_for_quiet()
            self._settle(self._is_over)
            if not self._due():
                return
            before = self._over()
            self._collect(self._is_over)
            left = self._over()
            if not 0 < left < before and not self._is_over():
                self._stays = left
                return

    @property
    def _unsettled(self) -> bool:
        return self._store.unsettled or self._store.noted

    def _is_over(self) -> bool:
        return self._ended.is_set() or self._busy()

    def _settle(self, stop: Callable[[], bool]) -> None:
        if self._unsettled:
            with contextlib.suppress(CashetError):
                self._store.settle(stop)

    def _wait_for_quiet(self) -> None:
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _QUIET and not self._ended.wait(_QUIET / 10):
            if self._busy():
                quiet_since = time.monotonic()

    def _over(self) -> int:
        try:
            return self._store.over()
        except CashetError:
            return 0

    def _collect(self, stop: Callable[[], bool]) -> None:
        try:
            self._store.gc(max_size=int(_DOWN_TO * self._store.limit), stop=stop)
        except CashetError:
            return  # whoever stores something next sees what is wrong
