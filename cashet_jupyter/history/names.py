"""The names in a store that begin with what somebody has typed: what completion offers."""

from __future__ import annotations

from cashet_jupyter.models import FUNCTION
from cashet_jupyter.store.protocol import Store

#: names of one kind that are offered
_MOST = 50
#: cells and results that are offered before anything is typed: the newest ones
_NEWEST = 20


def names(store: Store, typed: str = "") -> list[str]:
    """Variables, functions and tags that begin with `typed`; ids, if it could be the beginning of one; then cells."""
    found = dict.fromkeys(store.known("name", typed, limit=_MOST))
    found |= dict.fromkeys(functions(store, typed))
    found |= dict.fromkeys(store.known("tag", typed, limit=_MOST))
    found.pop("return", None)  # what a function returned, and no variable
    newest = store.log(limit=_NEWEST)
    if len(typed) >= 4:
        found |= dict.fromkeys(id[: max(6, len(typed))] for id in store.known("id", typed, limit=_NEWEST))
    else:
        found |= dict.fromkeys(commit.short for commit in newest if commit.id.startswith(typed))
    labels = store.known("label", typed, limit=_NEWEST) if typed else [commit.cell.label for commit in newest]
    return list(found | dict.fromkeys(label for label in labels if label))


def functions(store: Store, typed: str = "") -> list[str]:
    """The submitted functions that begin so: their short names, then those with their modules."""
    known = [id.removeprefix(FUNCTION) for id in store.known("cell", FUNCTION, limit=1000)]
    short = [name.rpartition(".")[2] for name in known]
    return [name for name in dict.fromkeys((*short, *known)) if name.startswith(typed)]
