"""The questions that the store asks of its index. Each one is answered by an index of SQLite's at any size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from cashet_jupyter.errors import NotFound
from cashet_jupyter.models import Blob
from cashet_jupyter.store.answers import StoreStats
from cashet_jupyter.store.days import Span
from cashet_jupyter.store.faults import IndexDamaged
from cashet_jupyter.store.fold import text
from cashet_jupyter.store.index import COLUMNS, Index, Row

_BY_KEY = f"SELECT {COLUMNS} FROM commits c WHERE c.key = ? ORDER BY c.created DESC, c.n DESC"
_BY_ID = f"SELECT {COLUMNS} FROM commits c WHERE c.id = ?"
_BY_PREFIX = f"SELECT {COLUMNS} FROM commits c WHERE c.id >= ? AND c.id <= ? LIMIT 20"


def by_key(index: Index, key: str) -> Iterator[Row]:
    """The entries of a computation, newest first."""
    return index.commits(_BY_KEY, (text(key),))


def by_id(index: Index, id: str) -> Row | None:
    """The entry of a whole id."""
    try:
        raw = bytes.fromhex(id)
    except ValueError:
        return None
    return next(index.commits(_BY_ID, (raw,)), None)


def by_prefix(index: Index, prefix: str) -> list[Row]:
    """Entries whose id begins with these hex digits, 20 at most."""
    low, high = (bytes.fromhex(prefix.ljust(64, digit)) for digit in "0f")
    return list(index.commits(_BY_PREFIX, (low, high)))


def everything(index: Index) -> Iterator[Row]:
    """All entries, oldest first."""
    return index.commits(f"SELECT {COLUMNS} FROM commits c ORDER BY c.created, c.n")


class Conditions(NamedTuple):
    """What a page of the log is asked for; None is no condition."""

    code: str | None = None
    notebook: str | None = None
    cell_id: str | None = None
    name: str | None = None
    """A variable among the outputs."""
    tag: tuple[str, str] | None = None
    label: str | None = None


def page(index: Index, wanted: Conditions, *, before: str | None = None) -> Iterator[Row]:
    """Entries, newest first, from after `before` on.

    The first condition given is searched by, the others are looked at in what it finds: a unary plus keeps SQLite from
    searching by another one (a notebook with 50,000 commits instead of a cell with ten).
    """
    tag, name = wanted.tag, wanted.name
    tables, conditions, order = "commits c", list[str](), "c"
    values: list[Any] = []
    if tag is not None:
        tables, order = "tags t CROSS JOIN commits c ON c.n = t.n", "t"
        conditions, values = ["t.name = ?", "t.value = ?"], [text(tag[0]), text(tag[1])]
    elif name is not None:
        tables, order = "names t CROSS JOIN commits c ON c.n = t.n", "t"
        conditions, values = ["t.name = ?"], [text(name)]
    if tag is not None and name is not None:
        conditions.append("EXISTS(SELECT 1 FROM names m WHERE m.name = ? AND m.created = c.created AND m.n = c.n)")
        values.append(text(name))
    columns = ("cell", wanted.cell_id), ("code", wanted.code), ("label", wanted.label), ("notebook", wanted.notebook)
    for column, value in columns:
        if value is not None:
            conditions.append(f"{'+' if conditions else ''}c.{column} = ?")
            values.append(text(value))
    if before is not None:
        conditions.append(f"({order}.created, {order}.n) < (?, ?)")
        values.extend(_position(index, before))
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT {COLUMNS} FROM {tables} {where} ORDER BY {order}.created DESC, {order}.n DESC"
    return index.commits(sql, tuple(values))


def tags_of(row: Row) -> dict[str, str]:
    """The tags of an entry, by name."""
    if not row.tags:
        return {}
    words = [bytes.fromhex(word).decode("utf-8", "surrogatepass") for word in str(row.tags).split(" ")]
    return dict(sorted(zip(words[::2], words[1::2], strict=True)))


def inline(index: Index, blob: Blob) -> bytes | None:
    """A small blob's bytes, unverified; None if it is not in the index."""
    rows = index.rows("SELECT inline FROM blobs WHERE digest = ?", (bytes.fromhex(blob.digest),))
    return rows[0][0] if rows and isinstance(rows[0][0], bytes) else None


def timing(index: Index, code: str) -> float | None:
    """The run time that was noted last for a code, in seconds."""
    rows = index.rows("SELECT seconds FROM timings WHERE code = ?", (text(code),))
    return float(rows[0][0]) if rows else None


def stats(index: Index) -> StoreStats:
    """The totals."""
    rows = index.rows("SELECT commits, blobs, logical, physical, hits, saved FROM totals")
    if not rows:
        msg = "no totals"
        raise IndexDamaged(msg)
    return StoreStats(*(int(value) for value in rows[0][:5]), saved=float(rows[0][5]))


def hits_in(index: Index, span: Span) -> tuple[int, float]:
    """Hits within these quarters of an hour, and the seconds that they spared."""
    # total() and the bound: a log that came from elsewhere may say anything, and sum() overflows
    sql = "SELECT min(max(total(hits), 0), 1e15), total(saved) FROM quarters WHERE quarter >= ? AND quarter < ?"
    rows = index.rows(sql, span)
    return int(rows[0][0]), float(rows[0][1])


def expired(expires: float | None) -> bool:
    """Whether an entry's time is over."""
    return expires is not None and expires <= time.time()


def _position(index: Index, id: str) -> tuple[float, int]:
    row = by_id(index, id)
    if row is None:
        msg = f"no commit {id}"
        raise NotFound(msg)
    return index.rows("SELECT created, n FROM commits WHERE n = ?", (row.n,))[0]
