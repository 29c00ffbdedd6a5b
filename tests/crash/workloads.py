"""Pieces of work that are stopped, failed and cut off from power, and the one check of what they leave behind.

A piece of work says through a pipe what was acknowledged to it, one line each:

    trying KEY       something is about to be done to it  dropping KEY            it may vanish from now on
    durable KEY      a durable put has returned           lazy KEY                a lazy one has
    tagged KEY N=V   a tag is there                       pinned KEY              a pin is there
    changed KEY      something else is done               dropped KEY             it is gone
    failed WHAT      an error of the store has come out   untyped WHAT            another error has
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import CashetError, Damaged
from cashet_jupyter.memory.gathered import whole
from cashet_jupyter.memory.pieces import pieces_of
from cashet_jupyter.models import Cell, Commit, Payload
from cashet_jupyter.store import compaction, strays
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload, same
from tests.store.golden.make import FULL, FULL_PAYLOAD, KEY, SMALL, SMALL_PAYLOAD

#: in the folder where the store lies
ARCHIVE = "archive.tar"
#: what the archive has beyond the store
IMPORTED = ("file", "small", "mapped")
GOLDEN = Path(__file__).parents[1] / "store" / "golden" / "format-1.zip"

#: the buffers of every key that is ever put, as (seed, sizes): inline, in files, shared, mapped, written by a thread
PLAN: dict[str, tuple[int, tuple[int, ...]]] = {
    "old": (1, (100, 20_000)),
    "hurt": (2, (30_000,)),
    "missing": (3, (40_000,)),
    "small": (4, (100, 200)),
    "file": (5, (100, 20_000)),
    "twin": (5, (100, 20_000)),  # the bytes of another
    "shared": (1, (100, 20_000)),  # the bytes of what was there before
    "mapped": (7, (50_000, (1 << 20) + 5)),
    "thread": (8, ((8 << 20) + 5,)),
    "kept": (9, (21_000,)),
    "spare": (10, (22_000, 300)),
    "after": (11, (23_000, 10)),
    "lone": (12, (24_000,)),
    "brief": (13, (25_000, 20)),
}


def payload_of(key: str) -> Payload:
    """The bytes of a key: the same in every process."""
    if key == FULL.key:
        return FULL_PAYLOAD
    if key == SMALL.key:
        return SMALL_PAYLOAD
    seed, sizes = PLAN[key]
    return make_payload(100 * seed, *sizes)


def commit_of(key: str) -> Commit:
    """A new run of a key, each key in a cell of its own: the newest run of a cell stays when room is made."""
    return make_commit(key, cell=Cell(source=key, label=key, id=f"cell {key}", notebook="a.ipynb"))


@functools.cache
def shards() -> frozenset[str]:
    """The folders of all blobs that are ever put."""
    return frozenset(
        digest_buffer(piece)[:2]
        for key in [*PLAN, FULL.key, SMALL.key]
        for data in payload_of(key).buffers
        for piece in pieces_of(whole(data))
    )


def opened(path: Path) -> Store:
    """The store at `path`, with the key of these tests."""
    return open_store(path, key=KEY)


class Worker:
    """One process at work: it goes on after an error of the store, and says what it was told."""

    def __init__(self, root: Path, say: Callable[[str], None]) -> None:
        self.root = root
        self.say = say
        self.store: Store | None = None

    @contextlib.contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Errors of the store end a step; anything else is reported, since it would reach the user's cell."""
        try:
            yield
        except CashetError as error:
            self.say(f"failed {what}: {str(error)[:80]}")
        except Exception as error:
            self.say(f"untyped {what}: {type(error).__name__}: {str(error)[:200]}")

    def open(self) -> Store | None:
        """The store, or nothing if it does not open."""
        with self.step("open"):
            self.store = opened(self.root)
        return self.store

    def put(self, key: str, *, durable: bool) -> None:
        """Store a key and say so."""
        if self.store is None:
            return
        with self.step(f"put {key}"):
            self.say(f"trying {key}")
            self.store.put(commit_of(key), payload_of(key), durable=durable)
            self.say(f"{'durable' if durable else 'lazy'} {key}")

    def find(self, key: str) -> Commit | None:
        """The newest commit of a key."""
        with self.step(f"find {key}"):
            found = self.store.find(key) if self.store else []
            return found[0] if found else None
        return None

    def close(self) -> None:
        """Close the store."""
        with self.step("close"):
            if self.store:
                self.store.close()


