"""Hits and run times that are noted but not written yet: noting must cost next to nothing (20 us)."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

#: seconds between two writes
_PAUSE = 1.0


class Pending:
    """What has been noted since the last write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._written = 0.0
        self._hits: dict[str, tuple[int, float, float]] = {}
        self._timings: dict[str, float] = {}

    def hit(self, id: str, saved: float) -> None:
        """A hit on a commit that spared `saved` seconds."""
        self._own()
        with self._lock:
            hits, so_far, _ = self._hits.get(id, (0, 0.0, 0.0))
            self._hits[id] = (hits + 1, so_far + max(float(saved), 0.0), time.time())

    def time(self, code: str, seconds: float) -> None:
        """A plain run of a code."""
        self._own()
        with self._lock:
            self._timings[code] = float(seconds)

    def timing(self, code: str) -> float | None:
        """The run time of a code, if it is among what was noted."""
        return self._timings.get(code)

    def due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._written >= _PAUSE

    def take(self) -> dict[str, Any] | None:
        """All of it as a record for the log; None if there is nothing."""
        self._own()
        with self._lock:
            self._written = time.monotonic()
            if not self._hits and not self._timings:
                return None
            hits = [[bytes.fromhex(id), *numbers] for id, numbers in self._hits.items()]
            op = {"op": "use", "hits": hits, "timings": self._timings}
            self._hits, self._timings = {}, {}
            return op

    def give_back(self, op: dict[str, Any]) -> None:
        """What was taken could not be written."""
        with self._lock:
            for raw, hits, saved, used in op["hits"]:
                more = self._hits.get(raw.hex(), (0, 0.0, 0.0))
                self._hits[raw.hex()] = (hits + more[0], saved + more[1], max(used, more[2]))
            self._timings = {**op["timings"], **self._timings}

    def totals(self) -> tuple[int, float]:
        """Hits, and seconds saved, that are noted only here."""
        hits = list(self._hits.values())
        return sum(number for number, _, _ in hits), sum(saved for _, saved, _ in hits)

    def _own(self) -> None:
        """A forked child starts with nothing: what its parent noted is the parent's to write."""
        if self._pid != os.getpid():
            self.__init__()
