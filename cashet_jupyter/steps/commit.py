"""What a run left, made into a commit."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

from cashet_jupyter.analysis.names import names_of
from cashet_jupyter.config import CellOptions
from cashet_jupyter.effects.capture import capture
from cashet_jupyter.errors import NotSerializable, Refused
from cashet_jupyter.fingerprint.describe import describe
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.previews import previewed
from cashet_jupyter.models import Commit, Dependency, Effects, Payload, Shown
from cashet_jupyter.serialize.envelope import dumps
from cashet_jupyter.serialize.references import References
from cashet_jupyter.session import Session
from cashet_jupyter.steps.artifacts import file_buffers
from cashet_jupyter.steps.imports import check_unchanged, module_dependencies
from cashet_jupyter.steps.inputs import versions
from cashet_jupyter.steps.lookup import VARIABLE
from cashet_jupyter.steps.request import Miss
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.trace.notes import with_notes
from cashet_jupyter.trace.records import Recorded

#: a result that took at least this long is written through to the disk
DURABLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run with all that is to be stored of it; nothing more is asked of the kernel."""

    commit: Commit
    """Without id and blobs."""
    payload: Payload
    """Its buffers are views of the values' memory."""
    outputs: Mapping[str, Any]
    durable: bool
    tags: Mapping[str, str]
    pinned: bool

    @property
    def size(self) -> int:
        """Bytes that are to be written, at most."""
        return self.payload.size

    def put(self, store: Store, stop: Callable[[], bool]) -> Commit:
        """Store it; raises `StoreError`, and that kind of it that says so once `stop()`."""
        return store.put(self.commit, self.payload, durable=self.durable, tags=self.tags, pinned=self.pinned, stop=stop)


def prepare(
    miss: Miss, session: Session, *, seconds: float, shown: Sequence[Shown], result: tuple[Any, ...]
) -> Prepared:
    """Collect what a run left, as it is now.

    Raises `Refused` if it cannot be stored: what, why, and what allows it; `StoreError` if the store cannot be asked.
    """
    options = miss.request.options
    recorded = miss.recorder.stop()
    _check(recorded, options)
    after = session.user_variables()
    effects = replace(_effects(miss, session, after, result), states=recorded.states)
    written = {artifact.path for artifact in recorded.artifacts}
    trace = (
        *with_notes(recorded.dependencies, written),
        *_perhaps_bound(miss, after, session),
        *module_dependencies(miss.analysis),
    )
    references = References(miss.graph, session.namespace, miss.analysis.codes, miss.analysis.docstrings)
    payload, effects, left_out = _serialized(effects, shown, references, options)
    payload = replace(payload, buffers=(*payload.buffers, *file_buffers(recorded.artifacts)))
    created = time.time()
    commit = Commit(
        key=miss.fingerprint.key,
        code=miss.analysis.code_key,
        cell=miss.request.cell,
        created=created,
        offset=time.localtime(created).tm_gmtoff,
        seconds=seconds,
        inputs=miss.fingerprint.inputs,
        outputs=previewed((describe(name, value) for name, value in effects.outputs.items()), effects.outputs),
        depends=miss.fingerprint.depends,
        trace=trace,
        artifacts=recorded.artifacts,
        not_stored=tuple(left_out),
        parent=session.parent_of(miss.request.cell, miss.analysis.code_key),
        lineage=session.lineage_of(value.name for value in miss.fingerprint.inputs),
        versions=versions(miss.analysis, miss.graph, session.namespace),
        host=platform.node(),
        expires=None if options.ttl is None else created + options.ttl,
    )
    durable = seconds >= DURABLE_SECONDS
    return Prepared(commit, payload, effects.outputs, durable, dict(options.tags), options.pin)


def _check(recorded: Recorded, options: CellOptions) -> None:
    """What the run was seen to do must be something that can be verified later, or be allowed."""
    for refusal in recorded.refusals:
        if refusal.kind not in options.allow:
            advice = "" if refusal.kind == "trace" else f"--allow {refusal.kind} caches it anyway"
            raise Refused("", refusal.what, advice)


def _effects(miss: Miss, session: Session, after: Mapping[str, Any], result: tuple[Any, ...]) -> Effects:
    if changed := miss.graph.rebound(session.namespace):
        raise Refused(changed[0], "the cell changed it, and a hit would not")
    check_unchanged(miss.modules)
    miss.registries.check_unchanged()
    return capture(
        miss.graph,
        miss.before,
        after,
        result=result,
        imports=[name for name in miss.analysis.imports if name in sys.modules],
        bound=miss.analysis.surely - miss.graph.digests.keys(),
    )


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
    digests = InputGraph(same, miss.before, lazy=True).digests
    return tuple(Dependency(VARIABLE, name, digests[name]) for name in same)


def _serialized(
    effects: Effects, shown: Sequence[Shown], references: References, options: CellOptions
) -> tuple[Payload, Effects, list[str]]:
    """The bytes of the effects; with `--partial`, without the outputs that cannot be stored."""
    left_out: list[str] = []
    while True:
        try:
            return dumps(effects, shown, references), effects, left_out
        except NotSerializable as error:
            effects = _without(effects, error, options)
            left_out.append(error.path)


def _without(effects: Effects, error: NotSerializable, options: CellOptions) -> Effects:
    name = error.path.partition(".")[0].partition("[")[0]
    if name not in effects.outputs:
        raise error
    if not options.partial:
        advice = "it stays in this session; --partial stores the rest"
        raise NotSerializable(error.path, error.why, advice) from error
    return replace(effects, outputs={key: value for key, value in effects.outputs.items() if key != name})