@dataclass(frozen=True, slots=True)
class Workload:
    """A store to begin with, what is acknowledged of it, and the work."""

    name: str
    prepare: Callable[[Path], list[str]]
    work: Callable[[Worker], None]


# -------------------------------------------------------------------------------------------------- stores to begin with
def nothing(root: Path) -> list[str]:
    """No store yet."""
    return []


def some(root: Path) -> list[str]:
    """A few runs, written by two sessions."""
    said: list[str] = []
    for keys in (("old", "kept"), ("spare", "lone")):
        worker = Worker(root, said.append)
        worker.open()
        for key in keys:
            worker.put(key, durable=True)
        if "kept" in keys and worker.store:
            worker.store.pin(worker.store.find("kept")[0])
            said.append("pinned kept")
        worker.close()
    return said


def damaged(root: Path) -> list[str]:
    """A run whose blob has other bytes, and one whose blob is gone."""
    said = some(root)
    store = opened(root)
    for key in ("hurt", "missing"):
        blob = store.put(commit_of(key), payload_of(key), durable=True).buffers[0]
        file = root / "objects" / blob.digest[:2] / blob.digest[2:]
        file.chmod(0o600)
        if key == "hurt":
            with file.open("r+b") as stream:
                stream.write(b"\xff")
            file.chmod(0o400)
        else:
            file.unlink()
    store.close()
    return said


def without_index(root: Path) -> list[str]:
    """The index was deleted."""
    said = some(root)
    (root / "index.db").unlink()
    return said


def with_a_bad_index(root: Path) -> list[str]:
    """The index is damaged in a way that shows at once."""
    said = some(root)
    data = bytearray((root / "index.db").read_bytes())
    data[100:4096] = bytes(3996)
    (root / "index.db").write_bytes(data)
    return said


def without_a_shard(root: Path) -> list[str]:
    """One folder of blobs was put aside, because it was damaged."""
    said = some(root)
    for shard in (root / "objects").iterdir():
        with contextlib.suppress(OSError):
            shard.rmdir()  # the empty ones
    return said


def crowded(root: Path) -> list[str]:
    """Runs that may go, one that is pinned, one that has expired, blobs that nothing refers to, and files of nobody."""
    said = some(root)
    store = opened(root)
    store.put(dataclasses.replace(commit_of("file"), expires=1.0), payload_of("file"), durable=True)
    store.put(commit_of("mapped"), payload_of("mapped"), durable=False)
    store.rm(store.put(commit_of("after"), payload_of("after"), durable=False))
    store.close()
    (root / "objects" / "ab" / ("cd" * 31)).write_bytes(b"nobody's")
    (root / "tmp" / "1-2").write_bytes(b"cut off")
    return [*said, "lazy mapped"]


def beside_an_archive(root: Path) -> list[str]:
    """A store and, beside it, an archive of runs that it does not have and of one that it has."""
    said = some(root)
    other = root.parent / "other"
    shutil.copytree(root, other)
    store = opened(other)
    for key in IMPORTED:
        store.put(commit_of(key), payload_of(key), durable=True)
    store.export(root.parent / ARCHIVE)
    store.close()
    shutil.rmtree(other)
    return said


def golden(root: Path) -> list[str]:
    """A store as the first version wrote it."""
    with zipfile.ZipFile(GOLDEN) as archive:
        archive.extractall(root)
    return [f"durable {FULL.key}", f"tagged {FULL.key} exp=7", f"durable {SMALL.key}", f"pinned {SMALL.key}"]


