"""Finding a run in the store that holds for what the kernel has now."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from cashet_jupyter.config import CellOptions
from cashet_jupyter.errors import Refused, StoreError
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.history.reason import left_out
from cashet_jupyter.history.traced import phrase
from cashet_jupyter.memory.gathered import whole
from cashet_jupyter.models import CellAnalysis, Commit, Dependency, Fingerprint
from cashet_jupyter.serialize.envelope import loads, loads_shown
from cashet_jupyter.serialize.references import References
from cashet_jupyter.session import Session
from cashet_jupyter.steps.imports import MODULE, module_digest
from cashet_jupyter.steps.request import Hit
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.trace.lookup import Lookup

#: the kind of dependency that is a variable of the notebook; `trace` judges all others
VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class Found:
    """What a lookup came to."""

    hit: Hit | None = None
    """The newest run that holds, decoded."""
    reason: str = ""
    """Why those that have the same key do not hold."""
    newest: str = ""
    """Id of the newest run of that key, whether it holds or not: another one has come since if it is another."""


def look_up(
    key: Fingerprint, analysis: CellAnalysis, graph: InputGraph, options: CellOptions, session: Session
) -> Found:
    """The newest run that holds; else why there is none."""
    store = session.store()
    judge = _Judge(session, analysis)
    notes: dict[str, None] = {}
    commits = store.find(key.key)
    newest = commits[0].id if commits else ""
    for commit in commits:
        if options.ttl is not None and commit.created + options.ttl < time.time():
            notes["older than --ttl"] = None
        elif (broken := judge.broken(commit)) is not None:
            notes[phrase(broken)] = None
        else:
            try:
                return Found(_decoded(commit, analysis, graph, store, session), newest=newest)
            except (StoreError, Refused) as error:
                notes[f"{commit.short} cannot be read ({error})"] = None
    if foreign := store.why_not(key.key):
        notes[left_out(foreign)] = None
    return Found(reason=next(iter(notes), ""), newest=newest)


def _decoded(commit: Commit, analysis: CellAnalysis, graph: InputGraph, store: Store, session: Session) -> Hit:
    references = References(graph, session.namespace, analysis.codes, analysis.docstrings)
    payload = store.get(commit)
    count = len(payload.buffers) - len(commit.artifacts)
    buffers, files = payload.buffers[:count], tuple(map(whole, payload.buffers[count:]))
    effects = loads(replace(payload, buffers=buffers), references)
    return Hit(commit, effects, loads_shown(payload.shown), files, graph)


class _Judge:
    """Whether what a run was seen to depend on is as it was; everything is looked at once only."""

    def __init__(self, session: Session, analysis: CellAnalysis) -> None:
        self._session = session
        self._analysis = analysis
        self._lookup = Lookup()
        self._known: dict[tuple[str, str], str] = {}

    def broken(self, commit: Commit) -> Dependency | None:
        """The first dependency that no longer holds."""
        inside = [dependency for dependency in commit.trace if dependency.kind in (VARIABLE, MODULE)]
        for dependency in inside:
            if self._digest(dependency.kind, dependency.name) != dependency.digest:
                return dependency
        return self._lookup.broken([dependency for dependency in commit.trace if dependency not in inside])

    def _digest(self, kind: str, name: str) -> str:
        if (kind, name) not in self._known:
            self._known[kind, name] = self._variable(name) if kind == VARIABLE else module_digest(name, self._analysis)
        return self._known[kind, name]

    def _variable(self, name: str) -> str:
        try:
            return InputGraph([name], self._session.namespace, lazy=True).digests[name]
        except Refused:
            return ""
