"""What a result is made of, against what an earlier one was made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cashet_jupyter.history.traced import change as traced_change
from cashet_jupyter.history.traced import file_now, label, settings_changed
from cashet_jupyter.history.values import compare_value, first_difference, joined, phrases
from cashet_jupyter.models import MENTIONED, Cell, Commit, Dependency, Finding, Fingerprint, Value

#: how many changes a line names
NAMED = 3
#: kinds of dependency that are about one path, so that one may take the place of another
_OF_PATHS = frozenset({"file", "absent", "exists", "link", "size", "stat"})


@dataclass(frozen=True, slots=True)
class Made:
    """Everything that a key was made of, and what the run was seen to depend on, as far as it is known."""

    key: str
    code: str
    source: str
    inputs: tuple[Value, ...] = ()
    depends: tuple[Value, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    trace: tuple[Dependency, ...] = ()


def made_of(commit: Commit) -> Made:
    """What a stored run was made of."""
    return Made(
        commit.key, commit.code, commit.cell.source, commit.inputs, commit.depends, commit.versions, commit.trace
    )


def about_to_run(key: Fingerprint, cell: Cell, versions: Mapping[str, str]) -> Made:
    """What is known of a run before it begins."""
    return Made(key.key, key.code, cell.source, key.inputs, key.depends, versions)


def compare(old: Made | None, new: Made) -> tuple[Finding, ...]:
    """Everything that `new` is made of, each with what changed against `old`; then what is gone."""
    upgraded = old is not None and bool(_upgrades(old, new))
    return (
        _code(old, new),
        *_versions(old, new),
        *_values(old, new, "input", upgraded=upgraded),
        *_values(old, new, "depends", upgraded=upgraded),
        *_trace(old, new),
    )


def distance(old: Made, new: Made) -> int:
    """How many things differ: quick, to find the nearest run."""
    count = (old.code != new.code) + len(_upgrades(old, new))
    for before, after in ((old.inputs, new.inputs), (old.depends, new.depends)):
        count += len({(v.name, v.digest) for v in before} ^ {(v.name, v.digest) for v in after})
    if new.trace:
        known = {(d.kind, d.name): d.digest for d in new.trace}
        count += sum(known.get((d.kind, d.name), d.digest) != d.digest for d in old.trace)
    return count


def one_line(findings: Iterable[Finding]) -> str:
    """The changes, the first few by name; empty if there are none."""
    found: dict[str, None] = {}
    findings = list(findings)
    edited = any(finding.kind == "code" and finding.change for finding in findings)
    for finding in findings:
        if edited and finding.change in ("is new", "is gone"):
            continue  # other code reads other things
        for words in phrases(finding) if finding.kind in ("input", "depends") else _phrase(finding):
            found[words] = None
    named, more = ", ".join(list(found)[:NAMED]), len(found) - NAMED
    return f"{named} and {more} more" if more > 0 else named


def _phrase(finding: Finding) -> list[str]:
    if not finding.change:
        return []
    if finding.kind == "options" and finding.parts:
        names = ", ".join(part.name for part in finding.parts[:NAMED])
        return [f"option{'s' if len(finding.parts) > 1 else ''} {names} of {finding.name} changed"]
    return [joined(label(Dependency(finding.kind, finding.name, "")), finding.change)]


# -------------------------------------------------------------------------------------------------------- the kinds
def _code(old: Made | None, new: Made) -> Finding:
    count = len(new.source.splitlines())
    now = f"{count} line{'' if count == 1 else 's'}"
    if old is None or old.code == new.code:
        return Finding("code", "code", now)
    line = first_difference(*(_meaning(made.source) for made in (old, new)))
    if not line and _upgrades(old, new):
        return Finding("code", "code", now)
    return Finding("code", "code", now, f"changed (line {line})" if line else "changed")


def _meaning(source: str) -> list[str]:
    """Lines, empty where they mean nothing."""
    return ["" if line.lstrip().startswith("#") else line.rstrip() for line in source.splitlines()]


def _upgrades(old: Made, new: Made) -> dict[str, str]:
    common = old.versions.keys() & new.versions.keys()
    return {name: old.versions[name] for name in common if old.versions[name] != new.versions[name]}


def _versions(old: Made | None, new: Made) -> Iterable[Finding]:
    upgrades = _upgrades(old, new) if old is not None else {}
    for name, version in sorted(new.versions.items(), key=lambda item: (item[0] != "python", item[0])):
        change = f"{upgrades[name]} -> {version}" if name in upgrades else ""
        kind, shown = ("python", "Python") if name == "python" else ("version", name)
        yield Finding(kind, shown, version, change)


def _values(old: Made | None, new: Made, kind: str, *, upgraded: bool) -> Iterable[Finding]:
    before, after = ([] if made is None else _of_kind(made, kind) for made in (old, new))
    known = {value.name: value for value in before}
    for value in after:
        earlier = value if old is None else known.get(value.name)
        yield compare_value(earlier, value, kind, upgraded=upgraded)
    names = {value.name for value in after}
    for value in before:
        if value.name not in names:
            yield Finding(kind, value.name, "", "is gone")


def _of_kind(made: Made, kind: str) -> Sequence[Value]:
    return made.inputs if kind == "input" else made.depends


def _trace(old: Made | None, new: Made) -> Iterable[Finding]:
    known = {(item.kind, item.name): item for item in old.trace} if old is not None else {}
    paths = {item.name: item for item in known.values() if item.kind in _OF_PATHS}
    for item in new.trace:
        earlier = known.get((item.kind, item.name))
        if earlier is None and item.kind in _OF_PATHS:
            earlier = paths.get(item.name)
            earlier = earlier if earlier is not None and {earlier.kind, item.kind} & {"absent"} else None
        finding = traced(earlier, item)
        if finding.change or item.note != MENTIONED:
            yield finding


def traced(old: Dependency | None, new: Dependency) -> Finding:
    """One dependency, against what it was."""
    name = new.name or label(new).removeprefix("the ")
    if old is None or (old.digest == new.digest and old.kind == new.kind):
        return Finding(new.kind, name, _now(new))
    if new.kind == "variable":
        return Finding(new.kind, name, "", "changed")
    parts: tuple[Finding, ...] = ()
    if new.kind == "options":
        parts = tuple(Finding("option", name, change="changed") for name in settings_changed(old, new))
    return Finding(new.kind, name, _now(new), traced_change(old, new), parts=parts)


def _now(item: Dependency) -> str:
    if item.kind == "file" and item.note:
        return file_now(item.note)
    return item.note if item.kind == "cwd" else ""