# --------------------------------------------------------------------------------------------------------------- works
def _create(worker: Worker) -> None:
    worker.open()
    worker.put("file", durable=True)
    worker.close()


def _put(worker: Worker) -> None:
    worker.open()
    worker.put("file", durable=True)
    worker.put("small", durable=False)
    worker.put("shared", durable=True)
    worker.put("mapped", durable=False)
    worker.put("file", durable=False)
    worker.put("small", durable=True)
    worker.close()


def _lazy_then_durable(worker: Worker) -> None:
    worker.open()
    worker.put("file", durable=False)
    worker.put("twin", durable=True)
    worker.close()


def _thread(worker: Worker) -> None:
    worker.open()
    worker.put("thread", durable=True)
    worker.close()


def _change(worker: Worker) -> None:
    store = worker.open()
    old, spare = worker.find("old"), worker.find("spare")
    if store and old and spare:
        with worker.step("tag"):
            worker.say("trying old")
            store.tag(old, {"a": "1", "b": "2"})
            worker.say("tagged old a=1")
        with worker.step("untag"):
            worker.say("trying old")
            store.untag(old, "b")
            worker.say("changed old")
        with worker.step("pin"):
            worker.say("trying old")
            store.pin(old)
            worker.say("pinned old")
        with worker.step("rm"):
            worker.say("dropping spare")
            store.rm(spare)
            worker.say("dropped spare")
        with worker.step("touch"):
            store.touch(old, 2.0)
            store.note_timing("c" * 64, 1.5)
            store.stats()
    worker.put("spare", durable=False)
    worker.close()


def _read(worker: Worker) -> None:
    store = worker.open()
    for key in ("hurt", "missing", "old"):
        found = worker.find(key)
        if store and found:
            worker.say(f"trying {key}")
            with contextlib.suppress(Damaged), worker.step(f"get {key}"):
                if not same(store.get(found), payload_of(key)):
                    worker.say(f"untyped get {key}: wrong bytes")
    worker.put("missing", durable=True)
    worker.put("hurt", durable=False)
    worker.close()


def _put_over_damage(worker: Worker) -> None:
    worker.open()
    worker.put("hurt", durable=True)
    worker.put("missing", durable=False)
    worker.close()


def _collect(worker: Worker) -> None:
    store = worker.open()
    if store:
        with worker.step("gc of what is due"):
            store.gc(max_size=1 << 40)
        _empty(worker, store)
    worker.put("spare", durable=True)  # the bytes that have just gone
    worker.put("file", durable=False)
    worker.close()


def _empty(worker: Worker, store: Store) -> None:
    going = ("old", "spare", "lone", "mapped")
    with worker.step("gc"), mock.patch.object(strays, "GRACE", 0.0):
        for key in going:
            worker.say(f"dropping {key}")
        store.gc(max_size=0)
        for key in going:
            worker.say(f"dropped {key}")


def _compact(worker: Worker) -> None:
    store = worker.open()
    worker.put("small", durable=True)
    if store:
        with worker.step("compact"), mock.patch.object(compaction, "due", return_value=True):
            store.gc(max_size=1 << 40)
    worker.put("file", durable=True)
    worker.close()


def _import(worker: Worker) -> None:
    store = worker.open()
    if store:
        with worker.step("import"):
            for key in IMPORTED:
                worker.say(f"trying {key}")
            store.import_(worker.root.parent / ARCHIVE)
            for key in IMPORTED:
                worker.say(f"durable {key}")
    worker.put("twin", durable=True)
    worker.close()


def _verify(worker: Worker) -> None:
    store = worker.open()
    if store:
        with worker.step("verify"):
            worker.say("trying hurt")
            worker.say("trying missing")
            store.verify()
    worker.put("hurt", durable=True)
    worker.put("spare", durable=False)
    worker.close()


