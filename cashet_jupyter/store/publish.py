"""How a run is stored: bytes first, the row last.

1. No lock: each blob is hashed; what is not there yet is written under a temporary name (and synced, if the commit is
   to be durable), then renamed (`uploads.py`).
2. The write lock: every blob's file is looked at, because one may have been collected or removed since. If one is
   missing, the lock is given back and step 1 done again for it.
3. Under the same lock: the rows, the record in the log, the commit.

Whatever goes wrong before the end leaves blobs that nothing refers to, for the collection.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Mapping

from cashet_jupyter.errors import Damaged, StoreError
from cashet_jupyter.memory.gathered import Buffer
from cashet_jupyter.models import Blob, Commit, Payload
from cashet_jupyter.store import records
from cashet_jupyter.store.entries import Entries
from cashet_jupyter.store.fold import Op, inlined
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.objects import Objects, Staged
from cashet_jupyter.store.removal import Exchanged, removing
from cashet_jupyter.store.trust import Signer
from cashet_jupyter.store.uploads import Layout, Uploads, cut_up
from cashet_jupyter.store.writing import GivenUp, never

#: how often something may take away what was just written, before that counts as a failure
_ATTEMPTS = 20


class Publisher:
    """Stores runs."""

    def __init__(self, index: Index, objects: Objects, entries: Entries, signer: Signer) -> None:
        self._index = index
        self._objects = objects
        self._entries = entries
        self._signer = signer

    def put(
        self,
        commit: Commit,
        payload: Payload,
        tags: Mapping[str, str],
        *,
        durable: bool,
        pinned: bool,
        stop: Callable[[], bool] = never,
    ) -> Commit:
        """Store a run; the same run again changes nothing. Raises `GivenUp` when `stop()` before the end."""
        cuts = cut_up(payload)
        inline = inlined(view.nbytes for view in cuts.views)
        blobs = Uploads(self._objects, self.ensure, durable=durable, stop=stop).bring(cuts, inline)
        small = {blobs[number]: cuts.views[number] for number in inline}
        files = {blob: view for blob, view in zip(blobs, cuts.views, strict=True) if blob not in small}
        record = records.encode(commit, blobs, cuts.layout)
        seal = self._signer.seal(record)
        op: Op = {
            "op": "put",
            "record": record,
            "seal": seal,
            "inline": [bytes(view) for view in small.values()],
            "tags": dict(tags),
            "pinned": pinned,
        }
        stored = _stored(commit, blobs, cuts.layout, record)
        self._commit(op, stored, files, durable=durable, stop=stop)
        self._entries.remember(record, seal, stored)
        return stored

    def _commit(
        self, op: Op, stored: Commit, files: Mapping[Blob, Buffer], *, durable: bool, stop: Callable[[], bool]
    ) -> None:
        for _ in range(_ATTEMPTS):
            if stop():
                raise GivenUp("storing was given up")
            with self._index.writing(durable=durable) as db:
                missing = [blob for blob in files if not self._objects.present(blob, durable=durable)]
                if not missing:
                    self._index.record(db, op, durable=durable, commit=stored)
            if not missing:
                return
            for blob in missing:
                view = files[blob]
                self.ensure(blob, lambda: self._objects.stage(blob, view, durable=durable), durable=durable)  # noqa: B023 - called at once
        msg = "the result's files vanish as soon as they are written"
        raise StoreError(msg)

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


def _stored(commit: Commit, blobs: list[Blob], layout: Layout, record: bytes) -> Commit:
    """The commit as it stands in the store, before tags and pin."""
    return dataclasses.replace(
        commit,
        id=records.identify(record).hex(),
        versions=dict(commit.versions),
        skeleton=blobs[0],
        shown=blobs[1],
        buffers=tuple(blobs[2:]),
        layout=layout,
        tags={},
        pinned=False,
    )
