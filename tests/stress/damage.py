"""Damage of one thing at a time, and what two runs of a notebook make of it.

A *trial* sets a small store back, damages it in one way, and runs twice what a notebook does: look a result up, read
it, store it if that was a miss. In the first run anything may be a miss; in the second everything is there. Whatever
comes is right or a miss; nothing but the project's own errors is raised, and nothing takes longer than seconds.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
import json
import os
import resource
import shutil
import signal
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Literal

from cashet_jupyter.errors import CashetError, Damaged
from cashet_jupyter.models import Blob, Commit, Payload
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import bytes_of, make_commit, same
from tests.stress.snapshot import Snapshot, drop_empty_shards, memory_folder, remove

KEY = b"k" * 32
#: seconds after which a trial counts as a hang
HANG = 15.0
#: bytes of memory that a process of trials may take more than it has: an endless file must not use up the machine's
_MEMORY = 2 << 30
NAMES = ("big", "small", "both")
SIZES: dict[str, tuple[int, ...]] = {"big": (16_385,), "small": (200,), "both": (16_385, 200)}

#: `crashed`: as a kernel that was killed leaves it, the newest result only in the write-ahead log; `no index`: there is
#: nothing but the log to make one from
State = Literal["closed", "crashed", "no index"]
#: a trial: what is damaged (a name relative to the store), and how
Trial = tuple[str, str, int]


class Hang(BaseException):
    """A trial took too long."""


def payload_of(name: str) -> Payload:
    """The result of that name: `both` shares its blobs with the others."""
    buffers = tuple(memoryview(bytes_of(size, size)) for size in SIZES[name])
    return Payload(b"skeleton", b"shown " + name.encode(), buffers)


class Subject:
    """The store that is damaged, and what lies where."""

    def __init__(self, folder: Path, state: State) -> None:
        self.path = folder / "store"
        crashed = state == "crashed"
        living = folder / "living" if crashed else self.path
        self.commits: dict[str, Commit] = {}
        store = open_store(living, key=KEY)
        drop = store.put(make_commit("dropped"), payload_of("small"), durable=False)
        for name in NAMES:
            if crashed and name == NAMES[-1]:
                store.index.connections.get().db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.commits[name] = store.put(make_commit(name, host=name), payload_of(name), durable=False)
        store.rm(drop)
        drop_empty_shards(living)
        if crashed:
            shutil.copytree(living, self.path)
        store.close()
        if state == "no index":
            (self.path / "index.db").unlink()
        self.snapshot = Snapshot(self.path)
        self.blob = _name(self.commits["big"].buffers[0])
        (self.log,) = (name for name in self.snapshot.files if name.startswith("log/"))

    def at(self, path: Path) -> Callable[[Trial], collections.Counter[str]]:
        """What carries out a trial on a copy of its own."""
        return lambda trial: self._try(path, trial)

    def _try(self, path: Path, trial: Trial) -> collections.Counter[str]:
        what, how, number = trial
        self.snapshot.restore(path)
        _lay_secret(path)
        HOW[how](path / what, number)
        counts: collections.Counter[str] = collections.Counter(trials=1)
        signal.setitimer(signal.ITIMER_REAL, HANG)
        try:
            for turn in ("first", "second"):
                counts.update(f"{turn} {word}" for word in self._notebook(path))
        except Hang:
            counts["HANG"] += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if not _secret_is_untouched(path):
            counts["WROTE OUTSIDE"] += 1
        if counts["second hit"] == len(NAMES):
            counts["healed"] += 1
        elif counts["second refused"]:
            counts["REFUSED"] += 1
        else:
            counts["NOT HEALED"] += 1
        return counts

    def _notebook(self, path: Path) -> Iterator[str]:
        try:
            store = open_store(path, key=KEY)
        except CashetError:
            yield "refused"
            return
        except Exception as error:  # anything else is a fault, and is counted as one
            yield f"UNTYPED {type(error).__name__} when opening"
            return
        for name in NAMES:
            try:
                yield self._cell(store, name)
            except CashetError:
                yield "refused"
            except Exception as error:
                yield f"UNTYPED {type(error).__name__}"
        store.close()

    def _cell(self, store: Store, name: str) -> str:
        for commit in store.find(name):
            if not self._right(commit, name):
                return "WRONG commit"
            try:
                return "hit" if same(store.get(commit), payload_of(name)) else "WRONG bytes"
            except Damaged:
                pass
        store.put(make_commit(name, host=name), payload_of(name), durable=False)
        return "miss"

    def _right(self, commit: Commit, name: str) -> bool:
        """All that is sealed is as it was stored; the time is another one if it was stored again."""
        was = dataclasses.replace(self.commits[name], created=commit.created, id=commit.id)
        return dataclasses.replace(commit, tags={}, pinned=False) == was


_SECRET = b"not ours to read or write\n" * 40


def _lay_secret(path: Path) -> None:
    """A folder beside the store that links may lead to, and nothing may be done in."""
    folder = path.with_name("secret")
    if not folder.exists():
        folder.mkdir()
        (folder / "file").write_bytes(_SECRET)


def _secret_is_untouched(path: Path) -> bool:
    folder = path.with_name("secret")
    return os.listdir(folder) == ["file"] and (folder / "file").read_bytes() == _SECRET  # noqa: PTH208


def _name(blob: Blob) -> str:
    return f"objects/{blob.digest[:2]}/{blob.digest[2:]}"


# ------------------------------------------------------------------------------------------------------------- damage
def flip(file: Path, offset: int) -> None:
    """One bit of one byte."""
    file.chmod(0o600)
    with file.open("r+b") as opened:
        opened.seek(offset)
        byte = opened.read(1)[0]
        opened.seek(offset)
        opened.write(bytes([byte ^ (1 << offset % 8)]))


def cut(file: Path, length: int) -> None:
    """All but the first bytes are gone."""
    os.truncate(file, length)


def _in_place_of(make: Callable[[Path], object]) -> Callable[[Path, int], object]:
    def exchange(path: Path, _: int) -> None:
        remove(path)
        make(path)

    return exchange


def _socket(path: Path) -> None:
    folder = Path.cwd()
    os.chdir(path.parent)  # the path of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(path.name)
    finally:
        os.chdir(folder)


def _beside(path: Path, name: str) -> Path:
    """A name beside the store."""
    return next(parent for parent in path.parents if parent.name == "store").with_name(name)


def _link_to_the_same(path: Path, _: int) -> None:
    moved = _beside(path, "moved")
    remove(moved)
    path.rename(moved)
    path.symlink_to(moved)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def _grown(path: Path, _: int) -> None:
    os.truncate(path, 1 << 40)


def _longer(path: Path, _: int) -> None:
    path.chmod(0o600)
    with path.open("ab") as file:
        file.write(b"more")


SWAPS: dict[str, Callable[[Path, int], object]] = {
    "deleted": _in_place_of(lambda path: None),
    "empty file": _in_place_of(Path.touch),
    "other bytes": _in_place_of(lambda path: path.write_bytes(bytes_of(5, 16_385))),
    "folder": _in_place_of(Path.mkdir),
    "full folder": _in_place_of(lambda path: (path / "a" / "b").mkdir(parents=True)),
    "link to a secret": _in_place_of(lambda path: path.symlink_to(_beside(path, "secret") / "file")),
    "link to a folder": _in_place_of(lambda path: path.symlink_to(_beside(path, "secret"))),
    "link to nowhere": _in_place_of(lambda path: path.symlink_to("nowhere")),
    "loop": _in_place_of(lambda path: path.symlink_to(path)),
    "pipe": _in_place_of(os.mkfifo),
    "socket": _in_place_of(_socket),
    "device": _in_place_of(lambda path: os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))),
    "sparse terabyte": _in_place_of(_sparse),
    "link to the same": _link_to_the_same,
}
#: only where there is a file
SWAPS_OF_FILES: dict[str, Callable[[Path, int], object]] = {"longer": _longer, "grown to a terabyte": _grown}
HOW: dict[str, Callable[[Path, int], object]] = {"flip": flip, "cut": cut, **SWAPS, **SWAPS_OF_FILES}


# ----------------------------------------------------------------------------------------------------------- campaigns
@dataclasses.dataclass
class Report:
    """What came of many trials."""

    counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    bad: list[str] = dataclasses.field(default_factory=list)
    """What must never be, with the trial."""


def campaign(trials: Callable[[Subject], Sequence[Trial]], state: State = "closed", *, workers: int = 1) -> Report:
    """Carry the trials out, shared among some processes."""
    report = Report()
    with memory_folder() as folder:
        subject = Subject(folder / "made", state)
        todo = list(trials(subject))
        pipes = [_start(subject, folder / str(n) / "store", todo[n::workers]) for n in range(workers)]
        for child, reading in pipes:
            with os.fdopen(reading) as pipe:
                for line in pipe:
                    trial, counts = json.loads(line)
                    report.counts.update(counts)
                    report.bad += [f"{word}: {trial}" for word in counts if _bad(word)]
            _, status = os.waitpid(child, 0)
            if status:
                report.bad.append(f"a process ended with {status}")
    assert report.counts["trials"] == len(todo) or report.bad
    return report


def _bad(word: str) -> bool:
    return any(part.isupper() for part in word.split())


def _start(subject: Subject, path: Path, trials: Sequence[Trial]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.close(reading)
        signal.signal(signal.SIGALRM, _hang)
        most = _MEMORY + int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        path.mkdir(parents=True)
        attempt = subject.at(path)
        with os.fdopen(writing, "w") as pipe:
            for trial in trials:
                pipe.write(json.dumps([trial, attempt(trial)]) + "\n")
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _hang(number: int, frame: FrameType | None) -> None:
    raise Hang


def sample(count: int, most: int | None) -> list[int]:
    """All numbers below `count`, or `most` of them, the first and the last among them."""
    if most is None or count <= most:
        return list(range(count))
    return sorted({0, count - 1, *itertools.islice(range(0, count, max(1, count // most)), most)})
