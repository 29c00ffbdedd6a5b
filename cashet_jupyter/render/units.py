"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# Not strftime's: a saved notebook must not change with the locale of whoever runs it.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def duration(seconds: float) -> str:
    """`8 ms`, `2.4 s`, `48 s`, `4 min 12 s`, `2 h 51 min`, `3 d 4 h`."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return _two(whole, 60, "min", 1, "s")
    if whole < 86400:
        return _two(whole, 3600, "h", 60, "min")
    return _two(whole, 86400, "d", 3600, "h")


def clock(seconds: float) -> str:
    """`0:08`, `4:12`, `2:51:09`: for what counts up while it is looked at."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _two(whole: int, big: int, big_name: str, small: int, small_name: str) -> str:
    rest = whole % big // small
    return f"{whole // big} {big_name}" + (f" {rest} {small_name}" if rest else "")


def size(count: int) -> str:
    """`512 B`, `3.1 kB`, `12 MB`, `1.4 GB`: powers of 1000, as file managers show them."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5:
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"
    return f"{value / 1000:.1f} PB"


def day(timestamp: float, offset: int = 0) -> str:
    """`12 May 2026`, where clocks were `offset` seconds ahead of UTC."""
    when = _local(timestamp, offset)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def moment(timestamp: float, offset: int = 0) -> str:
    """`12 May 2026, 14:03:09`, where clocks were `offset` seconds ahead of UTC."""
    return f"{day(timestamp, offset)}, {_local(timestamp, offset):%H:%M:%S}"


def _local(timestamp: float, offset: int) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC) + timedelta(seconds=offset)
