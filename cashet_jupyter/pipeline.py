"""The life of a cell, from top to bottom. Read this first.

    decide    source -> analysis -> fingerprint -> look up     a `Hit`, a `Miss`, or `Plain` with the reason why not
    restore   a hit: put everything back
    finish    a miss that ran: capture -> serialize -> commit

Nothing here knows Jupyter: the shell's part (catching the cell, recording and replaying what it shows) is in
`magics.catch`, which calls these three in turn. A failure of the cache never becomes a failure of the cell.
"""

from __future__ import annotations

import ast
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import FunctionType, ModuleType
from typing import Any

from cashet_jupyter.analysis.cell import analyze
from cashet_jupyter.analysis.impurity import impurities
from cashet_jupyter.analysis.magics import unsafe_magics
from cashet_jupyter.analysis.names import names_of
from cashet_jupyter.config import CellOptions
from cashet_jupyter.effects.apply import apply
from cashet_jupyter.effects.capture import capture
from cashet_jupyter.errors import CashetError, Damaged, NotSerializable, Refused, StoreError
from cashet_jupyter.fingerprint.computation import fingerprint
from cashet_jupyter.fingerprint.describe import describe
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.values import fingerprint_value
from cashet_jupyter.history import reason_for_run
from cashet_jupyter.models import Cell, CellAnalysis, Commit, Dependency, Effects, Fingerprint, Outcome, Shown, Value
from cashet_jupyter.serialize.envelope import dumps, loads, loads_shown
from cashet_jupyter.serialize.references import References
from cashet_jupyter.session import Session

#: a result that took at least this long is written through to the disk before the cell ends
DURABLE_SECONDS = 1.0

#: the kind of dependency that is a variable of the notebook
VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class Request:
    """A cell that is about to run."""

    cell: Cell
    tree: ast.Module
    options: CellOptions
    filename: str = "<cell>"
    transform: Callable[[str], str] | None = None
    """The shell's input transformation, for the bodies of magics."""
    flags: int = 0
    """The shell's compiler flags: a `from __future__ import ...` of an earlier cell holds for this one."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The cell runs as if the cache were not there."""

    reason: str
    advice: str = ""
    code: str = ""
    """The cell's code key, where it was taken: its time is noted all the same."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The store has what the cell would leave."""

    commit: Commit
    effects: Effects
    shown: tuple[Shown, ...]
    graph: InputGraph


@dataclass(frozen=True, slots=True)
class Miss:
    """The cell runs, and what it leaves is stored afterwards."""

    request: Request
    analysis: CellAnalysis
    fingerprint: Fingerprint
    graph: InputGraph
    before: Mapping[str, Any]
    reason: str
    notes: tuple[str, ...] = field(default=())


def decide(request: Request, session: Session) -> Hit | Miss | Plain:
    """Find out whether the store has what this cell would leave."""
    options = request.options
    analysis = analyze(
        request.tree,
        source=request.cell.source,
        transform=request.transform,
        filename=request.filename,
        flags=request.flags,
    )
    if options.auto and session.known_cheap(analysis.code_key):
        return Plain("cheap", code=analysis.code_key)
    if reason := _refusal(analysis, options, session.namespace):
        return Plain(*reason, code=analysis.code_key)
    try:
        graph = _inputs(analysis, options, session)
        key = fingerprint(analysis, graph, depends=_depends(options, session), values=_described(graph, session))
        store = session.store()
    except Refused as refused:
        return Plain(str(refused), refused.advice, code=analysis.code_key)
    except StoreError as error:
        return Plain(str(error), code=analysis.code_key)
    notes: list[str] = []
    if not options.refresh and (hit := _look_up(key, analysis, graph, options, session, notes)):
        return hit
    reason = "refresh" if options.refresh else reason_for_run(store, key, request.cell)
    before = session.user_variables()
    return Miss(request, analysis, key, graph, before, "; ".join([*notes, reason]), tuple(notes))


def restore(hit: Hit, session: Session, seconds: float) -> Outcome:
    """Put back what the run left: all of it, or (raising) nothing."""
    apply(hit.effects, hit.graph, session.namespace)
    session.note_produced(hit.commit, hit.effects.outputs)
    saved = max(0.0, hit.commit.seconds - seconds)
    session.store().touch(hit.commit, saved)
    return Outcome("hit", commit=hit.commit.id, cell=hit.commit.cell.label, seconds=seconds, saved=saved, stored=True)


