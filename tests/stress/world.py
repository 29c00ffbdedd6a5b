"""A small store in which everything meets: what two actors do to it, and what must hold whatever the order was.

Five blobs are files. `PREY` is condemned: nothing refers to it, its file is there. `STRAY` has a file and no row, left by
a writer that was killed. `SHARED` belongs to the run that is removed, `DAMAGED` to the run that is read and is not what
its name says; `KEPT` is nobody's business. The runs that come new need the first four.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from cashet_jupyter.errors import CashetError, Damaged, NotFound
from cashet_jupyter.models import Commit, Payload
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import bytes_of, make_commit, same
from tests.stress.accounts import leaks
from tests.stress.snapshot import Snapshot, drop_empty_shards

KEY = b"k" * 32
PREY, STRAY, SHARED, DAMAGED, KEPT = range(5)
BLOBS: dict[str, tuple[int, ...]] = {
    "gone": (PREY,),
    "removed": (SHARED,),
    "hurt": (DAMAGED, KEPT),
    "kept": (KEPT,),
    "new": (PREY, STRAY, SHARED, DAMAGED),
    "imported": (PREY, STRAY, SHARED, DAMAGED),
}


def payload_of(name: str) -> Payload:
    """What the run of that name left."""
    buffers = tuple(memoryview(bytes_of(7 + blob, 17_000 + blob)) for blob in BLOBS[name])
    return Payload(b"skeleton", b"shown " + name.encode(), buffers)


@dataclasses.dataclass
class Outcome:
    """What the actors of one schedule were told, and what went wrong."""

    promised: set[str] = dataclasses.field(default_factory=set)
    """Runs whose storing was acknowledged."""
    dropped: set[str] = dataclasses.field(default_factory=set)
    """Runs that somebody was to remove, or found damaged."""
    evicts: bool = False
    """Whether any run may have been evicted."""
    twice: bool = False
    """Whether the other one may have done it before."""
    reclaimed: int = 0
    """Blobs whose files a collection removed."""
    wrong: list[str] = dataclasses.field(default_factory=list)


Work = Callable[[Store, "World", Outcome], object]


def _commit(store: Store, world: World, outcome: Outcome) -> None:
    store.put(make_commit("new", host="new"), payload_of("new"), durable=True)
    outcome.promised.add("new")


def _rm(store: Store, world: World, outcome: Outcome) -> None:
    outcome.dropped.add("removed")
    try:
        store.rm(world.commits["removed"])
    except NotFound:
        if not outcome.evicts and not outcome.twice:
            outcome.wrong.append("what was to be removed was not there")


def _quarantine(store: Store, world: World, outcome: Outcome) -> None:
    outcome.dropped.add("hurt")
    try:
        if not same(store.get(world.commits["hurt"]), payload_of("hurt")):
            outcome.wrong.append("WRONG bytes of the damaged run")
    except Damaged:
        pass
    except NotFound:
        if not outcome.evicts and not outcome.twice:
            outcome.wrong.append("the damaged run was forgotten before it was read")


def _gc(store: Store, world: World, outcome: Outcome) -> None:
    outcome.reclaimed += store.gc().blobs


def _evict(store: Store, world: World, outcome: Outcome) -> None:
    outcome.evicts = True
    outcome.reclaimed += store.gc(max_size=0).blobs


def _reindex(store: Store, world: World, outcome: Outcome) -> None:
    """Believe that the index is damaged, and go on with a new one."""
    store.index.renew(store.index.connections.identity())
    _commit(store, world, outcome)


def _delete(store: Store, world: World, outcome: Outcome) -> None:
    """Delete the index, as a user may at any time, and go on with a new one."""
    for suffix in ("", "-wal", "-shm"):
        (world.path / f"index.db{suffix}").unlink(missing_ok=True)
    _commit(store, world, outcome)


def _verify(store: Store, world: World, outcome: Outcome) -> None:
    """Examine everything: only the damaged blob may be found damaged, however much is done meanwhile."""
    outcome.dropped.add("hurt")
    found = store.verify()
    outcome.wrong += [f"LOST in an examination: {commit.host}" for commit in found.lost if commit.host != "hurt"]


def _import(store: Store, world: World, outcome: Outcome) -> None:
    store.import_(world.archive)
    outcome.promised.add("imported")


ACTORS: dict[str, Work] = {
    "commit": _commit,
    "rm": _rm,
    "quarantine": _quarantine,
    "gc": _gc,
    "evict": _evict,
    "verify": _verify,
    "import": _import,
    "reindex": _reindex,
    "delete": _delete,
}


class World:
    """The store, made once and set back before every schedule."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "store"
        self.archive = folder / "archive"
        self.commits: dict[str, Commit] = {}
        self._fill()
        self._export(folder / "other")
        self._snapshot = Snapshot(self.path)

    def _fill(self) -> None:
        store = self.open()
        for name in ("gone", "removed", "hurt", "kept"):
            self.commits[name] = store.put(make_commit(name, host=name), payload_of(name), durable=False)
        fresh = store.put(make_commit("stray"), payload_of("new"), durable=False)
        files = {blob: self.file_of(fresh, number) for number, blob in enumerate(BLOBS["new"])}
        self._shards = {blob.digest[:2] for commit in (fresh, self.commits["kept"]) for blob in commit.buffers}
        stray = files[STRAY].read_bytes()
        drop_empty_shards(self.path)
        store.rm(fresh)
        store.rm(self.commits["gone"])
        self._forget(store, fresh.buffers[1].digest)
        store.close()
        assert files[STRAY].read_bytes() == stray
        files[DAMAGED].chmod(0o600)
        files[DAMAGED].write_bytes(bytes(17_000 + DAMAGED))

    def _forget(self, store: Store, digest: str) -> None:
        """Take the row away and leave the file, as a writer that was killed before its transaction does."""
        with store.index.writing() as db:
            db.execute("DELETE FROM blobs WHERE digest = ?", (bytes.fromhex(digest),))

    def _export(self, folder: Path) -> None:
        store = open_store(folder, key=KEY)
        store.put(make_commit("imported", host="imported"), payload_of("imported"), durable=False)
        store.export(self.archive)
        store.close()

    def quiet(self, name: str, *, moving: bool) -> bool:
        """Whether no actor ever changes what has that name.

        Whether the index is still the file that was opened is asked at every use; with `moving` it may not be. And a
        collection looks into all 256 shards, of which all but some are not there.
        """
        if name.endswith("/index.db"):
            return not moving
        head, _, shard = name.rpartition("/")
        return head.endswith("/objects") and shard not in self._shards

    def open(self) -> Store:
        """A handle of its own."""
        return open_store(self.path, key=KEY)

    def file_of(self, commit: Commit, number: int) -> Path:
        """Where a buffer's file is."""
        digest = commit.buffers[number].digest
        return self.path / "objects" / digest[:2] / digest[2:]

    def restore(self) -> None:
        """Set everything back."""
        self._snapshot.restore()

    def actor(self, name: str, outcome: Outcome) -> Callable[[], Callable[[], object]]:
        """Opens a handle and makes it ready to use; what comes back does the work."""

        def prepare() -> Callable[[], object]:
            store = self.open()
            store.find("warm up")

            def work() -> None:
                try:
                    ACTORS[name](store, self, outcome)
                finally:
                    store.close()

            return work

        return prepare


