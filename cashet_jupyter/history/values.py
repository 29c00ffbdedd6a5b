"""How an input changed, in words: from what is kept of it, the value itself is never there."""

from __future__ import annotations

import re
from itertools import zip_longest

from cashet_jupyter.models import Finding, Part, Value

#: the longest summary that fits into a line
SHORT = 24
#: of these, what they hold says more than how many they are
_KEYED = frozenset({"key", "attribute"})

_COUNT = re.compile(r"(?:(?P<type>[\w\[\]., -]+), )?(?P<count>[\d,]+) (?P<noun>[a-z]+?)s?")
_SIDES = re.compile(r"[\d,]+ x [\d,]+")
_SHAPE = re.compile(r"(?P<type>[\w.]+) (?P<shape>\([\d, ]*\))")


def compare_value(old: Value | None, new: Value, kind: str, *, upgraded: bool) -> Finding:
    """An input against what it was. `upgraded`: Python or a library is another, which is in digests, too."""
    now = " ".join(word for word in (new.type, new.summary) if word)
    if old is None:
        return Finding(kind, new.name, now, "is new", parts=tuple(_finding(part) for part in new.parts))
    if old.digest == new.digest:
        return Finding(kind, new.name, now, parts=tuple(_finding(part) for part in new.parts))
    parts = _compare_parts(old.parts, new.parts, upgraded=upgraded)
    changed = any(part.change for part in parts)
    words = _words(old, new)
    if not words and not changed:
        words = "counts as changed with its library" if upgraded else "changed"
    return Finding(kind, new.name, now, words or "changed", parts=parts)


def _words(old: Value, new: Value) -> str:
    """`0.5 -> 0.7`, `: 10 000 -> 10 250 rows`; empty if what is kept does not tell."""
    if old.type != new.type and old.type and new.type:
        return f": {old.type} -> {new.type}"
    return summary_change(old.summary, new.summary)


def summary_change(old: str, new: str) -> str:
    """How two summaries differ; empty if they do not, or are too long to be told."""
    if old == new or not old or not new:
        return ""
    if _SIDES.fullmatch(old) and _SIDES.fullmatch(new):
        pairs = zip(old.split(" x "), new.split(" x "), ("rows", "columns"), strict=True)
        return ": " + ", ".join(f"{_spaced(a)} -> {_spaced(b)} {noun}" for a, b, noun in pairs if a != b)
    before, after = _COUNT.fullmatch(old), _COUNT.fullmatch(new)
    if before and after and before["noun"] == after["noun"]:
        if before["type"] != after["type"]:
            return f": {before['type']} -> {after['type']}"
        plural = "" if after["count"] == "1" else "s"
        return f": {_spaced(before['count'])} -> {_spaced(after['count'])} {after['noun']}{plural}"
    before, after = _SHAPE.fullmatch(old), _SHAPE.fullmatch(new)
    if before and after:
        which = "type" if before["type"] != after["type"] else "shape"
        return f": {'' if which == 'type' else 'shape '}{before[which]} -> {after[which]}"
    return f"{old} -> {new}" if max(len(old), len(new)) <= SHORT else ""


def _spaced(count: str) -> str:
    return count.replace(",", " ")


# ------------------------------------------------------------------------------------------------------------- parts
def _finding(part: Part, change: str = "") -> Finding:
    return Finding(part.kind, part.path, part.summary, change)


def _compare_parts(old: tuple[Part, ...], new: tuple[Part, ...], *, upgraded: bool) -> tuple[Finding, ...]:
    """Each part as it is now, then those that are gone."""
    before = {(part.kind, part.path): part for part in old}
    after = {(part.kind, part.path) for part in new}
    if not old:  # nothing is known of it: an entry of an earlier version
        return tuple(_finding(part) for part in new)
    found = [_finding(part, _part_change(before.get((part.kind, part.path)), part, upgraded=upgraded)) for part in new]
    found += [Finding(kind, path, "", "is gone") for kind, path in before if (kind, path) not in after]
    return tuple(found)