def finish(
    miss: Miss, session: Session, *, seconds: float, shown: Sequence[Shown], result: tuple[Any, ...]
) -> tuple[Outcome, Commit | None]:
    """Store what a run left, if it can be stored."""
    options = miss.request.options
    outcome = Outcome("miss", reason=miss.reason, cell=miss.request.cell.label, seconds=seconds)
    session.note_timing(miss.analysis.code_key, seconds)
    if not options.store:
        return replace(outcome, not_stored="--no-store"), None
    if options.auto and seconds < session.settings.min_time:
        return replace(outcome, not_stored="cheap"), None
    try:
        commit = _commit(miss, session, seconds, shown, result)
    except (Refused, StoreError) as error:
        return replace(outcome, not_stored=_one_line(error)), None
    left_out = f"left out: {', '.join(commit.not_stored)}" if commit.not_stored else ""
    return replace(outcome, commit=commit.id, stored=True, not_stored=left_out), commit


# --------------------------------------------------------------------------------------------------- the inputs
def _refusal(analysis: CellAnalysis, options: CellOptions, namespace: Mapping[str, Any]) -> tuple[str, str] | None:
    """Why this code cannot be cached whatever its inputs are, and what to do about it."""
    if magics := unsafe_magics(analysis):
        return f"{magics[0]} acts on the kernel itself", "put it in a cell of its own"
    found = [item for item in impurities(analysis, namespace) if item.kind not in options.allow]
    if not found:
        return None
    first = found[0]
    via = f" (in {first.via})" if first.via else ""
    return f"{first.name}{via} gives another result each time ({first.kind})", f"--allow {first.kind} caches it anyway"


def _inputs(analysis: CellAnalysis, options: CellOptions, session: Session) -> InputGraph:
    names = set(analysis.reads)
    if analysis.widened:
        names |= session.user_variables().keys()
    names |= session.mentioned(analysis)
    return InputGraph(
        names - options.ignore,
        session.namespace,
        attributes=analysis.attributes,
        docstrings=analysis.sees_docstrings,
    )


def _depends(options: CellOptions, session: Session) -> dict[str, str]:
    """The digests of `--depends`: expressions of the user, evaluated in the notebook's namespace."""
    digests: dict[str, str] = {}
    for expression in options.depends:
        try:
            value = eval(expression, session.namespace)
        except Exception as error:
            raise Refused(f"--depends {expression}", f"{type(error).__name__}: {error}") from error
        digests[expression] = fingerprint_value(value)
    return digests


def _described(graph: InputGraph, session: Session) -> tuple[Value, ...]:
    return tuple(
        describe(name, session.namespace[name], digest)
        for name, digest in graph.digests.items()
        if name in session.namespace
    )


# --------------------------------------------------------------------------------------------------- the lookup
def _look_up(
    key: Fingerprint,
    analysis: CellAnalysis,
    graph: InputGraph,
    options: CellOptions,
    session: Session,
    notes: list[str],
) -> Hit | None:
    store = session.store()
    references = References(graph, session.namespace, analysis.codes, analysis.docstrings)
    known: dict[str, str] = {}
    for commit in store.find(key.key):
        if options.ttl is not None and commit.created + options.ttl < time.time():
            notes.append("older than --ttl")
            continue
        if not _holds(commit, session, known):
            continue
        try:
            payload = store.get(commit)
            return Hit(commit, loads(payload, references), loads_shown(payload.shown), graph)
        except (Damaged, Refused) as error:
            notes.append(f"{commit.short} cannot be read ({_one_line(error)})")
    if foreign := store.why_not(key.key):
        notes.append(foreign)
    return None


