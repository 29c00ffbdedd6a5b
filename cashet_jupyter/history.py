"""Questions asked of a store: why did this run again."""

from __future__ import annotations

from cashet_jupyter.models import Cell, Commit, Dependency, Fingerprint, Value
from cashet_jupyter.store.protocol import Store

#: how many earlier runs of a cell are compared to find the nearest one
NEAREST_OF = 64
#: how many changed inputs a line names
NAMED = 3
#: the longest summary that fits into a line
SHORT = 24


def reason_for_run(store: Store, fingerprint: Fingerprint, cell: Cell) -> str:
    """Why no earlier run serves, against the nearest one: `first run`, `code changed`, `thr 0.5 -> 0.7`."""
    earlier = store.log(code=fingerprint.code, limit=NEAREST_OF)
    if not earlier:
        edited = cell.id is not None and store.latest(cell_id=cell.id, notebook=cell.notebook) is not None
        return "code changed" if edited else "first run"
    differences = min((changes(commit, fingerprint) for commit in earlier), key=len)
    if not differences:
        return "the earlier run no longer counts"
    named = ", ".join(differences[:NAMED])
    more = len(differences) - NAMED
    return f"{named} and {more} more" if more > 0 else named


#: kind of dependency -> how a change of it is told
_PHRASES = {
    "variable": "{} changed",
    "env": "${} changed",
    "cwd": "the working directory changed",
    "argv": "the command line changed",
    "random": "the state of {} is another",
    "options": "options of {} changed",
    "absent": "{} is there now",
    "listing": "the files in {} changed",
}


def phrase(dependency: Dependency) -> str:
    """What no longer is as it was: `data/sales.csv changed`, `$HOME changed`."""
    return _PHRASES.get(dependency.kind, "{} changed").format(dependency.name)


def changes(commit: Commit, fingerprint: Fingerprint) -> list[str]:
    """What differs between a stored run's key and this one, one phrase for each part."""
    phrases = _changed_values(commit.inputs, fingerprint.inputs)
    phrases += _changed_values(commit.depends, fingerprint.depends)
    if not phrases and commit.key != fingerprint.key:
        phrases.append("the environment changed")
    return phrases


def _changed_values(old: tuple[Value, ...], new: tuple[Value, ...]) -> list[str]:
    before = {value.name: value for value in old}
    after = {value.name: value for value in new}
    phrases = [_phrase(before.get(name), after[name]) for name in after if _differs(before.get(name), after[name])]
    phrases += [f"{name} is gone" for name in before if name not in after]
    return phrases


def _differs(old: Value | None, new: Value) -> bool:
    return old is None or old.digest != new.digest


def _phrase(old: Value | None, new: Value) -> str:
    if old is None:
        return f"{new.name} is new"
    short = len(old.summary) <= SHORT and len(new.summary) <= SHORT
    if old.summary and new.summary and old.summary != new.summary and short:
        return f"{new.name} {old.summary} -> {new.summary}"
    return f"{new.name} changed"
