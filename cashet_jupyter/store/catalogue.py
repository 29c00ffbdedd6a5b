"""Which names stand in a store, what was made from what, and how often a result was used.

Each question is answered by an index of SQLite's: the distinct names one after the other, by jumping from each to the
next greater one, however many commits lie between.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cashet_jupyter.store.fold import text
from cashet_jupyter.store.index import COLUMNS, Index, Row

#: variables among the outputs, names of tags, labels of cells, ids of cells (those of functions among them), notebooks
Known = Literal["name", "tag", "label", "cell", "notebook"]

#: kind -> the table and the column that an index begins with
_PLACES: dict[Known, tuple[str, str]] = {
    "name": ("names", "name"),
    "tag": ("tags", "name"),
    "label": ("commits", "label"),
    "cell": ("commits", "cell"),
    "notebook": ("commits", "notebook"),
}

_DISTINCT = """WITH RECURSIVE found(x) AS (
    SELECT min({column}) FROM {table} WHERE {column} >= ?1
    UNION ALL SELECT (SELECT min({column}) FROM {table} WHERE {column} > found.x) FROM found
        WHERE found.x IS NOT NULL AND substr(found.x, 1, length(?1)) = ?1)
    SELECT x FROM found WHERE substr(x, 1, length(?1)) = ?1 LIMIT ?2"""

_MADE_FROM = f"""SELECT {COLUMNS} FROM made_from m CROSS JOIN commits c ON c.n = m.n WHERE m.source = ?
    ORDER BY m.created DESC, m.n DESC LIMIT ?"""

_USES = "SELECT u.hits, u.saved FROM commits c JOIN uses u ON u.n = c.n WHERE c.id = ?"


def known(index: Index, kind: Known, prefix: str, limit: int) -> list[str]:
    """The distinct names of a kind that begin with `prefix`, in the order of their bytes, `limit` at most."""
    table, column = _PLACES[kind]
    rows = index.rows(_DISTINCT.format(table=table, column=column), (text(prefix), limit))
    return [row[0].decode("utf-8", "surrogatepass") for row in rows if isinstance(row[0], bytes)]


def made_from(index: Index, id: str, limit: int) -> Iterator[Row]:
    """Entries that read what a commit left, newest first."""
    return index.commits(_MADE_FROM, (bytes.fromhex(id), limit))


def uses(index: Index, id: str) -> tuple[int, float]:
    """How often a commit was used, and the seconds that this spared."""
    rows = index.rows(_USES, (bytes.fromhex(id),))
    return (int(rows[0][0]), float(rows[0][1])) if rows else (0, 0.0)
