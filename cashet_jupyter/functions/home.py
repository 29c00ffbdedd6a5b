"""The store that results are in: opened when it is needed, and again after it was closed."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from weakref import WeakValueDictionary

from cashet_jupyter.errors import StoreError
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.store import find_store_dir, open_store


class Home:
    """Where results are; shared by a client and its refs."""

    def __init__(self, path: Path | None = None, store: Store | None = None) -> None:
        self.path: Path = store.path if store is not None else Path(path or find_store_dir()).absolute()
        self._store = store
        self._pid = os.getpid()
        self._given = store is not None
        self._lock = threading.Lock()

    def store(self) -> Store:
        """The store; raises `StoreError` if it cannot be used."""
        if self._store is None or (self._pid != os.getpid() and not self._given):
            with self._lock:
                if self._store is None or (self._pid != os.getpid() and not self._given):
                    self._store, self._pid = self._opened(), os.getpid()
        return self._store

    def _opened(self) -> Store:
        return open_store(self.path)

    def expected(self, code: str) -> float | None:
        """Seconds that this code takes, by its last run; None if that is not known."""
        try:
            latest = self.store().latest(code=code)
        except StoreError:
            return None
        return None if latest is None else latest.seconds

    def close(self) -> None:
        """Let go of the store's files; a later use opens it again. Harmless when repeated."""
        with self._lock:
            store, self._store = self._store, None if not self._given else self._store
        if store is not None:
            store.close()


_homes: WeakValueDictionary[str, Home] = WeakValueDictionary()
_guard = threading.Lock()


def home_at(path: str) -> Home:
    """The one home of this process for a folder, for refs that came from elsewhere."""
    with _guard:
        found = _homes.get(path)
        if found is None:
            found = _homes[path] = Home(Path(path))
        return found


def adopt(home: Home) -> None:
    """Let refs that come from elsewhere find their results in this home of their folder, as long as there is one."""
    with _guard:
        _homes[str(home.path)] = home