# --------------------------------------------------------------------------------------------------- the commit
def _commit(miss: Miss, session: Session, seconds: float, shown: Sequence[Shown], result: tuple[Any, ...]) -> Commit:
    options, analysis = miss.request.options, miss.analysis
    after = session.user_variables()
    if changed := miss.graph.rebound(session.namespace):
        raise Refused(changed[0], "the cell changed it, and a hit would not")
    effects = capture(
        miss.graph,
        miss.before,
        after,
        result=result,
        imports=[name for name in analysis.imports if name in sys.modules],
        bound=analysis.surely - miss.graph.digests.keys(),
    )
    trace = _perhaps_bound(miss, after, session)
    references = References(miss.graph, session.namespace, analysis.codes, analysis.docstrings)
    left_out: list[str] = []
    while True:
        try:
            payload = dumps(effects, shown, references)
            break
        except NotSerializable as error:
            effects = _without(effects, error, options, left_out)
    store = session.store()
    created = time.time()
    commit = Commit(
        key=miss.fingerprint.key,
        code=analysis.code_key,
        cell=miss.request.cell,
        created=created,
        offset=time.localtime(created).tm_gmtoff,
        seconds=seconds,
        inputs=miss.fingerprint.inputs,
        outputs=tuple(describe(name, value) for name, value in effects.outputs.items()),
        depends=miss.fingerprint.depends,
        trace=trace,
        not_stored=tuple(left_out),
        parent=session.parent_of(miss.request.cell, analysis.code_key),
        lineage=session.lineage_of(value.name for value in miss.fingerprint.inputs),
        versions=_versions(session.namespace, analysis),
        host=platform.node(),
        expires=None if options.ttl is None else created + options.ttl,
    )
    durable = seconds >= DURABLE_SECONDS
    stored = store.put(commit, payload, durable=durable, tags=dict(options.tags), pinned=options.pin)
    session.note_produced(stored, effects.outputs)
    return stored


def _perhaps_bound(miss: Miss, after: Mapping[str, Any], session: Session) -> tuple[Dependency, ...]:
    """Variables that the run may or may not have bound to the object that they stood for before.

    `if done: x = 1`, or a `global` in a helper, where `x` was 1 already: bound again and left alone look alike, and
    with another `x` they would not. So the result counts only while `x` is what it was.
    """
    analysis = miss.analysis
    names = set(analysis.binds)
    for node in miss.graph.nodes:
        if type(node) is FunctionType and node.__globals__ is session.namespace:
            names |= names_of(node.__code__).stores
    names -= analysis.surely
    names -= miss.graph.digests.keys()
    same = sorted(name for name in names if name in after and name in miss.before and after[name] is miss.before[name])
    digests = InputGraph(same, miss.before).digests
    return tuple(Dependency(VARIABLE, name, digests[name]) for name in same)


def _holds(commit: Commit, session: Session, known: dict[str, str]) -> bool:
    """Whether everything besides the inputs that a run depended on is as it was."""
    for dependency in commit.trace:
        if dependency.kind != VARIABLE:
            return False  # written by a newer version: not to be judged here
        name = dependency.name
        if name not in known:
            try:
                known[name] = InputGraph([name], session.namespace).digests[name]
            except Refused:
                known[name] = ""
        if known[name] != dependency.digest:
            return False
    return True


def _without(effects: Effects, error: NotSerializable, options: CellOptions, left_out: list[str]) -> Effects:
    """The effects without the output that cannot be stored, where the user said so; raises otherwise."""
    name = error.path.partition(".")[0].partition("[")[0]
    if name not in effects.outputs:
        raise error
    if not options.partial:
        advice = "it stays in this session; --partial stores the rest"
        raise NotSerializable(error.path, error.why, advice) from error
    left_out.append(error.path)
    return replace(effects, outputs={key: value for key, value in effects.outputs.items() if key != name})


def _versions(namespace: Mapping[str, Any], analysis: CellAnalysis) -> dict[str, str]:
    """Python, and the libraries that the notebook holds or the cell imported, as loaded."""
    versions = {"python": platform.python_version()}
    tops = {name.partition(".")[0] for name in analysis.imports}
    tops |= {value.__name__.partition(".")[0] for value in namespace.values() if isinstance(value, ModuleType)}
    for top in sorted(tops):
        version = getattr(sys.modules.get(top), "__version__", None)
        if isinstance(version, str):
            versions[top] = version
    return versions


def _one_line(error: CashetError) -> str:
    advice = getattr(error, "advice", "")
    return f"{error} - {advice}" if advice else str(error)
