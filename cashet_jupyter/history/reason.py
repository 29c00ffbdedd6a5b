"""Why a cell runs again, in one line: what changed against the nearest earlier run of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cashet_jupyter.history.compare import Made, about_to_run, compare, distance, made_of, one_line
from cashet_jupyter.models import Cell, Commit, Fingerprint
from cashet_jupyter.store.protocol import Store

#: how many earlier runs of a cell are compared to find the nearest one
NEAREST_OF = 64
FIRST = "first run"
#: what a store says of entries that it leaves out -> the same in a sentence
_LEFT_OUT = {"expired": "expired (--ttl)", "damaged": "damaged", "not by this user": "not by this user"}

_NO_VERSIONS: Mapping[str, str] = MappingProxyType({})


def reason_for_run(
    store: Store, fingerprint: Fingerprint, cell: Cell, versions: Mapping[str, str] = _NO_VERSIONS
) -> str:
    """Why no earlier run serves, against the nearest one: `first run`, `code changed (line 2)`, `thr 0.5 -> 0.7`.

    `versions` are those of Python and of the libraries that are loaded now.
    """
    now = about_to_run(fingerprint, cell, versions)
    earlier = nearest(store, now, cell)
    if earlier is None:
        return FIRST
    return difference(made_of(earlier), now) or "the earlier run no longer counts"


def nearest(store: Store, now: Made, cell: Cell, *, before: str | None = None) -> Commit | None:
    """The earlier run that differs least; of the same code, else the newest one of the same cell of the notebook.

    With `before`, only runs before that commit count.
    """
    same: Sequence[Commit] = store.log(code=now.code, limit=NEAREST_OF, before=before)
    if same:
        return min(same, key=lambda commit: distance(made_of(commit), now))
    if cell.id is None:
        return None
    return next(iter(store.log(cell_id=cell.id, notebook=cell.notebook, limit=1, before=before)), None)


def difference(old: Made, new: Made) -> str:
    """What changed, in one line; empty if nothing that is known did."""
    words = one_line(compare(old, new))
    if words or old.key == new.key:
        return words
    python = old.versions.get("python")
    if python is not None and python == new.versions.get("python"):
        # the key knows one thing more than its parts: which objects are the same
        return "which objects the inputs share changed"
    return "the environment changed"


def left_out(text: str) -> str:
    """`1 expired` of a store, as a sentence: `the earlier run has expired (--ttl)`."""
    words: list[str] = []
    for item in text.split(", "):
        count, _, why = item.partition(" ")
        known = _LEFT_OUT.get(why)
        if known is None or not count.isdigit():
            return text
        verb = "has" if why == "expired" else "is"
        runs = "the earlier run" if count == "1" else f"{count} earlier runs"
        words.append(f"{runs} {verb if count == '1' else {'has': 'have', 'is': 'are'}[verb]} {known}")
    return ", ".join(words)
