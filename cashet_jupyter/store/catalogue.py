"""Which names stand in a store, what was made from what, and how often a result was used.

Each question is answered by an index of SQLite's: the distinct names one after the other, by jumping from each to the
next greater one, however many commits lie between.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cashet_jupyter.store.fold import text
from cashet_jupyter.store.index import COLUMNS, Index, Row

#: variables among the outputs, tags (`name=value`), labels of cells, ids of cells (those of functions among them),
#: notebooks, and the ids of commits
Known = Literal["name", "tag", "label", "cell", "notebook", "id"]

#: kind -> the table and the column that an index begins with
_PLACES: dict[str, tuple[str, str]] = {
    "name": ("names", "name"),
    "label": ("commits", "label"),
    "cell": ("commits", "cell"),
    "notebook": ("commits", "notebook"),
}

_DISTINCT = """WITH RECURSIVE found(x) AS (
    SELECT min({column}) FROM {table} WHERE {column} >= ?1
    UNION ALL SELECT (SELECT min({column}) FROM {table} WHERE {column} > found.x) FROM found
        WHERE found.x IS NOT NULL AND substr(found.x, 1, length(?1)) = ?1)
    SELECT x FROM found WHERE substr(x, 1, length(?1)) = ?1 LIMIT ?2"""

# a value more or less makes no jump worth it
_TAGS = """SELECT DISTINCT name, value FROM tags WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1 LIMIT ?2"""
_VALUES = """SELECT DISTINCT name, value FROM tags WHERE name = ?1
    AND (length(?2) = 0 OR substr(value, 1, length(?2)) = ?2) LIMIT ?3"""

_IDS = "SELECT id FROM commits WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?"

_MADE_FROM = f"""SELECT {COLUMNS} FROM made_from m CROSS JOIN commits c ON c.n = m.n WHERE m.source = ?
    ORDER BY m.created DESC, m.n DESC LIMIT ?"""

_USES = "SELECT u.hits, u.saved FROM commits c JOIN uses u ON u.n = c.n WHERE c.id = ?"


def known(index: Index, kind: Known, prefix: str, limit: int) -> list[str]:
    """The distinct names of a kind that begin with `prefix`, in the order of their bytes, `limit` at most."""
    if kind == "id":
        return _ids(index, prefix.lower(), limit)
    if kind == "tag":
        return _tags(index, prefix, limit)
    table, column = _PLACES[kind]
    rows = index.rows(_DISTINCT.format(table=table, column=column), (text(prefix), limit))
    return [row[0].decode("utf-8", "surrogatepass") for row in rows if isinstance(row[0], bytes)]


def _tags(index: Index, prefix: str, limit: int) -> list[str]:
    name, equals, value = (text(part) for part in prefix.partition("="))
    rows = index.rows(_VALUES, (name, value, limit)) if equals else index.rows(_TAGS, (name, limit))
    return [b"=".join(row).decode("utf-8", "surrogatepass") for row in rows if all(isinstance(x, bytes) for x in row)]


def _ids(index: Index, prefix: str, limit: int) -> list[str]:
    if len(prefix) > 64 or not set(prefix) <= set("0123456789abcdef"):
        return []
    low, high = (bytes.fromhex(prefix.ljust(64, digit)) for digit in "0f")
    return [row[0].hex() for row in index.rows(_IDS, (low, high, limit)) if isinstance(row[0], bytes)]


def made_from(index: Index, id: str, limit: int) -> Iterator[Row]:
    """Entries that read what a commit left, newest first."""
    return index.commits(_MADE_FROM, (bytes.fromhex(id), limit))


def uses(index: Index, id: str) -> tuple[int, float]:
    """How often a commit was used, and the seconds that this spared."""
    rows = index.rows(_USES, (bytes.fromhex(id),))
    return (int(rows[0][0]), float(rows[0][1])) if rows else (0, 0.0)