def survive(worker: Worker) -> None:
    """What another process does after one was killed, its store open all the while: it keeps what it finds."""
    for key in ("old", "spare", "lone", "mapped"):
        found = worker.find(key)
        if worker.store and found:
            with worker.step(f"pin {key}"):
                worker.say(f"trying {key}")
                worker.store.pin(found)
                worker.say(f"pinned {key}")
                worker.say(f"lazy {key}")
    worker.put("hurt", durable=True)
    worker.put("small", durable=False)


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("create", nothing, _create),
        Workload("put", some, _put),
        Workload("put over lazy bytes", some, _lazy_then_durable),
        Workload("put with a thread", some, _thread),
        Workload("put into a new shard", without_a_shard, _lazy_then_durable),
        Workload("change", some, _change),
        Workload("read damage", damaged, _read),
        Workload("index from the log", without_index, _create),
        Workload("damaged index", with_a_bad_index, _create),
        Workload("put over damage", damaged, _put_over_damage),
        Workload("collect", crowded, _collect),
        Workload("compact", crowded, _compact),
        Workload("import", beside_an_archive, _import),
        Workload("verify", damaged, _verify),
        Workload("migrate", golden, _create),
    )
}


# --------------------------------------------------------------------------------------------------------------- check
@dataclass(slots=True)
class Promised:
    """What the lines of a piece of work oblige the store to."""

    durable: set[str] = field(default_factory=set[str])
    lazy: set[str] = field(default_factory=set[str])
    gone: set[str] = field(default_factory=set[str])
    tags: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    pinned: set[str] = field(default_factory=set[str])
    lasting: set[str] = field(default_factory=set[str])
    """Keys whose bytes were ever durable: their runs may go, but not lose their bytes."""
    tried: Counter[str] = field(default_factory=Counter[str])
    """By key, what was tried and not acknowledged: it may have happened, and the log may say so alone."""
    broken: list[str] = field(default_factory=list[str])

    def hear(self, line: str) -> None:
        """Take one line in."""
        verb, _, rest = line.partition(" ")
        if verb in ("trying", "dropping"):
            self.tried[rest] += 1
        elif verb in ("durable", "lazy", "tagged", "pinned", "changed", "dropped"):
            self.tried[rest.split(" ")[0]] = max(0, self.tried[rest.split(" ")[0]] - 1)
        if verb == "untyped":
            self.broken.append(line)
        elif verb == "trying":
            self.gone.discard(rest)
        elif verb in ("durable", "lazy"):
            (self.durable if verb == "durable" else self.lazy).add(rest)
            self.lasting |= {rest} if verb == "durable" else set()
            self.gone.discard(rest)
        elif verb in ("dropping", "dropped"):
            for kept in (self.durable, self.lazy, self.pinned):
                kept.discard(rest)
            self.tags.pop(rest, None)
            if verb == "dropped":
                self.gone.add(rest)
        elif verb == "tagged":
            key, _, tag = rest.partition(" ")
            name, _, value = tag.partition("=")
            self.tags.setdefault(key, {})[name] = value
        elif verb == "pinned":
            self.pinned.add(rest)


def check(root: Path, lines: list[str], *, power_cut: bool = False) -> list[str]:
    """What is wrong with a store after all that was acknowledged; it may be changed by that.

    After a power cut only what was durable must be there, and what is there must still be right.
    """
    promised = Promised()
    for line in lines:
        promised.hear(line)
    wrong = promised.broken
    must = promised.durable if power_cut else promised.durable | promised.lazy
    try:
        with contextlib.closing(opened(root)) as store:
            if store.read_only:
                wrong.append(f"READ-ONLY {store.read_only}")
            wrong += _promises(store, promised, must, power_cut=power_cut)
            wrong += _works(store)
            wrong += _collected(store, root)
            wrong += _counts(store)
            before = _contents(store)
        for name in ("index.db", "index.db-wal", "index.db-shm"):
            (root / name).unlink(missing_ok=True)
        with contextlib.closing(opened(root)) as store:
            after = _contents(store)
            wrong += [f"LOST FROM THE LOG {key}" for key in sorted({*must, "after"}) if not store.find(key)]
            differing = [row for row in before ^ after if not promised.tried[str(row[1])]]
            if differing and not power_cut:
                wrong.append(f"REBUILT otherwise: {sorted(differing)}")
    except Exception as error:
        wrong.append(f"RAISED {type(error).__name__}: {error}")
    return wrong


