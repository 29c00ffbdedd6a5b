"""How a run is stored: bytes first, the row last.

1. No lock: each big blob that is not there yet is written under a temporary name and hashed on the way (and synced,
   if the commit is to be durable), then renamed.
2. The write lock: every blob's file is looked at, because one may have been collected or removed since. If one is
   missing, the lock is given back and step 1 done again for it.
3. Under the same lock: the rows, the record in the log, the commit.

Whatever goes wrong before the end leaves blobs that nothing refers to, for the collection.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Mapping

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import Damaged, StoreError
from cashet_jupyter.models import Blob, Commit, Payload
from cashet_jupyter.store import queries, records
from cashet_jupyter.store.entries import Entries
from cashet_jupyter.store.fold import Op, inlined
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.objects import Objects, Staged
from cashet_jupyter.store.removal import Exchanged, removing
from cashet_jupyter.store.trust import Signer

#: how often something may take away what was just written, before that counts as a failure
_ATTEMPTS = 20


class Publisher:
    """Stores runs."""

    def __init__(self, index: Index, objects: Objects, entries: Entries, signer: Signer) -> None:
        self._index = index
        self._objects = objects
        self._entries = entries
        self._signer = signer

    def put(self, commit: Commit, payload: Payload, tags: Mapping[str, str], *, durable: bool, pinned: bool) -> Commit:
        """Store a run; the same run again changes nothing."""
        views = [_flat(data) for data in (payload.skeleton, payload.shown, *payload.buffers)]
        inline = inlined(view.nbytes for view in views)
        blobs = [self._write(view, inline=number in inline, durable=durable) for number, view in enumerate(views)]
        small = {blobs[number]: views[number] for number in inline}
        files = {blob: view for blob, view in zip(blobs, views, strict=True) if blob not in small}
        record = records.encode(commit, blobs)
        seal = self._signer.seal(record)
        op: Op = {
            "op": "put",
            "record": record,
            "seal": seal,
            "inline": [bytes(view) for view in small.values()],
            "tags": dict(tags),
            "pinned": pinned,
        }
        stored = _stored(commit, blobs, record)
        self._commit(op, stored, files, durable=durable)
        self._entries.remember(record, seal, stored)
        return stored

    def _commit(self, op: Op, stored: Commit, files: Mapping[Blob, memoryview], *, durable: bool) -> None:
        for _ in range(_ATTEMPTS):
            with self._index.writing(durable=durable) as db:
                missing = [blob for blob in files if not self._objects.present(blob, durable=durable)]
                if not missing:
                    self._index.record(db, op, durable=durable, commit=stored)
            if not missing:
                return
            for blob in missing:
                self._ensure(blob, files[blob], durable=durable)
        msg = "the result's files vanish as soon as they are written"
        raise StoreError(msg)

    def _write(self, view: memoryview, *, inline: bool, durable: bool) -> Blob:
        """Have the bytes in the store, unless they are to lie in the index."""
        if inline or queries.has_size(self._index, view.nbytes):
            blob = Blob(digest_buffer(view), view.nbytes)
        else:  # surely new: written and hashed at once
            staged = self._objects.stage(view, durable=durable)
            blob = staged.blob
            try:
                if self._objects.place(staged, durable=durable):
                    return blob
            except FileNotFoundError:
                pass  # swept away: written once more
        if not inline:
            self._ensure(blob, view, durable=durable)
        return blob

    def _ensure(self, blob: Blob, view: memoryview, *, durable: bool) -> None:
        self.ensure(blob, lambda: self._objects.stage(view, durable=durable), durable=durable)

    def ensure(self, blob: Blob, stage: Callable[[], Staged], *, durable: bool) -> None:
        """Have a sound file for the blob: what is there already is verified, and replaced if it is damaged."""
        for _ in range(_ATTEMPTS):
            state = self._objects.state(blob)
            if state == "sound":
                if not durable or self._synced(blob):
                    return
                continue
            if state == "bad":
                with contextlib.suppress(Exchanged), removing(self._index, aside=True) as removal:
                    if self._objects.state(blob) == "bad":
                        removal.take(blob)
            try:
                if self._objects.place(stage(), durable=durable):
                    return
            except FileNotFoundError:
                continue  # somebody swept the temporary folder
        msg = f"the blob {blob.digest[:12]} cannot be written"
        raise StoreError(msg)

    def _synced(self, blob: Blob) -> bool:
        """Make a blob that was found sound survive a power cut; False if a collection took it away since."""
        try:
            self._objects.sync(blob)
        except (FileNotFoundError, Damaged):
            return False
        return True


def _stored(commit: Commit, blobs: list[Blob], record: bytes) -> Commit:
    """The commit as it stands in the store, before tags and pin."""
    return dataclasses.replace(
        commit,
        id=records.identify(record).hex(),
        versions=dict(commit.versions),
        skeleton=blobs[0],
        shown=blobs[1],
        buffers=tuple(blobs[2:]),
        tags={},
        pinned=False,
    )


def _flat(data: bytes | bytearray | memoryview) -> memoryview:
    """The bytes of a buffer of any shape, in order; in place if they lie in one piece."""
    view = memoryview(data)
    if view.nbytes == 0:
        return memoryview(b"")
    return view.cast("B") if view.c_contiguous else memoryview(view.tobytes())
