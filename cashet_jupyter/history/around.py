"""What stood around two runs: versions, host, what was read from outside, files that were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cashet_jupyter.diffs.difference import Entry
from cashet_jupyter.history.compare import traced
from cashet_jupyter.history.traced import label
from cashet_jupyter.models import Artifact, Commit, Dependency

#: kinds of dependency that only the lookup reads
_INTERNAL = frozenset({"variable"})


def kept(old: Commit, new: Commit, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Of a run that failed not everything around it was noted: then what only one side has says nothing."""
    partial = bool(old.error) != bool(new.error)
    return tuple(entry for entry in entries if not (partial and entry.status in ("added", "removed")))


def environment(old: Commit, new: Commit) -> Iterator[Entry]:
    """Python, libraries, host and notebook."""
    names = dict.fromkeys(("python", *sorted({*old.versions, *new.versions})))
    for name in names:
        yield from _fact(name, "version", old.versions.get(name, ""), new.versions.get(name, ""))
    yield from _fact("host", "host", old.host, new.host)
    yield from _fact("notebook", "notebook", old.cell.notebook or "", new.cell.notebook or "")


def _fact(name: str, kind: str, old: str, new: str) -> Iterator[Entry]:
    if not old and not new:
        return
    if old == new:
        yield Entry(name, "equal", kind, old, new)
    elif old and new:
        yield Entry(name, "changed", kind, old, new, f"{old} -> {new}")
    elif new:
        yield Entry(name, "added", kind, "", new, f"is new: {new}")
    else:
        yield Entry(name, "removed", kind, old, "", f"is gone: {old}")


def outside(old: Sequence[Dependency], new: Sequence[Dependency]) -> Iterator[Entry]:
    """Files that were read, variables of the environment, random states, options."""
    before, after = (_by_name(trace) for trace in (old, new))
    for key in {**before, **after}:
        was, now = before.get(key), after.get(key)
        there = now or was
        if there is None or there.kind in _INTERNAL:
            continue
        if there.kind == "absent" and (was is None or now is None):
            continue  # it was not there, and nobody looked on the other side
        name = label(there)
        if was is None:
            yield Entry(name, "added", there.kind, change="was not asked for before")
        elif now is None:
            yield Entry(name, "removed", there.kind, change="is no longer asked for")
        elif was.digest == now.digest and was.kind == now.kind:
            yield Entry(name, "equal", there.kind)
        else:
            finding = traced(was, now)
            yield Entry(name, "changed", there.kind, change=finding.change or "changed", parts=finding.parts)


def _by_name(trace: Iterable[Dependency]) -> Mapping[tuple[str, str], Dependency]:
    """By kind and name; what was looked for and not there is the same thing as the file that it is now."""
    return {("file" if item.kind == "absent" else item.kind, item.name): item for item in trace}


def files(old: Sequence[Artifact], new: Sequence[Artifact]) -> Iterator[Entry]:
    """Files that were written."""
    before, after = ({file.path: file for file in written} for written in (old, new))
    for path in {**before, **after}:
        was, now = before.get(path), after.get(path)
        words = ["" if file is None else f"{file.size:,} bytes".replace(",", " ") for file in (was, now)]
        if was is None or now is None:
            status, change = ("added", "is new") if was is None else ("removed", "is gone")
            yield Entry(path, status, "artifact", words[0], words[1], change)
        elif (was.digest, was.mode) == (now.digest, now.mode):
            yield Entry(path, "equal", "artifact", words[0], words[1])
        else:
            content = words[0] if words[0] == words[1] else f"{words[0]} -> {words[1]}"
            change = f"changed ({content})" if was.digest != now.digest else "permissions changed"
            yield Entry(path, "changed", "artifact", words[0], words[1], change)