def _promises(store: Store, promised: Promised, must: set[str], *, power_cut: bool) -> Iterator[str]:
    for key in [*PLAN, FULL.key, SMALL.key]:
        found = store.find(key)
        sound = 0
        for commit in found:
            try:
                sound += same(store.get(commit), payload_of(key)) or -1000
            except Damaged as error:
                if key not in ("hurt", "missing") and (not power_cut or key in promised.lasting):
                    yield f"DAMAGED {key}: {error}"
        if sound < 0:
            yield f"WRONG BYTES {key}"
        if key in must and sound <= 0:
            yield f"LOST {key}"
        if key in promised.gone and found and not power_cut:
            yield f"CAME BACK {key}"
        if found and not power_cut:
            missing = promised.tags.get(key, {}).items() - {item for commit in found for item in commit.tags.items()}
            if missing:
                yield f"UNTAGGED {key}: {missing}"
            if key in promised.pinned and not any(commit.pinned for commit in found):
                yield f"UNPINNED {key}"


def _works(store: Store) -> Iterator[str]:
    """A store that stood all that stores, gives back and removes."""
    stored = store.put(commit_of("after"), payload_of("after"), durable=True)
    if not same(store.get(stored), payload_of("after")):
        yield "WRONG BYTES after"
    if store.find("after")[0] != stored:
        yield "LOST after"
    store.rm(store.put(commit_of("brief"), payload_of("brief"), durable=False))
    if store.find("brief"):
        yield "CAME BACK brief"


def _collected(store: Store, root: Path) -> Iterator[str]:
    """After a collection there is a file for every row, and none besides."""
    with mock.patch.object(strays, "GRACE", 0.0):
        store.gc(max_size=1 << 40)
    rows = {row[0].hex() for row in store.index.rows("SELECT digest FROM blobs WHERE inline IS NULL")}
    files = {path.parent.name + path.name for path in (root / "objects").glob("*/*")}
    if rows != files:
        yield f"LEAKED files {sorted(files - rows)}, rows {sorted(rows - files)}"
    drafts = [path.name for path in (root / "tmp").iterdir()]
    if drafts:
        yield f"LEAKED drafts {drafts}"


def _counts(store: Store) -> Iterator[str]:
    """The totals are those of the rows."""
    stats = store.stats()
    (commits,) = store.index.rows("SELECT count(*), coalesce(sum(size), 0) FROM commits")
    (blobs,) = store.index.rows("SELECT count(*), coalesce(sum(size), 0) FROM blobs")
    if (stats.commits, stats.logical, stats.blobs, stats.physical) != (*commits, *blobs):
        yield f"MISCOUNTED {stats} {commits} {blobs}"


def _contents(store: Store) -> set[tuple[object, ...]]:
    return {
        (commit.id, commit.key, tuple(sorted(commit.tags.items())), commit.pinned) for commit in store.log(limit=1000)
    }


def lean(root: Path) -> None:
    """Remove the folders of blobs that no trial ever uses: copying them is most of what a trial costs."""
    for shard in (root / "objects").glob("*"):
        if shard.name not in shards():
            with contextlib.suppress(OSError):
                shard.rmdir()


def copied(template: Path, root: Path) -> None:
    """A fresh copy of a store, in place of what was there; nothing if there is no store to begin with."""
    shutil.rmtree(root, ignore_errors=True)
    if template.exists():
        shutil.copytree(template, root, symlinks=True)