def judge(world: World, outcome: Outcome, *, again: bool) -> list[str]:
    """What does not hold; with `again`, also of the index that is made anew from the log."""
    bad = list(outcome.wrong)
    store = world.open()
    try:
        bad += _lost(store, outcome)
        bad += _unreadable(store, outcome)
        store.gc()
        bad += leaks(store)
        listed, stats = store.log(limit=1000), store.stats()
    except CashetError as error:
        return [*bad, f"{type(error).__name__} afterwards: {error}"]
    finally:
        store.close()
    if again:
        for suffix in ("", "-wal", "-shm"):
            (world.path / f"index.db{suffix}").unlink(missing_ok=True)
        store = world.open()
        if store.log(limit=1000) != listed:
            bad.append("the index made anew lists other commits")
        store.gc()
        if store.stats() != stats:
            bad.append(f"the index made anew counts otherwise: {store.stats()} {stats}")
        store.close()
    return bad


def _lost(store: Store, outcome: Outcome) -> list[str]:
    """What was acknowledged and is not there; what nobody was to remove and is not there."""
    bad: list[str] = []
    for name in {"removed", "hurt", "kept"} | outcome.promised:
        found = store.find(name)
        if not found and name not in outcome.dropped and not outcome.evicts:
            bad.append(f"LOST {name}")
    if "removed" in outcome.dropped and store.find("removed"):
        bad.append("what was removed is there")
    return bad


def _unreadable(store: Store, outcome: Outcome) -> list[str]:
    """Commits that are listed and whose bytes are missing or wrong; only the damaged one may be found damaged."""
    bad: list[str] = []
    for commit in store.log(limit=1000):
        name = commit.cell.source if commit.host not in BLOBS else commit.host
        try:
            if not same(store.get(commit), payload_of(name)):
                bad.append(f"WRONG bytes of {name}")
        except Damaged as error:
            if name != "hurt":
                bad.append(f"HOLLOW {name}: {error}")
    return bad
