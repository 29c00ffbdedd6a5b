"""A run of a function as a commit."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cashet_jupyter.errors import CashetError, Refused, StoreError
from cashet_jupyter.fingerprint.describe import describe
from cashet_jupyter.fingerprint.previews import previewed
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.names import CACHE_OFF, LEFT, REF, RETRIES, TASK
from cashet_jupyter.functions.returned import dump_result, hash_of
from cashet_jupyter.models import RETURNED, Cell, CellAnalysis, Commit, Payload, Value
from cashet_jupyter.serialize.envelope import dumps_shown
from cashet_jupyter.steps.artifacts import file_buffers
from cashet_jupyter.steps.inputs import versions
from cashet_jupyter.trace.notes import with_notes
from cashet_jupyter.trace.records import Recorded

if TYPE_CHECKING:
    from cashet_jupyter.functions.engine import Engine

#: a result that took at least so many seconds is written through to the disk
DURABLE_SECONDS = 1.0
_NO_NAMES = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A run with all that is to be stored of it."""

    commit: Commit
    payload: Payload

    @property
    def durable(self) -> bool:
        """Whether it is to survive a power cut."""
        return self.commit.seconds >= DURABLE_SECONDS


def drafted(
    engine: Engine,
    call: Call,
    value: Any,
    seconds: float,
    recorded: Recorded,
    *,
    key: str,
    changes: bytes = b"",
    why: CashetError | None = None,
) -> Drafted:
    """A run that came to its end. Raises `NotSerializable` if its result cannot be stored."""
    payload = dump_result(engine.format.written(value), changes, list(call.kinds.values()))
    files = file_buffers(recorded.artifacts)
    described = replace(describe(RETURNED, value, hash_of(value, payload)), size=payload.size)
    written = {artifact.path for artifact in recorded.artifacts}
    notes = list(_notes(call, served=key == call.key_or_none, why=why))
    if changes or recorded.artifacts:
        notes.append(Value(LEFT, "", summary=f"{len(changes)} bytes, {len(recorded.artifacts)} files"))
    commit = replace(
        _commit(engine, call, key, seconds),
        outputs=previewed((described,), {RETURNED: value}),
        trace=with_notes(recorded.dependencies, written),
        artifacts=recorded.artifacts,
        depends=(*notes, *engine.format.note),
    )
    return Drafted(commit, replace(payload, buffers=(*payload.buffers, *files)))


def failure_of(engine: Engine, call: Call, trace: str, seconds: float) -> Drafted:
    """A run that failed."""
    commit = replace(_commit(engine, call, call.failed, seconds), error=trace, depends=tuple(_notes(call, served=True)))
    return Drafted(commit, Payload(b"", dumps_shown(())))


def _commit(engine: Engine, call: Call, key: str, seconds: float) -> Commit:
    created, options, target = time.time(), call.options, call.target
    analysis = CellAnalysis(target.code, _NO_NAMES, _NO_NAMES, _NO_NAMES)
    try:
        found = versions(analysis, call.graph, getattr(call.func, "__globals__", {}))
    except Refused:
        found = {"python": platform.python_version()}
    return Commit(
        key=key,
        code=target.code,
        cell=Cell(target.source, call.name, call.cell_id),
        created=created,
        offset=time.localtime(created).tm_gmtoff,
        seconds=seconds,
        inputs=call.inputs,
        arguments=call.text,
        parent=_parent(engine, call),
        lineage=tuple(dict.fromkeys(ref.commit_hash for ref in call.refs.values() if ref.stored)),
        versions=found,
        host=platform.node(),
        expires=None if options.ttl is None else created + options.ttl,
    )


def _notes(call: Call, *, served: bool, why: CashetError | None = None) -> list[Value]:
    found = [Value(path, ref.hash, REF, ref.short_hash, ref.size) for path, ref in call.refs.items() if ref.hash]
    if call.options.retries:
        found.append(Value(RETRIES, "", TASK, str(call.options.retries)))
    if not served:
        found.append(Value(CACHE_OFF, "", TASK, str(why) if why is not None else "off"))
    return found


def _parent(engine: Engine, call: Call) -> str | None:
    """The run of the same call before this one."""
    try:
        store = engine.home.store()
        keys = [call.uncached, call.failed, *([call.key_or_none] if call.key_or_none else [])]
        newest = [commit for key in keys for commit in store.find(key, limit=1)]
    except StoreError:
        return None
    return max(newest, key=lambda commit: commit.created).id if newest else None
