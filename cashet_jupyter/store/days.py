"""Which hits were today: they are counted by the quarter of an hour in which they were.

Wherever somebody asks, the day begins with a quarter of an hour of UTC (zones differ by whole quarters), so each asker
sums up a day of their own. Days of the calendar as keys were rejected: an index that is made anew from the log in
another time zone would count otherwise.
"""

from __future__ import annotations

import time
from typing import NamedTuple

_QUARTER = 15 * 60
#: moments beyond it (the year 36,812) are no times
_FAR = 1 << 40


class Span(NamedTuple):
    """Quarters of an hour since 1970, UTC, from the first one up to the last one, which is not in it."""

    first: int
    last: int


def quarter(moment: object) -> int | None:
    """The quarter of an hour of a moment (seconds since the epoch); None for what is no moment."""
    if isinstance(moment, int | float) and abs(moment) <= _FAR:
        return int(moment // _QUARTER)
    return None


def today(now: float | None = None) -> Span:
    """The local day of a moment (seconds since the epoch; by default now); where clocks change it is 23 or 25 hours."""
    at = time.localtime(time.time() if now is None else now)
    return Span(_begin(at, 0), _begin(at, 1))


def _begin(at: time.struct_time, later: int) -> int:
    """The first quarter of a day, or of a later one."""
    day = at.tm_mday + later  # one too many is the first of the next month
    begin = time.mktime((at.tm_year, at.tm_mon, day, 0, 0, 0, 0, 0, -1))
    noon = time.localtime(time.mktime((at.tm_year, at.tm_mon, day, 12, 0, 0, 0, 0, -1)))
    if time.localtime(begin).tm_yday != noon.tm_yday:  # clocks change at midnight: the day begins at one o'clock
        begin += 3600
    return int(begin // _QUARTER)
