"""Our store behind the seed library's `Store` protocol.

What an executor of the user's puts in becomes a commit like any other, with the arguments and the source of the call
that it was asked for.
"""

from __future__ import annotations

import dataclasses
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from cashet_jupyter import models
from cashet_jupyter.digest import digest, digest_buffer
from cashet_jupyter.errors import Damaged, NotFound, Refused, StoreError
from cashet_jupyter.functions import asking
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.engine import Engine
from cashet_jupyter.functions.home import Home
from cashet_jupyter.functions.names import CACHE_OFF, RETRIES, TASK
from cashet_jupyter.functions.returned import dump_result, read_result
from cashet_jupyter.functions.seed.translation import task_key
from cashet_jupyter.functions.serializers import CloudPickleSerializer
from cashet_jupyter.functions.view import Commit, ObjectRef, TaskDef, TaskStatus, view
from cashet_jupyter.history.log import pages
from cashet_jupyter.history.recall import SERIALIZER
from cashet_jupyter.models import FUNCTION, RETURNED, Cell, Payload, Value
from cashet_jupyter.serialize.envelope import dumps_shown
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.trace.lookup import Lookup

#: what stands in the place of a cell's id for bytes that no commit holds yet
BLOB = "cashet-blob"
#: the name, among `depends`, of what a commit was told by where that is not ours
FINGERPRINT = "fingerprint"
#: commits that are looked through for a hash that nothing else finds
_LOOKED_THROUGH = 5000
_HEX = frozenset("0123456789abcdef")
_ENDED = (TaskStatus.COMPLETED, TaskStatus.CACHED)


