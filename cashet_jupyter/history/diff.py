"""Two runs -> what differs between them.

What is equal by its digest is never loaded. What cannot be read says why, and is no reason to say nothing of the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from cashet_jupyter.diffs.compare import compare
from cashet_jupyter.diffs.difference import Difference, Entry, Section, Side
from cashet_jupyter.diffs.model import Budget, ValueDiff
from cashet_jupyter.diffs.text import compare_text
from cashet_jupyter.diffs.words import brief
from cashet_jupyter.errors import CashetError
from cashet_jupyter.history.around import environment, files, kept, outside
from cashet_jupyter.history.recall import recall, recall_one, recall_shown
from cashet_jupyter.history.seen import seen
from cashet_jupyter.history.source import source_diff
from cashet_jupyter.history.values import compare_value
from cashet_jupyter.models import RETURNED, Commit, Finding, Value
from cashet_jupyter.serialize.apart import Apart
from cashet_jupyter.store.protocol import Store

#: seconds for all values of a diff together
TOTAL = 10.0
#: bytes of an input beyond which it is not read only to be compared
_LARGE = 4 << 30
#: the name of what a cell showed as its result, among the outputs: no variable can be called so
RESULT = "(result)"

_T = TypeVar("_T")


def difference(
    store: Store,
    old: Commit,
    new: Commit,
    *,
    budget: Budget | None = None,
    namespace: MutableMapping[str, Any] | None = None,
) -> Difference:
    """What differs between two runs; functions among their values get `namespace` for their globals.

    Never raises for what cannot be read: that is said in its place.
    """
    task = _Task(store, old, new, budget or Budget(), namespace, time.monotonic() + TOTAL)
    upgraded = any(new.versions.get(name) != version for name, version in old.versions.items())
    source = source_diff(old.cell.source, new.cell.source, changed=old.code != new.code, budget=task.budget)
    sections = (
        Section("error", tuple(_error(task))),
        Section("inputs", tuple(_inputs(task, upgraded=upgraded))),
        _outputs(task),
        _shown(task),
        Section("environment", kept(old, new, environment(old, new))),
        Section("outside", kept(old, new, outside(old.trace, new.trace))),
        Section("files", tuple(files(old.artifacts, new.artifacts))),
    )
    return Difference(_side(old), _side(new), source, sections)


@dataclass(frozen=True, slots=True)
class _Task:
    store: Store
    old: Commit
    new: Commit
    budget: Budget
    namespace: MutableMapping[str, Any] | None
    deadline: float

    def compared(self, old: Any, new: Any) -> ValueDiff:
        """Two values, in the time that is left."""
        left = max(0.1, min(self.budget.seconds, self.deadline - time.monotonic()))
        return compare(old, new, replace(self.budget, seconds=left), _fingerprint)


def _fingerprint(value: Any) -> str:
    from cashet_jupyter.fingerprint.values import fingerprint_value  # a large part of the package: only if it is asked

    return fingerprint_value(value)


def _side(commit: Commit) -> Side:
    return Side(
        commit.id,
        commit.cell.label,
        commit.function,
        commit.cell.notebook or "",
        commit.status,
        commit.created,
        commit.offset,
        commit.seconds,
        commit.size,
        commit.host,
        commit.cell.source,
        commit.arguments,
    )


def _tried(read: Callable[[], _T]) -> tuple[_T | None, str]:
    """What could be read, or why it could not."""
    try:
        return read(), ""
    except CashetError as error:
        return None, str(error).partition("\n")[0]
    except Exception as error:  # classes of the user's, at the moment when they are made again
        return None, f"it cannot be read: {type(error).__name__}: {error}".partition("\n")[0]


# -------------------------------------------------------------------------------------------------- how it ended
def _error(task: _Task) -> Iterator[Entry]:
    old, new = task.old.error, task.new.error
    if not old and not new:
        return
    if old == new:
        yield Entry("traceback", "equal", "text", _last(old), _last(new))
        return
    status = "changed" if old and new else "added" if new else "removed"
    change = {
        "changed": f"{_last(old)} -> {_last(new)}",
        "added": f"failed: {_last(new)}",
        "removed": "no longer fails",
    }
    diff = compare_text(old, new, task.budget)
    yield Entry("traceback", status, "text", _last(old), _last(new), change[status], diff=diff)


def _last(traceback: str) -> str:
    lines = traceback.strip().splitlines()
    return lines[-1] if lines else ""


# -------------------------------------------------------------------------------------------------------- inputs
def _inputs(task: _Task, *, upgraded: bool) -> Iterator[Entry]:
    named = list(_values(task, "depends", task.old.depends, task.new.depends, upgraded=upgraded))
    told = {entry.name for entry in named if entry.status == "changed"}
    for entry in _values(task, "input", task.old.inputs, task.new.inputs, upgraded=upgraded):
        if not (entry.name in told and entry.status == "changed"):  # an argument that is another run's result: once
            yield entry
    yield from named


def _values(task: _Task, kind: str, old: Sequence[Value], new: Sequence[Value], *, upgraded: bool) -> Iterator[Entry]:
    before = {value.name: value for value in old}
    for value in new:
        was = before.get(value.name)
        if was is None:
            yield Entry(value.name, "added", kind, "", described(value), f"is new: {described(value)}".rstrip(": "))
        elif was.digest == value.digest:
            yield Entry(value.name, "equal", kind, described(was), described(value))
        else:
            yield _changed_input(task, kind, was, value, upgraded=upgraded)
    names = {value.name for value in new}
    for value in old:
        if value.name not in names:
            yield Entry(value.name, "removed", kind, described(value), "", f"is gone: {described(value)}".rstrip(": "))


def _changed_input(task: _Task, kind: str, old: Value, new: Value, *, upgraded: bool) -> Entry:
    """By the values, where the runs that made them are there; else by what is kept of them."""
    finding = compare_value(old, new, kind, upgraded=upgraded)
    parts = tuple(part for part in finding.parts if part.change)
    known = finding.change.removeprefix(": ")
    entry = Entry(new.name, "changed", kind, described(old), described(new), known, parts=parts)
    values: list[Any] = []
    for commit, value in ((task.old, old), (task.new, new)):
        found, why = _recalled(task, commit, value)
        if why:  # small values are told by their summaries, and code by the lines that were edited
            return replace(entry, why="" if "->" in known or _is_code(parts) else why)
        values += found
    diff = task.compared(*values)
    return replace(entry, change=diff.change, diff=diff) if diff.differs else entry


def _is_code(parts: Sequence[Finding]) -> bool:
    return bool(parts) and all(part.kind in ("function", "class", "global", "closure") for part in parts)


def _recalled(task: _Task, commit: Commit, value: Value) -> tuple[list[Any], str]:
    """The value of an input, from the run that made it, or why it is not there."""
    if not commit.lineage:
        return [], "the value itself is not stored: no cached run made it"
    if value.size > _LARGE:
        return [], "the value itself was not read: it is too large"
    why, made = "", False
    for id in commit.lineage:
        maker, why = _tried(lambda id=id: task.store.resolve(id))
        if maker is None:
            continue
        for name in (value.name, RETURNED):
            if not any(output.name == name for output in maker.outputs):
                continue
            made = made or name == value.name
            found, why = _tried(lambda maker=maker, name=name: [recall_one(task.store, maker, name, task.namespace)])
            if found is not None and _is(found[0], value):
                return found, ""
    changed = "it was changed after the run that made it" if made else "no cached run made it"
    return [], why or f"the value itself is not stored: {changed}"


def _is(found: Any, value: Value) -> bool:
    """Whether a value that was read is surely the one that the run had."""
    try:
        return _fingerprint(found) == value.digest
    except CashetError:
        return False


def described(value: Value) -> str:
    """`DataFrame 10 000 x 4`."""
    return " ".join(word for word in (value.type, value.summary) if word)


# ------------------------------------------------------------------------------------------------------- outputs
def _outputs(task: _Task) -> Section:
    old, new = ({value.name: value for value in commit.outputs} for commit in (task.old, task.new))
    if (
        task.old.skeleton is not None
        and task.old.skeleton == task.new.skeleton
        and task.old.buffers == task.new.buffers
    ):
        same = tuple(Entry(v.name, "equal", "output", described(v), described(v)) for v in new.values())
        return Section("outputs", same, "the same bytes: nothing had to be read" if same else "")
    entries: list[Entry] = []
    both = old.keys() & new.keys()
    sides, why = _both(task) if both or not (old or new) else ((Apart(), Apart()), "")
    for name in [*new, *(name for name in old if name not in new)]:
        if name not in both:
            there = new.get(name) or old[name]
            word, change = ("added", "is new") if name in new else ("removed", "is gone")
            words = ("", described(there)) if name in new else (described(there), "")
            entries.append(Entry(name, word, "output", *words, f"{change}: {described(there)}".rstrip(": ")))
        else:
            entries.append(_output(task, name, old[name], new[name], sides, why))
    return Section("outputs", (*entries, *_results(task, sides)))


def _both(task: _Task) -> tuple[tuple[Apart, Apart], str]:
    """The values of both runs; empty, and why, where one of them cannot be read."""
    found: list[Apart] = []
    for commit in (task.old, task.new):
        if commit.error:
            return (Apart(), Apart()), f"{commit.short} failed: it left nothing"
        apart, why = _tried(lambda commit=commit: recall(task.store, commit, task.namespace))
        if apart is None:
            return (Apart(), Apart()), f"{commit.short}: {why}"
        found.append(apart)
    return (found[0], found[1]), ""


def _output(task: _Task, name: str, old: Value, new: Value, sides: tuple[Apart, Apart], why: str) -> Entry:
    words = described(old), described(new)
    for commit, side in zip((task.old, task.new), sides, strict=True):
        why = why or (f"{commit.short}: {side.missing[name]}" if name in side.missing else "")
    if why or any(name not in side.values for side in sides):
        why = why or "the value cannot be read"
        told = words[0] != words[1]
        return Entry(name, "changed" if told else "unknown", "output", *words, " -> ".join(words) if told else "", why)
    diff = task.compared(sides[0].values[name], sides[1].values[name])
    return _entry(name, "output", words, diff)


def _entry(name: str, kind: str, words: tuple[str, str], diff: ValueDiff) -> Entry:
    status = {"equal": "equal", "different": "changed", "unknown": "unknown"}[diff.verdict]
    if status == "equal":
        return Entry(name, "equal", kind, *words)
    why = "; ".join(diff.notes) if status == "unknown" else ""
    return Entry(name, "changed" if status == "changed" else "unknown", kind, *words, diff.change, why, diff=diff)


def _results(task: _Task, sides: tuple[Apart, Apart]) -> Iterator[Entry]:
    """What the cells showed as their results, where that is none of their variables."""
    values = [side.result[-1:] for side in sides]
    if not all(values) or any(any(v is values[n][0] for v in sides[n].values.values()) for n in (0, 1)):
        return
    diff = task.compared(values[0][0], values[1][0])
    yield _entry(RESULT, "output", (brief(values[0][0]), brief(values[1][0])), diff)


# --------------------------------------------------------------------------------------------------------- shown
def _shown(task: _Task) -> Section:
    blobs = task.old.shown, task.new.shown
    if blobs[0] == blobs[1]:
        return Section("shown", (), "the same bytes: nothing had to be read" if blobs[0] is not None else "")
    sides: list[Any] = []
    for commit in (task.old, task.new):
        found, why = _tried(lambda commit=commit: recall_shown(task.store, commit))
        if found is None:
            return Section("shown", (Entry("shown", "unknown", "text", why=f"{commit.short}: {why}"),))
        sides.append(found)
    return Section("shown", tuple(seen(sides[0], sides[1], task.budget)))
