"""One comparison on its way, and what of it is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cashet_jupyter.diffs.model import Budget, Figure, Part, Status, ValueDiff, equal
from cashet_jupyter.diffs.words import brief, cut, spaced

#: gives the fingerprint of a value, or an empty text if it has none
Fingerprint = Callable[[Any], str]
#: compares two values if it knows their kind, else gives None
Kind = Callable[[Any, Any, "Comparing"], ValueDiff | None]

ATOMS = frozenset({int, str, bytes, bool, float, complex, type(None)})


@dataclass(slots=True)
class Comparing:
    """How much time and depth is left, and what is being compared already."""

    budget: Budget
    fingerprint: Fingerprint
    kinds: tuple[Kind, ...]
    deadline: float
    depth: int = 0
    open: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    known: dict[tuple[type, type], ValueDiff] = field(default_factory=dict[tuple[type, type], "ValueDiff"])

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.deadline

    def inside(self, old: Any, new: Any) -> ValueDiff:
        """Two values, alone or as a part of others that are being compared."""
        pair = (id(old), id(new))
        if old is new or pair in self.open:
            return equal("same", brief(new))
        if self.depth >= self.budget.depth or (self.depth and self.late):
            return self._shallow(old, new)
        self.open.add(pair)
        self.depth += 1
        try:
            return self._compare(old, new)
        except Exception as error:  # code of the user's or of a library's: a diff never fails
            note = cut(f"could not be compared: {type(error).__name__}: {error}", self.budget.width)
            return ValueDiff("unknown", "unknown", brief(old), brief(new), notes=(note,))
        finally:
            self.depth -= 1
            self.open.discard(pair)

    def classes(self, old: type, new: type) -> ValueDiff:
        """Two classes, each pair once: there may be many instances of them."""
        if (old, new) not in self.known:
            self.known[old, new] = equal("class", brief(new))  # of a class whose members lead to its own instances
            self.known[old, new] = self.inside(old, new)
        return self.known[old, new]

    def _compare(self, old: Any, new: Any) -> ValueDiff:
        for kind in self.kinds:
            found = kind(old, new, self)
            if found is not None:
                return found
        msg = "nobody compares these"
        raise TypeError(msg)

    def _shallow(self, old: Any, new: Any) -> ValueDiff:
        """Only whether they differ: there is no room to say how."""
        late = self.late
        why = "the time was up" if late else "it lies too deep"
        words = brief(old), brief(new)
        if type(old) in ATOMS and type(old) is type(new):
            same = old == new or (old != old and new != new)
            return equal("value", words[1]) if same else ValueDiff("value", "different", *words, " -> ".join(words))
        digests = ("", "") if late else (self.fingerprint(old), self.fingerprint(new))
        if not all(digests):
            return ValueDiff("unknown", "unknown", *words, notes=(f"not compared: {why}",))
        if digests[0] == digests[1]:
            return equal("unknown", words[1])
        return ValueDiff("unknown", "different", *words, "changed", notes=(f"not looked into: {why}",))


def typed(found: ValueDiff, old: Any, new: Any) -> ValueDiff:
    """With the change of the type, where there is one; a class that was defined again is the same by its name."""
    if type(old) is type(new) or type(old).__qualname__ == type(new).__qualname__:
        return found
    said = f"type {type(old).__qualname__} -> {type(new).__qualname__}"
    return replace(found, verdict="different", change=f"{found.change}; {said}" if found.change else said)


class Gathering:
    """The places inside two values that differ: counted all, kept as many as are told."""

    def __init__(self, comparing: Comparing) -> None:
        self._comparing = comparing
        self._counts: dict[Status, int] = {"changed": 0, "added": 0, "removed": 0, "unknown": 0}
        self._parts: list[Part] = []
        self.notes: list[str] = []

    @property
    def full(self) -> bool:
        """Whether no more places are kept."""
        return len(self._parts) >= self._comparing.budget.parts

    def both(self, path: str, old: Any, new: Any) -> ValueDiff:
        """A place that both have."""
        found = self._comparing.inside(old, new)
        self.found(path, found)
        return found

    def found(self, path: str, diff: ValueDiff) -> None:
        """A place that has been compared."""
        if diff.verdict != "equal":
            self._note("changed" if diff.verdict == "different" else "unknown", path, diff)

    def take(self, part: Part) -> None:
        """A place that another gathering found."""
        self._note(part.status, part.path, part.diff)

    def changed(self, count: int) -> None:
        """Places that differ and are only counted."""
        self._counts["changed"] += count

    def unknown(self, count: int) -> None:
        """Places that were not looked at."""
        self._counts["unknown"] += count

    def added(self, path: str, value: Any) -> None:
        """A place that only the new one has."""
        words = "" if self.full else brief(value)
        self._note("added", path, ValueDiff("value", "different", "", words, f"is new: {words}"))

    def removed(self, path: str, value: Any) -> None:
        """A place that only the old one has."""
        words = "" if self.full else brief(value)
        self._note("removed", path, ValueDiff("value", "different", words, "", f"is gone: {words}"))

    def _note(self, status: Status, path: str, diff: ValueDiff) -> None:
        self._counts[status] += 1
        if not self.full:
            self._parts.append(Part(path, status, diff))

    def finish(
        self, kind: str, old: Any, new: Any, figures: Mapping[str, Figure] | None = None, *extra: str
    ) -> ValueDiff:
        """All of it; `extra` are further things that differ, in a few words each."""
        counts = self._counts
        differs = any(counts[status] for status in ("changed", "added", "removed")) or extra
        said = list(extra)
        words = [f"{spaced(counts[status])} {status}" for status in ("changed", "added", "removed") if counts[status]]
        if len(self._parts) == 1 and counts["changed"] == sum(counts.values()) == 1:
            said.append(cut(joined(self._parts[0].path, self._parts[0].diff.change), self._comparing.budget.width))
        elif words:
            said.append(", ".join(words))
        if counts["unknown"]:
            self.notes.append(f"{spaced(counts['unknown'])} not compared")
        return ValueDiff(
            kind,
            "different" if differs else "unknown" if counts["unknown"] else "equal",
            brief(old),
            brief(new),
            "; ".join(said),
            {**{status: count for status, count in counts.items() if count}, **(figures or {})},
            tuple(self._parts),
            sum(counts.values()),
            notes=tuple(self.notes),
        )


def joined(path: str, change: str) -> str:
    """`['a'][3] 1 -> 2`: where, and what."""
    return f"{path}{change}" if change.startswith(("[", ".")) else f"{path} {change}"
