"""Hits and run times that are noted but not written yet: noting must cost next to nothing (20 us)."""

from __future__ import annotations

import math
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
        self._hits: dict[bytes, tuple[int, float, float]] = {}
        self._timings: dict[str, float] = {}

    def hit(self, id: str, saved: float) -> None:
        """A hit on a commit that spared `saved` seconds."""
        self._own()
        try:
            raw, spared = bytes.fromhex(id), max(float(saved), 0.0)
        except (ValueError, TypeError):
            return  # not a commit of any store
        if not math.isfinite(spared):
            return
        with self._lock:
            hits, so_far, _ = self._hits.get(raw, (0, 0.0, 0.0))
            self._hits[raw] = (hits + 1, so_far + spared, time.time())

    def time(self, code: str, seconds: float) -> None:
        """A plain run of a code."""
        self._own()
        if math.isfinite(seconds):
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
            hits = [[raw, *numbers] for raw, numbers in self._hits.items()]
            op = {"op": "use", "hits": hits, "timings": self._timings}
            self._hits, self._timings = {}, {}
            return op

    def give_back(self, op: dict[str, Any]) -> None:
        """What was taken could not be written."""
        with self._lock:
            for raw, hits, saved, used in op["hits"]:
                more = self._hits.get(raw, (0, 0.0, 0.0))
                self._hits[raw] = (hits + more[0], saved + more[1], max(used, more[2]))
            self._timings = {**op["timings"], **self._timings}

    def totals(self) -> tuple[int, float]:
        """Hits, and seconds saved, that are noted only here."""
        hits = list(self._hits.values())
        return sum(number for number, _, _ in hits), sum(saved for _, saved, _ in hits)

    def of(self, id: str) -> tuple[int, float]:
        """The same of one commit."""
        number, saved, _ = self._hits.get(bytes.fromhex(id), (0, 0.0, 0.0))
        return number, saved

    def _own(self) -> None:
        """A forked child starts with nothing: what its parent noted is the parent's to write."""
        if self._pid != os.getpid():
            self.__init__()
