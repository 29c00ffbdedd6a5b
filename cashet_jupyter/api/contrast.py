"""What differs between two runs, by what is kept of them; no value is loaded for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cashet_jupyter.api import views
from cashet_jupyter.history.compare import compare, made_of
from cashet_jupyter.models import Commit, Value
from cashet_jupyter.store.store import Store

#: whether two values are the same: only where both have a fingerprint is it known
_SAME, _CHANGED, _UNKNOWN, _NEW, _GONE = "same", "changed", "unknown", "new", "gone"
_ORDER = (_CHANGED, _NEW, _GONE, _UNKNOWN, _SAME)


def contrast(store: Store, old: Commit, new: Commit) -> dict[str, Any]:
    """Both runs, what they were made of, and what they left; what differs comes first."""
    previews = views.Previews()
    findings = sorted(compare(made_of(old), made_of(new)), key=lambda found: not found.change)
    return {
        "old": _side(store, old),
        "new": _side(store, new),
        "findings": views.findings(findings),
        "inputs": _values(old.inputs, new.inputs, previews),
        "results": _values(old.outputs, new.outputs, previews),
    }


def _side(store: Store, commit: Commit) -> dict[str, Any]:
    return {**views.row(store, commit), "code": views.text(commit.cell.source, views.LONG)}


def _values(old: Sequence[Value], new: Sequence[Value], previews: views.Previews) -> list[dict[str, Any]]:
    before, after = ({item.name: item for item in values} for values in (old, new))
    pairs = [(before.get(name), after.get(name)) for name in dict.fromkeys([*after, *before])]
    pairs.sort(key=lambda pair: _ORDER.index(_change(*pair)))
    return [_pair(*pair, previews) for pair in pairs[: views.ITEMS]]


def _pair(old: Value | None, new: Value | None, previews: views.Previews) -> dict[str, Any]:
    return {
        "name": views.text((new or old or Value("", "")).name),
        "change": _change(old, new),
        "old": None if old is None else views.value(old, previews),
        "new": None if new is None else views.value(new, previews),
    }


def _change(old: Value | None, new: Value | None) -> str:
    if old is None or new is None:
        return _NEW if old is None else _GONE
    if old.digest and new.digest:
        return _SAME if old.digest == new.digest else _CHANGED
    same = (old.type, old.summary) == (new.type, new.summary)
    return _UNKNOWN if same else _CHANGED
