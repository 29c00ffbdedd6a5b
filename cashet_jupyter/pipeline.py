"""The life of a cell, from top to bottom. Read this first.

    decide    source -> analysis -> fingerprint -> look up       a `Hit`, a `Miss`, or `Plain` with the reason why not
              (where another kernel computes the same just now, it is waited for: `steps.flight`)
    restore   a hit: put everything back
    restored  the cell that came back has ended: how long it took, and what that saved
    finish    a miss that ran: capture -> serialize, and `Storing`, whose `write` commits: at once, or in the background

Nothing here knows Jupyter: the shell's part (catching the cell, recording and replaying what it shows) is in
`magics.catch`, which calls these in turn. A failure of the cache never becomes a failure of the cell.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cashet_jupyter.analysis.cell import analyze
from cashet_jupyter.config import CellOptions
from cashet_jupyter.effects.apply import apply, import_again
from cashet_jupyter.errors import Refused, StoreError
from cashet_jupyter.fingerprint.computation import fingerprint
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.models import CellAnalysis, Fingerprint, Outcome, Shown
from cashet_jupyter.render import units
from cashet_jupyter.session import Session
from cashet_jupyter.steps.artifacts import put_back
from cashet_jupyter.steps.flight import Flight
from cashet_jupyter.steps.imports import import_versions
from cashet_jupyter.steps.inputs import check, depends_digests, described, input_graph
from cashet_jupyter.steps.lookup import Found, look_up
from cashet_jupyter.steps.request import Hit, Miss, Plain, Request
from cashet_jupyter.steps.storing import Storing
from cashet_jupyter.trace.restore import restore_states


def decide(request: Request, session: Session) -> Hit | Miss | Plain:
    """Find out whether the store has what this cell would leave."""
    analysis = analyze(
        request.tree,
        source=request.cell.source,
        transform=request.transform,
        filename=request.filename,
        flags=request.flags,
        namespace=session.namespace,
    )
    if request.options.auto and session.known_cheap(analysis.code_key):
        return Plain("cheap", code=analysis.code_key)
    try:
        check(request.tree, analysis, request.options, session.namespace)
        if request.options.auto and (not_worth := _not_worth(analysis.code_key, session)):
            request = replace(request, options=replace(request.options, store=False))
            plan = _hit_or_miss(request, analysis, session)
            return replace(plan, not_worth=not_worth) if isinstance(plan, Miss) else plan
        return _hit_or_miss(request, analysis, session)
    except Refused as refused:
        return Plain(str(refused), refused.advice, code=analysis.code_key)
    except StoreError as error:
        return Plain(str(error), code=analysis.code_key, trouble=True)


def _not_worth(code: str, session: Session) -> str:
    """Why auto does not store it again, if the last time storing took longer than running; a hit is still a hit."""
    storing = session.storing(code)
    running = session.expected(code) if storing else None
    if running is None or storing <= running:
        return ""
    took, ran = units.duration(storing), units.duration(running)
    return f"storing took {took}, running {ran}; auto does not store it again - %%cashet does"


def _hit_or_miss(request: Request, analysis: CellAnalysis, session: Session) -> Hit | Miss:
    options = request.options
    with Flight(request, analysis.code_key, session) as flight:
        while True:
            key, graph = _computation(analysis, options, session)
            found = Found(reason="refresh") if options.refresh else look_up(key, analysis, graph, options, session)
            if found.hit is not None:
                return replace(found.hit, waited=flight.waited)
            if not flight.may_have_landed(key.key, found.newest):
                break
        # What only a run needs is loaded with the first one: half of the project, and a kernel may meet hits alone.
        from cashet_jupyter.steps.departure import depart

        return depart(request, analysis, key, graph, found.reason, session, flight)


def _computation(analysis: CellAnalysis, options: CellOptions, session: Session) -> tuple[Fingerprint, InputGraph]:
    graph = input_graph(analysis, options, session)
    depends = depends_digests(options, session) | import_versions(analysis)
    return fingerprint(analysis, graph, depends=depends, values=described(graph, session)), graph


def restore(hit: Hit, session: Session) -> None:
    """Put back what the run left: all of it, or (raising) no variable is touched."""
    import_again(hit.effects)
    put_back(hit.commit.artifacts, hit.artifacts)
    take_back = restore_states(hit.effects.states)
    try:
        apply(hit.effects, hit.graph, session.namespace)
    except BaseException:
        take_back()
        raise
    session.note_produced(hit.commit, hit.effects.outputs)


def restored(hit: Hit, session: Session, seconds: float) -> Outcome:
    """What came of a hit that took `seconds` in all: a hit that took longer than the run has saved nothing."""
    saved = max(0.0, hit.commit.seconds - seconds)
    session.store().touch(hit.commit, saved)
    commit, label = hit.commit.id, hit.commit.cell.label
    return Outcome("hit", hit.waited, commit, label, seconds=seconds, saved=saved, stored=True)


def finish(
    miss: Miss, session: Session, *, seconds: float, shown: Sequence[Shown], result: tuple[Any, ...]
) -> Storing | Outcome:
    """Collect what a run left, to be stored; or say why it is not, and then whoever waits for it may look."""
    try:
        ended = _collected(miss, session, seconds, shown, result)
    except BaseException:
        miss.let_go(ended=True)
        raise
    if isinstance(ended, Outcome):
        miss.let_go(ended=True)
    return ended


def _collected(
    miss: Miss, session: Session, seconds: float, shown: Sequence[Shown], result: tuple[Any, ...]
) -> Storing | Outcome:
    options = miss.request.options
    outcome = Outcome("miss", reason=miss.reason, cell=miss.request.cell.label, seconds=seconds)
    session.note_timing(miss.analysis.code_key, seconds)
    if options.auto and seconds < session.settings.min_time:
        return replace(outcome, not_stored="cheap")
    if not options.store:
        return replace(outcome, not_stored=miss.not_worth or "--no-store")
    from cashet_jupyter.steps.commit import prepare

    began = time.perf_counter()
    try:
        prepared = prepare(miss, session, seconds=seconds, shown=shown, result=result)
        return Storing(miss, prepared, outcome, session.store(), time.perf_counter() - began)
    except Refused as refused:
        why = f"{refused} - {refused.advice}" if refused.advice else str(refused)
        return replace(outcome, not_stored=why)
    except StoreError as error:
        return replace(outcome, not_stored=str(error), trouble=True)
