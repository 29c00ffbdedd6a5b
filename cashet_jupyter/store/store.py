"""The door of the store: nothing but the project's own errors leaves it."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from cashet_jupyter.errors import CashetError, NotFound, OptionError, StoreError
from cashet_jupyter.models import Commit, Payload
from cashet_jupyter.store import days, queries
from cashet_jupyter.store.answers import Collected, Imported, Progress, StoreStats, Verified, Work
from cashet_jupyter.store.asking import Asking
from cashet_jupyter.store.claims import Claims
from cashet_jupyter.store.door import door
from cashet_jupyter.store.faults import FAULTS, disk_full, store_error
from cashet_jupyter.store.layout import Layout, find_store_dir
from cashet_jupyter.store.objects import Objects
from cashet_jupyter.store.opening import Opened
from cashet_jupyter.store.protocol import NO_TAGS, Claim
from cashet_jupyter.store.publish import Publisher
from cashet_jupyter.store.reading import Reader
from cashet_jupyter.store.stamps import Stamps
from cashet_jupyter.store.trust import Signer, load_key
from cashet_jupyter.store.worth import Rank, default_limit, held
from cashet_jupyter.store.writing import never

if TYPE_CHECKING:
    from cashet_jupyter.store.gc import Collector

__all__ = ["Store", "StoreStats", "find_store_dir", "open_store"]

#: bytes of a run that are kept in memory while nothing in the store changes: a cell that is run again and again
_SMALL = 32 << 10


def open_store(path: Path, *, key: bytes | None = None, max_size: int | None = None, looking: bool = False) -> Store:
    """Open the store at `path`, making it if there is none; `key` stands in for this user's own.

    `max_size` is how many bytes it may hold; without it, 10 GiB or a tenth of the disk, whichever is less.
    A store that cannot be written is opened for reading, with a notice. With `looking` it is opened for reading in any
    case, and nothing is made or changed. Raises `StoreError` if it cannot even be read.
    """
    layout = Layout(Path(path).absolute())
    try:
        return Store(Opened(layout, looking=looking), Signer(load_key() if key is None else key), max_size)
    except FAULTS as error:
        raise store_error(error, path) from error


class Store(Asking):
    """Commits and blobs in a folder. The promises of the methods are those of `protocol.Store`."""

    def __init__(self, opened: Opened, signer: Signer, max_size: int | None = None) -> None:
        super().__init__(opened, signer)
        self._layout = opened.layout
        self._signer = signer
        # on a network file system times are those of another machine, and may be told late
        self._stamps = stamps = Stamps(self.index, signer) if self.index.wal else Stamps()
        self._objects = objects = Objects(opened.layout, stamps)
        self._reader = Reader(self.index, objects, stamps, self._entries, heals=not opened.read_only)
        self._publisher = Publisher(self.index, objects, self._entries, signer)
        self._claims = Claims(None if self.read_only else opened.layout.flight)
        self.max_size = max_size
        """Bytes to which `gc` brings it; None for the default, see `limit`."""

    # ------------------------------------------------------------------------------------------------------ reading
    @door
    def get(self, commit: Commit) -> Payload:
        """The bytes of a run, verified; raises `Damaged` after the damaged piece was put aside."""
        if commit.buffers or commit.size > _SMALL:
            return self._reader.payload(commit)
        return self.index.remembered(("payload", commit.id), lambda: self._reader.payload(commit))

    @door
    def shown(self, commit: Commit) -> bytes:
        """Only what the run showed."""
        return self._reader.shown(commit)

    # ------------------------------------------------------------------------------------------------------ storing
    @door
    def put(
        self,
        commit: Commit,
        payload: Payload,
        *,
        durable: bool,
        tags: Mapping[str, str] = NO_TAGS,
        pinned: bool = False,
        stop: Callable[[], bool] = never,
    ) -> Commit:
        """Store a run; the commit comes back with its id and its blobs. Raises `GivenUp` once `stop()` says so."""
        self._must_write()
        merged = _checked({**commit.tags, **tags})
        pinned = pinned or commit.pinned
        put = functools.partial(self._publisher.put, commit, payload, merged)
        try:
            stored = put(durable=durable, pinned=pinned, stop=stop)
        except (OSError, apsw.Error) as error:
            if not disk_full(error, self.path) or not self._collector.make_room(payload.size):
                raise
            stored = put(durable=durable, pinned=pinned, stop=stop)
        try:
            return self._reader.entry(stored.id).commit
        except NotFound:  # another process has removed it since; it was stored
            return dataclasses.replace(stored, tags=merged, pinned=pinned)

    @door
    def tag(self, commit: Commit, tags: Mapping[str, str]) -> Commit:
        """Add tags, or change their values."""
        return self._change(commit, {"op": "tag", "tags": _checked(tags)})

    @door
    def untag(self, commit: Commit, *names: str) -> Commit:
        """Take tags off."""
        return self._change(commit, {"op": "untag", "names": list(names)})

    @door
    def pin(self, commit: Commit) -> Commit:
        """Keep it, whatever is collected."""
        return self._change(commit, {"op": "pin", "pinned": True})

    @door
    def unpin(self, commit: Commit) -> Commit:
        """Let it be collected again."""
        return self._change(commit, {"op": "pin", "pinned": False})

    @door
    def rm(self, commit: Commit) -> None:
        """Remove a commit."""
        self._record(commit, {"op": "rm"})

    # --------------------------------------------------------------------------------------------------- collection
    @property
    @door
    def limit(self) -> int:
        """Bytes that it may hold: `max_size`, else 10 GiB or a tenth of the disk, whichever is less."""
        return self._limit(queries.stats(self.index))

    @door
    def over(self) -> int:
        """Bytes above the limit. Asked after every cell, so nothing is written for it (`stats` does)."""
        found = queries.stats(self.index)
        return max(0, held(found) - self._limit(found))

    def _limit(self, found: StoreStats) -> int:
        return default_limit(self.path, found) if self.max_size is None else self.max_size

    @door
    def gc(
        self,
        *,
        max_size: int | None = None,
        older_than: float | None = None,
        dry_run: bool = False,
        stop: Callable[[], bool] = lambda: False,
    ) -> Collected:
        """Remove what has expired, what nothing refers to, and what is worth least, down to the limit."""
        self._prepare_collection(dry_run=dry_run)
        if not dry_run:
            self._claims.sweep()
        limit = self.limit if max_size is None else max_size
        return self._collector.collect(limit=limit, older_than=older_than, dry_run=dry_run, stop=stop)

    @door
    def clear(self, *, pinned: bool = False, dry_run: bool = False) -> Collected:
        """Remove every commit; pinned ones only if that is asked for."""
        self._prepare_collection(dry_run=dry_run)
        last = Rank.PINNED if pinned else Rank.TAGGED
        return self._collector.collect(limit=0, last=last, dry_run=dry_run, why="cleared")

    @door
    def verify(self, progress: Progress | None = None) -> Verified:
        """Hash everything, make the index anew, and put aside what is damaged."""
        self._flush(patience=1.0)
        from cashet_jupyter.store.verify import Verifier

        verifier = Verifier(self.index, self._layout, self._entries, repairs=not self.read_only)
        return verifier.verify(progress)

    def _prepare_collection(self, *, dry_run: bool) -> None:
        if not dry_run:
            self._must_write()
        self._flush(patience=1.0)  # what was used just now is worth more

    # ----------------------------------------------------------------------------------------------------- archives
    @door
    def export(self, path: Path, commits: Iterable[Commit] | None = None, *, progress: Progress | None = None) -> int:
        """Write commits, or all, into an archive; how many there are in it."""
        from cashet_jupyter.store.exchange import Exporter

        exporter = Exporter(self.index, self._entries, self._reader)
        number, damaged = exporter.export(Path(path).absolute(), commits, progress)
        if damaged:
            self.notices.append(f"{damaged} damaged results are not in {path}: their cells run again")
        return number

    @door
    def import_(self, path: Path, *, trust: bool = False, progress: Progress | None = None) -> Imported:
        """Take in the commits of an archive; what is here already stays as it is."""
        self._must_write()
        from cashet_jupyter.store.archive import Archive
        from cashet_jupyter.store.exchange import Importer

        with Archive(Path(path).absolute()) as archive:
            importer = Importer(self.index, self._objects, self._publisher, self._signer)
            return importer.import_(archive, trust=trust, progress=progress)

    def claim(self, key: str, work: Work) -> Claim:
        """Say that this process computes `key`, or find out who does."""
        return self._claims.claim(key, work)

    @property
    def unsettled(self) -> bool:
        """Whether files were written that have to be read once more before they can be mapped without reading them."""
        return self._stamps.unsettled and not self.read_only

    @property
    def noted(self) -> bool:
        """Whether hits were noted that nobody else can see yet."""
        return self._pending.hits and not self.read_only

    @door
    def settle(self, stop: Callable[[], bool] = never) -> None:
        """Read once more what was written, until `stop()`: the next process can then map it without reading it.

        Hits that were noted are written as well.
        """
        self._stamps.settle(self._objects.state, stop)
        self._flush(patience=0.0)

    # ---------------------------------------------------------------------------------------------------- statistics
    def touch(self, commit: Commit, saved: float) -> None:
        """Note a hit."""
        self._pending.hit(commit.id, saved)
        self._flush_if_due()

    def note_timing(self, code: str, seconds: float) -> None:
        """Note how long a plain run took."""
        self._pending.time(code, seconds)
        self._flush_if_due()

    @door
    def stats(self) -> StoreStats:
        """What it holds."""
        self._flush(patience=1.0)
        found, today = queries.stats(self.index), days.today()
        (hits, saved), (more, spared) = self._pending.totals(), self._pending.totals(today)
        so_far, so_saved = queries.hits_in(self.index, today)
        return dataclasses.replace(
            found,
            hits=found.hits + hits,
            saved=found.saved + saved,
            today_hits=so_far + more,
            today_saved=so_saved + spared,
        )

    def close(self) -> None:
        """Write what is noted and let go of every file."""
        self._claims.close()
        self._flush(patience=1.0)
        self.index.close()

    # ------------------------------------------------------------------------------------------------------- inside
    @functools.cached_property
    def _collector(self) -> Collector:
        # Like archives and verifying it is loaded when it is asked for: a kernel seldom does that.
        from cashet_jupyter.store.gc import Collector

        return Collector(self.index, self._layout, self._entries)

    def _change(self, commit: Commit, op: dict[str, Any]) -> Commit:
        self._record(commit, op)
        return self._reader.entry(commit.id).commit

    def _record(self, commit: Commit, op: dict[str, Any]) -> None:
        self._must_write()
        with self.index.writing() as db:
            if queries.by_id(self.index, commit.id) is None:
                msg = f"no commit {commit.id}"
                raise NotFound(msg)
            self.index.record(db, {**op, "id": bytes.fromhex(commit.id)})

    def _must_write(self) -> None:
        if self.read_only:
            raise StoreError(self.read_only)

    def _flush_if_due(self) -> None:
        if self._pending.due():
            self._flush(patience=0.0)

    def _flush(self, patience: float) -> None:
        op = None if self.read_only else self._pending.take()
        if op is None and (self.read_only or not self._stamps.due):
            return
        try:
            with self.index.writing(patience=patience) as db:
                if op is not None:
                    self.index.record(db, op)
                if self._stamps.due:
                    self._stamps.write(db)
        except (*FAULTS, CashetError):
            if op is not None:
                self._pending.give_back(op)


def _checked(tags: Mapping[str, str]) -> dict[str, str]:
    for name in tags:
        if not name or "=" in name:
            msg = f"a tag's name must not be empty or hold '=': {name!r}"
            raise OptionError(msg)
    return dict(tags)
