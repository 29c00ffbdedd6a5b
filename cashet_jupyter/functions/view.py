"""Commits in the shape of the seed library: what `show`, `log` and `history` of a client give."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cashet_jupyter import models
from cashet_jupyter.digest import Part, digest
from cashet_jupyter.functions.names import CACHE_OFF, REF, RETRIES, TASK
from cashet_jupyter.models import RETURNED

#: characters of a hash that people are shown
SHORT = 12


class TaskStatus(enum.Enum):
    """How a run stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CACHED = "cached"


class StorageTier(enum.Enum):
    """Where a value's bytes lie."""

    INLINE = "inline"
    BLOB = "blob"
    EXTERNAL = "external"


@dataclass(frozen=True)
class ObjectRef:
    """A stored value by its content: equal results have equal hashes."""

    hash: str
    size: int = 0
    """Bytes in the store."""
    tier: StorageTier = StorageTier.BLOB

    def short(self) -> str:
        """The part of the hash that people are shown."""
        return self.hash[:SHORT]


@dataclass
class TaskDef:
    """What was called, and with what."""

    func_hash: str
    func_name: str
    func_source: str
    args_hash: str
    args_snapshot: bytes
    """The arguments as text, shortened where it is long."""
    dep_versions: dict[str, str] = field(default_factory=dict[str, str])
    cache: bool = True
    tags: dict[str, str] = field(default_factory=dict[str, str])
    retries: int = 0
    ttl: timedelta | None = None
    """For how long its result counts."""

    @property
    def fingerprint(self) -> str:
        """Function and arguments."""
        return f"{self.func_hash}:{self.args_hash}"


@dataclass
class Commit:
    """One run of a function."""

    hash: str
    task_def: TaskDef
    input_refs: list[ObjectRef] = field(default_factory=list[ObjectRef])
    """The results of other runs that it was given."""
    output_ref: ObjectRef | None = None
    parent_hash: str | None = None
    """The run of the same call before this one."""
    status: TaskStatus = TaskStatus.PENDING
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    claimed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    error: str | None = None
    """The traceback of a run that failed."""
    tags: dict[str, str] = field(default_factory=dict[str, str])
    expires_at: datetime | None = None
    """When its result no longer counts."""

    @property
    def fingerprint(self) -> str:
        """Function and arguments."""
        return self.task_def.fingerprint

    def short_hash(self) -> str:
        """The part of the hash that people are shown."""
        return self.hash[:SHORT]

    def __repr__(self) -> str:
        return f"Commit({self.short_hash()}, {self.task_def.func_name}, status={self.status.value})"

    def summary(self) -> dict[str, Any]:
        """What a list shows, as plain data."""
        return {
            "hash": self.hash,
            "short_hash": self.short_hash(),
            "function": self.task_def.func_name,
            "status": self.status.value,
            "created_at": self.created_at.isoformat(),
            "output": self.output_ref.hash if self.output_ref else None,
            "parent": self.parent_hash[:SHORT] if self.parent_hash else None,
            "tags": self.tags,
        }


def view(commit: models.Commit) -> Commit:
    """A commit of the store in that shape."""
    created = datetime.fromtimestamp(commit.created, UTC)
    tags = dict(commit.tags)
    return Commit(
        hash=commit.id,
        task_def=_task(commit, tags),
        input_refs=list(dict.fromkeys(_refs(commit))),
        output_ref=output_of(commit),
        parent_hash=commit.parent,
        status=TaskStatus.FAILED if commit.error else TaskStatus.COMPLETED,
        created_at=created,
        claimed_at=created,
        error=commit.error or None,
        tags=tags,
        expires_at=None if commit.expires is None else datetime.fromtimestamp(commit.expires, UTC),
    )


def _refs(commit: models.Commit) -> Iterator[ObjectRef]:
    return (ObjectRef(value.digest, value.size) for value in commit.depends if value.type == REF)


def output_of(commit: models.Commit) -> ObjectRef | None:
    """What a run returned, by its content; of a cell, its first output. None where there is nothing."""
    outputs = sorted(commit.outputs, key=lambda value: value.name != RETURNED)[:1]
    return next((ObjectRef(value.digest, value.size) for value in outputs), None)


def _task(commit: models.Commit, tags: Mapping[str, str]) -> TaskDef:
    function, given = split_inputs(commit)
    settings = {value.name: value.summary for value in commit.depends if value.type == TASK}
    return TaskDef(
        func_hash=function or commit.code,
        func_name=commit.cell.label,
        func_source=commit.cell.source,
        args_hash=digest("cashet-arguments", given),
        args_snapshot=commit.arguments.encode("utf-8", "surrogatepass"),
        dep_versions=dict(commit.versions),
        cache=CACHE_OFF not in settings,
        tags=dict(tags),
        retries=int(settings.get(RETRIES) or 0),
        ttl=None if commit.expires is None else timedelta(seconds=round(commit.expires - commit.created, 6)),
    )


def split_inputs(commit: models.Commit) -> tuple[str, list[Part]]:
    """The fingerprint of the function that was called, and name and fingerprint of each argument."""
    function, given = "", list[Part]()
    for value in commit.inputs:
        if commit.function and value.name.endswith("()"):
            function = value.digest
        else:
            given.append((value.name, value.digest))
    return function, given
