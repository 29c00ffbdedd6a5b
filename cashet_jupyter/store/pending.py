"""Hits and run times that are noted but not written yet: noting must cost next to nothing (20 us)."""

from __future__ import annotations

import math
import os
import threading
import time
from typing import Any

from cashet_jupyter.store import days

#: seconds between two writes
_PAUSE = 1.0


class Pending:
    """What has been noted since the last write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._written = 0.0
        # by commit and quarter of an hour: what is noted before midnight is not of the next day
        self._hits: dict[tuple[bytes, int], tuple[int, float, float]] = {}
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
        now = time.time()
        with self._lock:
            self._add(raw, 1, spared, now)

    def time(self, code: str, seconds: float) -> None:
        """A plain run of a code."""
        self._own()
        if math.isfinite(seconds):
            with self._lock:
                self._timings[code] = float(seconds)

    def timing(self, code: str) -> float | None:
        """The run time of a code, if it is among what was noted."""
        return self._timings.get(code)

    @property
    def hits(self) -> bool:
        """Whether hits were noted that nobody else can see yet."""
        return bool(self._hits) and self._pid == os.getpid()

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
            hits = [[raw, *numbers] for (raw, _), numbers in self._hits.items()]
            op = {"op": "use", "hits": hits, "timings": self._timings}
            self._hits, self._timings = {}, {}
            return op

    def give_back(self, op: dict[str, Any]) -> None:
        """What was taken could not be written."""
        with self._lock:
            for raw, hits, saved, used in op["hits"]:
                self._add(raw, hits, saved, used)
            self._timings = {**op["timings"], **self._timings}

    def totals(self, span: days.Span | None = None) -> tuple[int, float]:
        """Hits, and seconds saved, that are noted only here; in all, or within these quarters of an hour."""
        noted = list(self._hits.items())
        hits = [entry for (_, at), entry in noted if span is None or span.first <= at < span.last]
        return sum(number for number, _, _ in hits), sum(saved for _, saved, _ in hits)

    def of(self, id: str) -> tuple[int, float]:
        """The same of one commit."""
        raw = bytes.fromhex(id)
        hits = [entry for (whose, _), entry in list(self._hits.items()) if whose == raw]
        return sum(number for number, _, _ in hits), sum(saved for _, saved, _ in hits)

    def _add(self, raw: bytes, hits: int, saved: float, used: float) -> None:
        """Under the lock."""
        key = raw, days.quarter(used) or 0
        number, so_far, last = self._hits.get(key, (0, 0.0, 0.0))
        self._hits[key] = (number + hits, so_far + saved, max(last, used))

    def _own(self) -> None:
        """A forked child starts with nothing: what its parent noted is the parent's to write."""
        if self._pid != os.getpid():
            self.__init__()
