"""What a cell was found to depend on, each with where it was seen, and what is not tracked: for `%cashet deps`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cashet_jupyter.history.compare import compare, made_of, traced
from cashet_jupyter.history.traced import label, settings_of
from cashet_jupyter.models import MENTIONED, Commit, Dependency, Explanation, Finding, Value

#: what no key and no trace covers; README says the same
NOT_TRACKED = (
    "what a server answers, where --allow network lets the cell be cached",
    "the time and the date, where --allow clock does, or where a package asks for them in its own code",
    "programs that the cell starts, where --allow subprocess does: their versions and the files that they read",
    "chance that no seed governs, where --allow entropy does",
    "the order in which threads and GPU kernels add numbers: results may differ in the last digits from run to run",
    "drivers, system libraries, and the kind of processor",
    "the code of installed packages that was edited by hand, as long as their version stays",
    "modules that were edited but not loaded again: what is loaded counts",
    "what C libraries read on their own, where no adapter knows them",
    "what `--ignore` leaves out",
)

#: parts of inputs that are code and what code reads: things of their own
_CODE = frozenset({"function", "class", "global", "closure"})
_SEEN = {
    "variable": "perhaps bound by the cell",
    "file": "opened while it ran",
    "absent": "looked for while it ran, and not there",
    "exists": "looked for while it ran",
    "listing": "listed while it ran",
    "entries": "listed while it ran",
    "details": "listed while it ran",
    "tree": "listed while it ran",
    "glob": "searched for while it ran",
    "path-glob": "searched for while it ran",
    "env": "read while it ran",
    "argv": "read while it ran",
    "cwd": "asked for while it ran",
    "random": "drawn from while it ran",
    "options": "in effect while it ran",
}


def deps(commit: Commit) -> Explanation:
    """What a stored run depends on."""
    findings = [*_of_key(commit), *_of_trace(commit.trace)]
    return Explanation(
        "deps",
        f"{len(findings)} thing{'' if len(findings) == 1 else 's'} that the result depends on",
        commit.cell.label,
        commit.id,
        findings=tuple(findings),
        not_tracked=NOT_TRACKED,
    )


def _of_key(commit: Commit) -> Iterator[Finding]:
    for finding in compare(None, replace(made_of(commit), trace=())):
        if finding.kind == "input":
            held = tuple(part for part in finding.parts if part.kind not in _CODE)
            yield replace(finding, where=_where(finding.name, commit), parts=held)
        elif finding.kind == "depends":
            yield replace(finding, where="a part of the call" if commit.function else "named with --depends")
        elif finding.kind in ("version", "python"):
            yield replace(finding, where="loaded when it ran")
        else:
            yield replace(finding, where="the function itself" if commit.function else "the cell itself")
    yield from _code(commit.inputs)


def _code(inputs: Iterable[Value]) -> Iterator[Finding]:
    """Helpers, and what they read, once each."""
    found: dict[tuple[str, str], Finding] = {}
    for value in inputs:
        for part in value.parts:
            if part.kind in _CODE:
                reader, arrow, name = part.path.rpartition(" → ")
                where = f"read by {reader}" if arrow else f"reached through {value.name}"
                found.setdefault((part.kind, part.path), Finding(part.kind, name, part.summary, where=where))
    yield from found.values()


def _where(name: str, commit: Commit) -> str:
    """Where in the cell a name stands first; of a function, which of its parameters it is."""
    if commit.function:
        return "the function itself" if name.endswith("()") else "an argument"
    source = commit.cell.source
    word = re.compile(rf"(?<![\w.]){re.escape(name)}\b")
    for number, line in enumerate(source.splitlines(), 1):
        if word.search(line.partition("#")[0]):
            return f"line {number}"
    return "not named in the cell: it may be reached by text"


def _of_trace(trace: Iterable[Dependency]) -> Iterator[Finding]:
    for item in trace:
        if item.note == MENTIONED:
            continue
        finding = traced(None, item)
        settings = tuple(Finding("option", name, _setting(text)) for name, text in settings_of(item).items())
        now = finding.now or ("as in a new process" if item.kind == "options" and not settings else "")
        where = _SEEN.get(item.kind, "asked for while it ran")
        yield replace(finding, name=_name(item), now=now, where=where, parts=settings)


def _setting(text: str) -> str:
    """The value of a setting, without its type where that is one word."""
    kind, _, value = text.partition(":")
    return value if kind.isidentifier() else text


def _name(item: Dependency) -> str:
    return item.name if item.kind in ("random", "options", "env") else label(item)
