"""Telling those who look at a store that it has changed.

SQLite says in 4 us whether anybody has committed (`PRAGMA data_version`), so stores that are looked at are asked four
times a second. Who looks has a lease, which each of its questions renews: when nobody does, nobody asks.

An event tells an opaque name and a number, nothing else: everybody who may read events gets it. What may come late, or
never (a page in the background), is made up for by asking again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

from cashet_jupyter.api.place import Names
from cashet_jupyter.server.stores import Stores

#: which events these are; what stands in one is a promise to every version of the front end
SCHEMA_ID = "https://schema.jupyter.org/cashet_jupyter/store/v1"
SCHEMA: dict[str, Any] = {
    "$id": SCHEMA_ID,
    "version": "1",
    "title": "A store of cached cells has changed",
    "personal-data": False,
    "type": "object",
    "required": ["store", "version"],
    "properties": {
        "store": {"type": "string", "title": "Name of the store, valid while the server runs"},
        "version": {"type": "integer", "title": "Counts its changes"},
    },
}
#: seconds for which a question counts as looking
LEASE = 30.0
#: stores that are watched at most; those that were looked at longest ago are let go
_MOST = 64

Emit = Callable[[str, int], None]


class _Watched:
    """One store, or the place where one would be."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "index.db"
        self.version = 0
        self.until = 0.0
        self._db: apsw.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._seen: object = None
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether anything was committed, or the store came or went, since this was asked last."""
        seen = self._look()
        if seen == self._seen:
            return False
        self._seen = seen
        self.version += 1
        return True

    def _look(self) -> object:
        """Something that is another thing after every change."""
        try:
            found = self.path.stat()
        except OSError:
            self.close()
            return None
        identity = found.st_dev, found.st_ino
        try:
            if self._db is None or self._identity != identity:
                self.close()
                self._identity = identity
                uri = f"{self.path.as_uri()}?mode=ro"
                self._db = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
                self._db.set_busy_timeout(0)
            return identity, self._db.execute("PRAGMA data_version").get
        except apsw.BusyError:
            return self._seen
        except (apsw.Error, ValueError):
            # what cannot be opened is told apart by its times; the next look tries again
            self.close()
            return identity, found.st_mtime_ns, found.st_size

    def close(self) -> None:
        """Let go of it."""
        if self._db is not None:
            with contextlib.suppress(apsw.Error):
                self._db.close()
            self._db = None


class Watch:
    """Looks at all stores that somebody has a lease on, and calls `emit(name, version)` when one has changed."""

    def __init__(self, stores: Stores, emit: Emit, interval: float) -> None:
        self._stores = stores
        self._emit = emit
        self._interval = interval
        self._names = Names()
        self._watched: dict[str, _Watched] = {}
        self._task: asyncio.Task[None] | None = None

    def name(self, folder: Path) -> str:
        """What a store is called in events: it tells nothing of where it is."""
        return self._names.of(folder)

    async def renew(self, folder: Path) -> tuple[str, int]:
        """Look at a store for the next `LEASE` seconds; its name and version."""
        name = self.name(folder)
        watched = self._watched.get(name)
        if watched is None:
            watched = await self._in_thread(lambda: _Watched(folder))
            watched = self._watched.setdefault(name, watched)
        watched.until = time.monotonic() + LEASE
        self._let_go(_MOST)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
        return name, watched.version

    @property
    def watched(self) -> int:
        """How many stores are looked at."""
        return len(self._watched)

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for watched in self._watched.values():
            watched.close()
        self._watched.clear()

    async def _run(self) -> None:
        while self._watched:
            await asyncio.sleep(self._interval)
            now = time.monotonic()
            for name in [name for name, watched in self._watched.items() if watched.until < now]:
                self._watched.pop(name).close()
            looked_at = list(self._watched.items())
            changed = await self._in_thread(lambda: [item for item in looked_at if item[1].changed()])  # noqa: B023
            for name, watched in changed:
                self._emit(name, watched.version)

    def _let_go(self, most: int) -> None:
        oldest = sorted(self._watched, key=lambda name: self._watched[name].until)
        for name in oldest[: max(0, len(oldest) - most)]:
            self._watched.pop(name).close()

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._stores.threads, work)
