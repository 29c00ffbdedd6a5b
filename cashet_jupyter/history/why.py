"""Why a cell ran, was restored, or was not stored: the whole tree, for `%cashet why`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cashet_jupyter.history.compare import compare, made_of, one_line
from cashet_jupyter.history.reason import FIRST, nearest
from cashet_jupyter.history.versions import versions_of
from cashet_jupyter.models import Commit, Explanation, Finding, Outcome
from cashet_jupyter.store.protocol import Store

#: what keeps a run from being stored without being refused -> what to do about it
_ADVICE = {
    "--no-store": "run it without --no-store",
    "cheap": "under auto only slow cells are stored: `%cashet auto on --min-time 0`, or %%cashet on the cell",
    "interrupted": "let it run to its end",
}
#: kinds of finding -> what they are called when they are counted
_COUNTED = (
    ("input", "input", "inputs"),
    ("depends", "named part", "named parts"),
    ("version", "library", "libraries"),
    ("file", "file", "files"),
    ("env", "environment variable", "environment variables"),
    ("random", "random state", "random states"),
)


def why(commit: Commit | None, outcome: Outcome | None, store: Store) -> Explanation:
    """Explain a commit, what became of a cell in this kernel, or both."""
    explained = _explained(commit, outcome, store)
    if outcome is None or not (outcome.not_stored or outcome.status == "failed"):
        return explained
    not_stored, advice = _not_stored(outcome)
    return replace(explained, not_stored=not_stored, advice=advice)


def _explained(commit: Commit | None, outcome: Outcome | None, store: Store) -> Explanation:
    cell = commit.cell.label if commit is not None else outcome.cell if outcome is not None else ""
    status = outcome.status if outcome is not None else ""
    explained = Explanation("why", "", cell, "" if commit is None else commit.id, status)
    if commit is None:
        return replace(explained, answer=_answer_of_run(outcome.reason if outcome is not None else "", status))
    if status == "hit":
        findings = compare(None, made_of(commit))
        return replace(explained, answer=f"restored: nothing changed ({counted(findings)})", findings=findings)
    earlier = nearest(store, made_of(commit), commit.cell, before=commit.id)
    if earlier is None and outcome is None:  # what a kernel said of a run stays said
        earlier = _version_before(commit, store)
    findings = compare(None if earlier is None else made_of(earlier), made_of(commit))
    reason = outcome.reason if outcome is not None else FIRST if earlier is None else one_line(findings)
    explained = replace(explained, answer=_answer_of_run(reason, "miss"), findings=findings)
    if earlier is None:
        return explained
    return replace(explained, against=earlier.id, against_created=earlier.created, against_offset=earlier.offset)


def _version_before(commit: Commit, store: Store) -> Commit | None:
    """The run before of the same cell, where only what stands in it can tell."""
    runs = (run for run in versions_of(store, commit).runs if run.created < commit.created)
    return next(runs, None)


def _answer_of_run(reason: str, status: str) -> str:
    if status == "failed":
        return f"failed: {reason}"
    if status == "bypass":
        return f"not cached: {_split(reason)[0]}"
    if reason == FIRST:
        return FIRST
    if not reason:
        return "ran again, although nothing changed that is known: --refresh, --ttl, or the earlier result was gone"
    return f"ran again: {reason}"


def _not_stored(outcome: Outcome) -> tuple[str, str]:
    """Why nothing was stored, and what would make it storable."""
    if outcome.status == "failed":
        return f"the cell failed ({outcome.reason})", "what fails is never stored"
    why, advice = _split(outcome.not_stored)
    return why, advice or _ADVICE.get(why, "")


def _split(text: str) -> tuple[str, str]:
    """The reason and the advice of one line, `why - advice`."""
    why, dash, advice = text.rpartition(" - ")
    return (why, advice) if dash else (text, "")


def counted(findings: Iterable[Finding]) -> str:
    """How many things were looked at: `the code, 5 inputs and 2 files are as they were`."""
    kinds = [finding.kind for finding in findings]
    words = ["the code"]
    for kind, one, many in _COUNTED:
        if count := kinds.count(kind):
            words.append(f"{count} {one if count == 1 else many}")
    return f"{', '.join(words[:-1])} and {words[-1]} are as they were" if len(words) > 1 else "the code is as it was"