class SeedStore:
    """A store of ours with the methods of the seed library's.

    Hashes are those of our commits: `put_commit` writes its own into the commit that it is given. Bytes of `put_blob`
    are verified when they are read. What is running is known to this process only.
    """

    def __init__(self, store: Callable[[], Store], serializer: Any = None) -> None:
        self._asked = store
        self.serializer = CloudPickleSerializer() if serializer is None else serializer
        self.engine: Engine | None = None
        self._calls: dict[str, Call] = {}
        self._names: dict[str, str] = {}
        """Hash that a commit had before it was put in -> ours."""
        self._blobs: dict[str, str] = {}
        """Hash of a result -> a commit that holds it."""
        self._running: dict[str, Commit] = {}
        self._lock = threading.Lock()

    @property
    def own(self) -> Store:
        """The store behind it."""
        return self._asked()

    def expect(self, task: TaskDef, call: Call) -> None:
        """A commit of that task is about to be looked up or put in: it is this call."""
        self._calls[task.fingerprint] = call

    def expected(self, fingerprint: str) -> Call | None:
        """The call that was announced."""
        return self._calls.get(fingerprint)

    # --------------------------------------------------------------------------------------------------------- bytes
    def put_blob(self, data: bytes) -> ObjectRef:
        """Keep bytes; the same bytes give the same hash."""
        found = digest_buffer(data)
        store, key = self.own, _blob_key(found)
        if not store.find(key, limit=1):
            output = Value(RETURNED, found, "bytes", f"{len(data):,} bytes", len(data))
            cell = Cell("", f"blob {found[:12]}", BLOB)
            commit = models.Commit(key, BLOB, cell, time.time(), 0.0, outputs=(output,))
            store.put(commit, dump_result(bytes(data)), durable=True)
        return ObjectRef(found, len(data))

    def get_blob(self, ref: ObjectRef) -> bytes:
        """The bytes again. Raises `ValueError` if there are none such, or they are damaged."""
        try:
            commit = next(self._holders(ref.hash), None)
            if commit is None:
                msg = f"Blob {ref.hash} not found"
                raise ValueError(msg)
            value = read_result(self.own, commit)
        except Damaged as error:
            msg = f"Blob {ref.hash} integrity check failed: {error}"
            raise ValueError(msg) from error
        return bytes(value) if commit.cell.id == BLOB or _serialized(commit) else bytes(self.serializer.dumps(value))

    def _holders(self, hash: str) -> Iterator[models.Commit]:
        store = self.own
        yield from store.find(_blob_key(hash), limit=1)
        if hash in self._blobs:
            try:
                yield store.resolve(self._blobs[hash])
            except NotFound:
                del self._blobs[hash]
        for commit in itertools.islice(pages(store), _LOOKED_THROUGH):
            if commit.function and any(value.digest == hash for value in commit.outputs[:1]):
                yield commit

    # ------------------------------------------------------------------------------------------------------- commits
    def put_commit(self, commit: Commit) -> None:
        """Keep a commit; its `hash` becomes the one that it has here. One that is here already gets its tags."""
        with self._lock:
            if commit.status not in (*_ENDED, TaskStatus.FAILED):
                self._running[commit.fingerprint] = commit
                return
            self._running.pop(commit.fingerprint, None)
        store = self.own
        if (there := self._known(commit.hash)) is not None:
            if commit.tags.items() - there.tags.items():
                store.tag(there, commit.tags)
            return
        stored = store.put(*self._made(commit), durable=True, tags=commit.tags)
        self._names[commit.hash], commit.hash = stored.id, stored.id
        if commit.output_ref is not None:
            for blob in store.find(_blob_key(commit.output_ref.hash), limit=1):
                store.rm(blob)  # the commit holds the bytes now
        self._view(stored)

    def get_commit(self, hash: str) -> Commit | None:
        """The commit of a hash or of the beginning of one. Raises `ValueError` if several begin so."""
        known = self._known(hash)
        return None if known is None else self._view(known)

    def find_by_fingerprint(self, fingerprint: str) -> Commit | None:
        """The newest completed commit of a computation, if what it depends on is as it was."""
        lookup = Lookup()
        for commit in self._of_fingerprint(fingerprint):
            if not commit.error and lookup.broken(commit.trace) is None:
                return self._view(commit)
        return None

    def find_running_by_fingerprint(self, fingerprint: str) -> Commit | None:
        """The commit that this process has said to be running."""
        return self._running.get(fingerprint)

    def list_commits(
        self,
        func_name: str | None = None,
        limit: int = 50,
        status: TaskStatus | None = None,
        tags: dict[str, str | None] | None = None,
    ) -> list[Commit]:
        """The newest commits of functions, newest first."""
        found = asking.log(self.own, func_name, limit, status, tags)
        return [shown for commit in found if (shown := self.get_commit(commit.hash)) is not None]

    def get_history(self, hash: str) -> list[Commit]:
        """All commits of the same computation, oldest first; none if there is no such commit."""
        known = self._known(hash)
        if known is None:
            return []
        if (told := _told_by(known)) is not None:
            return [self._view(commit) for commit in reversed(self.own.find(known.key))] or [self._view(known, told)]
        return asking.history(self.own, known.id)

    def delete_commit(self, hash: str) -> bool:
        """Remove a commit; whether there was one. Raises `ValueError` if several begin so."""
        known = self._known(hash)
        if known is not None:
            self.own.rm(known)
        return known is not None

    def evict(self, older_than: datetime, max_size_bytes: int | None = None) -> int:
        """Remove commits that were made and last used before a moment; how many. Pinned ones stay."""
        age = max(0.0, (datetime.now(UTC) - older_than.astimezone(UTC)).total_seconds())
        return len(self.own.gc(older_than=age, max_size=max_size_bytes).evicted)

    def stats(self) -> dict[str, int]:
        """`total_commits`, `completed_commits`, `stored_objects`, `disk_bytes`."""
        return dict(asking.stats(self.own))

    def close(self) -> None:
        """Let go of the store's files."""
        self.own.close()

    # -------------------------------------------------------------------------------------------------------- inside
    def adopted(self, commit: Commit) -> models.Commit:
        """Our commit behind one that an executor has given; put in if it has not been yet. Raises `StoreError`."""
        known = self._known(commit.hash)
        if known is None:
            self.put_commit(commit)
            known = self._known(commit.hash)
        if known is None:
            msg = f"the executor's commit {commit.hash[:12]} cannot be stored"
            raise StoreError(msg)
        return known

    def _known(self, hash: str) -> models.Commit | None:
        text = self._names.get(hash, hash)
        if not 4 <= len(text) <= 64 or not set(text) <= _HEX:
            return None
        try:
            return self.own.resolve(text)
        except NotFound as error:
            if "several" in str(error):
                msg = f"Ambiguous prefix {text}: {error}"
                raise ValueError(msg) from error
            return None

    def _of_fingerprint(self, fingerprint: str) -> list[models.Commit]:
        store = self.own
        call = self._calls.get(fingerprint)
        own = store.find(task_key(fingerprint))
        if call is not None:
            try:
                return [*store.find(call.key), *own]
            except Refused:
                return own
        if own:
            return own
        functions = (commit for commit in pages(store) if commit.function and not commit.error)
        return [one for one in itertools.islice(functions, _LOOKED_THROUGH) if view(one).fingerprint == fingerprint]

    def _view(self, commit: models.Commit, told: str | None = None) -> Commit:
        shown = view(commit)
        told = told or _told_by(commit)
        if told is not None:
            shown.task_def.func_hash, _, shown.task_def.args_hash = told.partition(":")
        if shown.output_ref is not None:
            self._blobs[shown.output_ref.hash] = commit.id
        return shown

    def _made(self, commit: Commit) -> tuple[models.Commit, Payload]:
        """A commit of the seed library's as one of ours."""
        call = self._calls.get(commit.fingerprint)
        made = self._described(commit, call)
        if commit.status is TaskStatus.FAILED or commit.output_ref is None:
            failed = dataclasses.replace(made, error=commit.error or "failed", key=digest("cashet-failed", made.key))
            return failed, Payload(b"", dumps_shown(()))
        data = self.get_blob(commit.output_ref)
        kind = type(self.serializer)
        # what it writes is a pickle, and whoever looks at it later reads it as one
        name = "PickleSerializer" if kind is CloudPickleSerializer else kind.__name__
        note = Value(SERIALIZER, f"{kind.__module__}.{kind.__qualname__}", type=name)
        output = Value(RETURNED, commit.output_ref.hash, "", f"{len(data):,} bytes", len(data))
        return dataclasses.replace(made, outputs=(output,), depends=(*made.depends, note)), dump_result(data)

    def _described(self, commit: Commit, call: Call | None) -> models.Commit:
        task = commit.task_def
        if call is not None and self.engine is not None:
            from cashet_jupyter.functions.commits import _commit

            made = _commit(self.engine, call, call.key_or_none or call.uncached, 0.0)
        else:
            label = task.func_name
            made = models.Commit(
                key=task_key(commit.fingerprint),
                code=task.func_hash,
                cell=Cell(task.func_source, label, FUNCTION + label),
                created=commit.created_at.timestamp(),
                seconds=0.0,
                parent=self._names.get(commit.parent_hash or "", commit.parent_hash),
                versions=dict(task.dep_versions),
                arguments=bytes(task.args_snapshot).decode("utf-8", "replace"),
            )
        notes = [Value(FINGERPRINT, commit.fingerprint, TASK)]
        if task.retries:
            notes.append(Value(RETRIES, "", TASK, str(task.retries)))
        if not task.cache:
            notes.append(Value(CACHE_OFF, "", TASK, "off"))
        if not task.cache and call is not None:
            made = dataclasses.replace(made, key=call.uncached)
        return dataclasses.replace(made, depends=(*made.depends, *notes))


class SQLiteStore(SeedStore):
    """The store in a folder, under the name and with the methods of the seed library's."""

    def __init__(self, root: str | Path | None = None, serializer: Any = None) -> None:
        self._home = Home(None if root is None else Path(root))
        super().__init__(self._home.store, serializer)

    @property
    def root(self) -> Path:
        """Where it is."""
        return self._home.path

    def close(self) -> None:
        """Let go of the store's files; a later use opens them again."""
        self._home.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _blob_key(hash: str) -> str:
    return digest("cashet-blob", hash)


def _told_by(commit: models.Commit) -> str | None:
    return next((value.digest for value in commit.depends if value.name == FINGERPRINT and value.type == TASK), None)


def _serialized(commit: models.Commit) -> bool:
    return any(value.name == SERIALIZER for value in commit.depends)