def _part_change(old: Part | None, new: Part, *, upgraded: bool) -> str:
    if old is None:
        return "is new"
    if old.digest == new.digest or not (old.digest and new.digest):
        return ""
    if new.kind == "function":
        line = edited_line(old.lines, new.lines)
        if upgraded and not line:
            return ""
        return f"edited (line {line})" if line else "changed" if old.lines and new.lines else "edited"
    if new.kind == "class":
        return "" if upgraded else "edited"
    # the digest of a part may hold the version of a library
    return summary_change(old.summary, new.summary) or ("" if upgraded else "changed")


def edited_line(old: str, new: str) -> int:
    """The number of the first line, in what is now there, that is not as it was; 0 if none is.

    Lines are marks of four characters; blank lines and comments (`....`) do not count.
    """
    return first_difference(_chunks(old), _chunks(new)) if old and new else 0


def _chunks(marks: str) -> list[str]:
    return [mark if mark != "...." else "" for mark in (marks[at : at + 4] for at in range(0, len(marks), 4))]


def first_difference(old: list[str], new: list[str]) -> int:
    """The number of the first line of `new` that is not as in `old`, counted from 1; 0 if there is none.

    Empty lines do not count.
    """
    before = [line for line in old if line]
    after = [(number, line) for number, line in enumerate(new, 1) if line]
    for line, numbered in zip_longest(before, after):
        if numbered is None:
            return after[-1][0] if after else 1
        if line != numbered[1]:
            return numbered[0]
    return 0


# ----------------------------------------------------------------------------------------------------- in one line
def phrases(finding: Finding) -> list[str]:
    """What changed in an input, each thing in a few words: `thr 0.5 -> 0.7`, `model.lr 0.1 -> 0.2`."""
    if not finding.change or finding.change.startswith("counts as"):
        return []
    parts = _worth_naming([part for part in finding.parts if part.change])
    exact = finding.change not in ("changed", "is new")
    keyed = parts and all(part.kind in _KEYED for part in parts)
    if finding.change == "is new" or not parts or (exact and not keyed):
        return [joined(finding.name, finding.change)]
    columns = [part for part in parts if part.kind == "column"]
    if len(columns) > 2:
        kept = sum(part.kind == "column" for part in finding.parts)
        return [f"{finding.name}: {len(columns)} of {kept} columns changed"]
    return [part_phrase(finding.name, part) for part in parts]


def _worth_naming(parts: list[Finding]) -> list[Finding]:
    """Without what another one of them says better."""
    owners = {part.name.partition(" ")[2] for part in parts if part.kind == "class"}
    better = {owner for owner in owners if any(part.name.startswith(f"{owner}.") for part in parts)}
    kept = [part for part in parts if not (part.kind == "class" and part.name.partition(" ")[2] in better)]
    if any(part.change not in ("is new", "is gone") for part in kept if part.kind in ("function", "class")):
        # a helper that was edited now calls others: the edit says it
        kept = [part for part in kept if part.change not in ("is new", "is gone") or part.kind in _KEYED]
    return kept


def part_phrase(owner: str, part: Finding) -> str:
    """One part of an input, by its whole name."""
    if part.kind == "function":
        name = part.name if "." in part.name.removesuffix("()") else f"helper {part.name}"
        return joined(name, part.change)
    if part.kind in ("global", "closure") and " → " in part.name:
        reader, _, name = part.name.rpartition(" → ")
        return f"{joined(name, part.change)} ({'read by' if part.kind == 'global' else 'in'} {reader})"
    inside = part.name.startswith((".", "["))
    return joined(f"{owner}{part.name}" if inside else part.name, part.change)


def joined(name: str, change: str) -> str:
    """A name and what happened to it."""
    return f"{name}{change}" if change.startswith(":") else f"{name} {change}"
