"""Commits and results in the shape of the seed library, and back.

What its commits have no field for - what a run has read, its inputs, when it expires - goes along as text among their
`dep_versions`, which a store keeps as it keeps everything. The blob of a result is what the client's serializer wrote;
without one, or where a run left more than a result, it is our own envelope.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from typing import cast

from cashet_jupyter import models
from cashet_jupyter.digest import digest
from cashet_jupyter.errors import Damaged
from cashet_jupyter.functions.returned import dump_result
from cashet_jupyter.functions.view import Commit, ObjectRef, TaskStatus, view
from cashet_jupyter.history.recall import SERIALIZER
from cashet_jupyter.memory.gathered import Buffer, parts_of
from cashet_jupyter.models import FUNCTION, RETURNED, Cell, Payload, Value
from cashet_jupyter.serialize.envelope import loads, loads_shown
from cashet_jupyter.serialize.references import NoInputs, References
from cashet_jupyter.store import records

#: among `dep_versions`: the record of our commit, and whether its blob is the serializer's bytes or our envelope
_RECORD, _FORM = "cashet_jupyter.record", "cashet_jupyter.form"
_RAW, _PACKED = "serializer", "envelope"
#: what stands behind the key in a fingerprint of ours: the seed's has two halves
_HALF = "cashet_jupyter"


def fingerprint_of(key: str) -> str:
    """Under which a commit of ours stands in a store of the seed library's protocol."""
    return f"{key}:{_HALF}"


def task_key(fingerprint: str) -> str:
    """Our key of a computation that is known by the seed library's fingerprint alone."""
    return digest("cashet-task", fingerprint)


def theirs_of(commit: models.Commit, payload: Payload, tags: Mapping[str, str]) -> tuple[Commit, bytes]:
    """A commit of ours as one of theirs, and the bytes of its blob."""
    record = records.encode(commit)
    named = dataclasses.replace(commit, id=records.identify(record).hex(), tags={**commit.tags, **tags})
    theirs, form, data = view(named), _RAW, _raw(named, payload)
    if data is None:
        form, data = _PACKED, _packed(payload)
    theirs.task_def.func_hash, theirs.task_def.args_hash = commit.key, _HALF
    ours = {_RECORD: base64.b64encode(record).decode(), _FORM: form}
    theirs.task_def.dep_versions = {**theirs.task_def.dep_versions, **ours}
    return theirs, data


def payload_of(theirs: Commit, data: bytes) -> Payload:
    """The bytes of its blob as what a run left. Raises `Damaged`."""
    if theirs.task_def.dep_versions.get(_FORM) == _PACKED:
        return _unpacked(data)
    return dump_result(bytes(data))


def ours_of(theirs: Commit, written_with: str) -> models.Commit:
    """A commit of theirs as one of ours; what somebody else put in is known by less. Raises `Damaged`.

    `written_with` is the name of the serializer whose bytes such a commit's blob holds.
    """
    record = theirs.task_def.dep_versions.get(_RECORD)
    tags = dict(theirs.tags)
    output = theirs.output_ref
    if record is not None:
        try:
            ours = records.decode(base64.b64decode(record))
        except (Damaged, ValueError) as error:
            msg = f"the record of commit {theirs.hash[:12]} cannot be read: {error}"
            raise Damaged(msg) from error
        outputs = _sized(ours.outputs, output)
        return dataclasses.replace(ours, id=theirs.hash, tags=tags, outputs=outputs)
    task = theirs.task_def
    return models.Commit(
        key=task_key(theirs.fingerprint),
        code=task.func_hash,
        cell=Cell(task.func_source, task.func_name, FUNCTION + task.func_name),
        created=theirs.created_at.timestamp(),
        seconds=0.0,
        outputs=() if output is None else (Value(RETURNED, output.hash, size=output.size),),
        depends=(Value(SERIALIZER, "", type=written_with),),
        parent=theirs.parent_hash,
        versions={name: text for name, text in task.dep_versions.items() if not name.startswith("cashet_jupyter.")},
        arguments=bytes(task.args_snapshot or b"").decode("utf-8", "replace"),
        error=theirs.error or ("failed" if theirs.status is TaskStatus.FAILED else ""),
        id=theirs.hash,
        tags=tags,
    )


def _sized(outputs: tuple[Value, ...], blob: ObjectRef | None) -> tuple[Value, ...]:
    """The outputs, the result by the hash of its blob where the store gave one."""
    return tuple(
        dataclasses.replace(value, digest=blob.hash, size=blob.size) if value.name == RETURNED and blob else value
        for value in outputs
    )


def _raw(commit: models.Commit, payload: Payload) -> bytes | None:
    """What the client's serializer wrote, where that is all that a run left."""
    if not any(value.name == SERIALIZER for value in commit.depends) or commit.artifacts:
        return None
    outputs = loads(payload, References(NoInputs(), {})).outputs
    return cast("bytes", outputs[RETURNED]) if list(outputs) == [RETURNED] else None


def _packed(payload: Payload) -> bytes:
    """A payload in one piece."""
    buffers = [_bytes(buffer) for buffer in payload.buffers]
    return records.pack([bytes(payload.skeleton), bytes(payload.shown), buffers, list(payload.groups)])


def _bytes(buffer: Buffer) -> bytes:
    return b"".join(parts_of(buffer))


def _unpacked(data: bytes) -> Payload:
    try:
        skeleton, shown, buffers, groups = records.unpack(data)
        loads_shown(shown)
        # arrays that are made of them are written to
        return Payload(skeleton, shown, tuple(memoryview(bytearray(one)) for one in buffers), tuple(groups))
    except (ValueError, TypeError) as error:
        msg = f"the blob is no result: {error}"
        raise Damaged(msg) from error
