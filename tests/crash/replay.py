"""Power loss, played: the system calls of a work are recorded, and the disks that a power cut may leave are made.

The strictest file system that POSIX allows is assumed: bytes are on the disk only after the file was synced, a name
only after its folder was; what was not synced may be there or not, each piece by itself and in any order. Real file
systems are kinder (ext4 writes names of new files together with their bytes), so a missing sync of a folder shows
only here.

Shared memory (`-shm`) is left out: it does not survive and is made anew.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.crash import ptracer
from tests.crash.ptracer import Call, memory

Kind = Literal["name", "unname", "data", "cut", "grow", "sync", "say"]

_AT_CWD = (1 << 32) - 100
#: how many of the newest pieces are left out, or left alone, one at a time
_NEWEST = 6
#: a write goes to the disk in pages, and a long one in this many parts
_PAGE, _MOST_PARTS = 4096, 8


class Unplayable(Exception):
    """A call that the recorder does not know: it would have to be taught."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One change of one file or folder, or a line that was said."""

    kind: Kind
    node: int = 0
    """The file whose bytes change, the folder whose names do, or what is synced."""
    name: str = ""
    target: int = 0
    """What is named."""
    offset: int = 0
    data: bytes = b""
    together: int = -1
    """Pieces with the same number happen together: the two halves of a rename."""


@dataclass(slots=True)
class Node:
    """A file or folder of the disk that is made."""

    folder: bool
    names: dict[str, int] = field(default_factory=dict[str, int])
    data: bytearray = field(default_factory=bytearray)


# --------------------------------------------------------------------------------------------------------- recording
class Recorder:
    """Turns the calls of a traced child into pieces; files are known by their inode, whatever they are called."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.pieces: list[Piece] = []
        self.nodes: dict[int, Node] = {}
        self._ids: dict[tuple[int, int], int] = {}
        self._entered: dict[int, Callable[[int], None]] = {}
        self.top = self._known(os.path.dirname(self.root), inside=False)  # noqa: PTH120
        if root.exists():
            self.nodes[self.top].names[root.name] = self._known(self.root)

    def _known(self, path: str, *, inside: bool = True) -> int:
        """Take in what is there before the work begins."""
        found = os.lstat(path)
        number = self._new(found, folder=stat.S_ISDIR(found.st_mode))
        node = self.nodes[number]
        if not node.folder:
            node.data += Path(path).read_bytes()
        elif inside:
            node.names = {entry.name: self._known(entry.path) for entry in os.scandir(path)}
        return number

    def _new(self, found: os.stat_result, *, folder: bool) -> int:
        number = len(self.nodes)
        self.nodes[number] = Node(folder)
        self._ids[found.st_dev, found.st_ino] = number
        return number

    # -------------------------------------------------------------------------------------------- what a call names
    def _at(self, path: str) -> int | None:
        try:
            found = os.lstat(path)
        except OSError:
            return None
        return self._ids.get((found.st_dev, found.st_ino))

    def _open(self, call: Call, fd: int) -> int | None:
        try:
            found = os.stat(f"/proc/{call.tid}/fd/{fd}")  # noqa: PTH116
        except OSError:
            return None
        return self._ids.get((found.st_dev, found.st_ino))

    def _path(self, call: Call, address: int, folder: int = _AT_CWD) -> str:
        text = os.fsdecode(_string(call.tid, address))
        if os.path.isabs(text):  # noqa: PTH117
            return os.path.normpath(text)
        here = "cwd" if folder & 0xFFFFFFFF == _AT_CWD else f"fd/{folder & 0xFFFFFFFF}"
        return os.path.normpath(os.path.join(os.readlink(f"/proc/{call.tid}/{here}"), text))  # noqa: PTH115,PTH118

    def _inside(self, path: str) -> bool:
        return (path == self.root or path.startswith(self.root + "/")) and not path.endswith("-shm")

    def _add(self, kind: Kind, node: int, **fields: object) -> None:
        self.pieces.append(Piece(kind, node, **fields))  # type: ignore[arg-type]

    # ---------------------------------------------------------------------------------------------------- observing
    def enter(self, call: Call) -> None:
        """Note what the call is about; what came of it is known afterwards."""
        handler = getattr(self, f"_{call.name}", None)
        if handler is None:
            raise Unplayable(call.name)
        self._entered[call.tid] = handler(call) or _nothing

    def leave(self, call: Call, result: int) -> None:
        """Record what happened."""
        then = self._entered.pop(call.tid)
        if result >= 0:
            then(result)

    def said(self, line: bytes) -> None:
        """Something was acknowledged."""
        self._add("say", 0, data=line)

    def _openat(self, call: Call) -> Callable[[int], None] | None:
        path = self._path(call, call.args[1], call.args[0])
        return self._created(path, call.args[2]) if self._inside(path) else None

    def _created(self, path: str, flags: int) -> Callable[[int], None]:
        there = self._at(path)

        def then(result: int) -> None:
            if there is None:
                self._named(path, folder=False)
            elif flags & os.O_TRUNC:
                self._add("cut", there)

        return then

    def _named(self, path: str, *, folder: bool) -> None:
        where, name = os.path.split(path)
        parent = self._at(where)
        assert parent is not None, path
        self._add("name", parent, name=name, target=self._new(os.lstat(path), folder=folder))

    def _mkdir(self, call: Call) -> Callable[[int], None] | None:
        return self._made(self._path(call, call.args[0]))

    def _mkdirat(self, call: Call) -> Callable[[int], None] | None:
        return self._made(self._path(call, call.args[1], call.args[0]))

    def _made(self, path: str) -> Callable[[int], None] | None:
        return (lambda result: self._named(path, folder=True)) if self._inside(path) else None

    def _write(self, call: Call) -> Callable[[int], None] | None:
        return self._written(call, None)

    def _pwrite64(self, call: Call) -> Callable[[int], None] | None:
        return self._written(call, call.args[3])

    def _written(self, call: Call, offset: int | None) -> Callable[[int], None] | None:
        node = self._open(call, call.args[0])
        if node is None:
            return None
        data = memory(call.tid, call.args[1], call.args[2])
        start = _position(call.tid, call.args[0]) if offset is None else offset

        def then(result: int) -> None:
            size = max(_PAGE, -(-result // _MOST_PARTS // _PAGE) * _PAGE)
            for at in range(0, result, size):  # a long write may be torn
                self._add("data", node, offset=start + at, data=data[at : min(at + size, result)])

        return then

    def _fsync(self, call: Call) -> Callable[[int], None] | None:
        node = self._open(call, call.args[0])
        return None if node is None else lambda result: self._add("sync", node)

    _fdatasync = _fsync

    def _ftruncate(self, call: Call) -> Callable[[int], None] | None:
        node = self._open(call, call.args[0])
        return None if node is None else lambda result: self._add("cut", node, offset=call.args[1])

    def _fallocate(self, call: Call) -> Callable[[int], None] | None:
        node = self._open(call, call.args[0])
        return None if node is None else lambda result: self._add("grow", node, offset=call.args[2] + call.args[3])

    def _rename(self, call: Call) -> Callable[[int], None] | None:
        return self._renamed(self._path(call, call.args[0]), self._path(call, call.args[1]))

    def _renameat(self, call: Call) -> Callable[[int], None] | None:
        old = self._path(call, call.args[1], call.args[0])
        return self._renamed(old, self._path(call, call.args[3], call.args[2]))

    def _renamed(self, old: str, new: str) -> Callable[[int], None] | None:
        if not self._inside(old):
            return None
        node, before, after = self._at(old), self._at(os.path.dirname(old)), self._at(os.path.dirname(new))  # noqa: PTH120
        if node is None or before is None or after is None:
            return None  # it fails

        def then(result: int) -> None:
            number = len(self.pieces)
            self._add("name", after, name=os.path.basename(new), target=node, together=number)  # noqa: PTH119
            self._add("unname", before, name=os.path.basename(old), together=number)  # noqa: PTH119

        return then

    def _link(self, call: Call) -> Callable[[int], None] | None:
        return self._linked(self._path(call, call.args[0]), self._path(call, call.args[1]))

    def _linkat(self, call: Call) -> Callable[[int], None] | None:
        old = self._path(call, call.args[1], call.args[0])
        return self._linked(old, self._path(call, call.args[3], call.args[2]))

    def _linked(self, old: str, new: str) -> Callable[[int], None] | None:
        node, (where, name) = self._at(old), os.path.split(new)
        parent = self._at(where)
        if node is None or parent is None:
            return None
        return lambda result: self._add("name", parent, name=name, target=node)

    def _unlink(self, call: Call) -> Callable[[int], None] | None:
        return self._unlinked(self._path(call, call.args[0]))

    def _unlinkat(self, call: Call) -> Callable[[int], None] | None:
        return self._unlinked(self._path(call, call.args[1], call.args[0]))

    _rmdir = _unlink

    def _unlinked(self, path: str) -> Callable[[int], None] | None:
        where, name = os.path.split(path)
        parent = self._at(where)
        if parent is None or not self._inside(path):
            return None
        return lambda result: self._add("unname", parent, name=name)

    def _fchmod(self, call: Call) -> None:
        """Rights are not looked at: these tests may run as root."""

    _chmod = _fchmodat = _utimensat = _fchmod


def _nothing(result: int) -> None:
    """What a call outside the store does to it."""


def _string(tid: int, address: int) -> bytes:
    found = b""
    while b"\0" not in found:
        start = address + len(found)
        found += memory(tid, start, 256 - start % 256)
    return found[: found.index(b"\0")]


def _position(tid: int, fd: int) -> int:
    """Where a plain write goes to."""
    text = Path(f"/proc/{tid}/fdinfo/{fd}").read_text(encoding="ascii")
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    if int(fields["flags"], 8) & os.O_APPEND:
        return os.stat(f"/proc/{tid}/fd/{fd}").st_size  # noqa: PTH116
    return int(fields["pos"])


def record(work: Callable[[int], None], root: Path) -> Recorder:
    """Run a work in a child and record what it does to the files below `root`, and what it says, in order."""
    recorder = Recorder(root)
    run = ptracer.run(work, observer=recorder, limit=60.0)
    assert run.exit == 0, (run.exit, run.signal, run.output)
    return recorder


# ------------------------------------------------------------------------------------------------------------ playing
def lasting(pieces: list[Piece]) -> list[bool]:
    """Which of the pieces are surely on the disk when the power goes after the last of them."""
    synced: dict[int, int] = {}
    surely = [False] * len(pieces)
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if piece.kind == "sync":
            synced.setdefault(piece.node, at)
        else:
            surely[at] = synced.get(piece.node, -1) > at
    sure = {piece.together for at, piece in enumerate(pieces) if surely[at] and piece.together >= 0}
    return [surely[at] or piece.together in sure for at, piece in enumerate(pieces)]


def disks(pieces: list[Piece], chance: random.Random, extra: int) -> Iterator[list[bool]]:
    """Disks that the power cut may leave: which of the pieces are on it.

    Nothing that was not synced, all of it, all but one and only one of the newest, and `extra` random choices.
    """
    surely = lasting(pieces)
    free = sorted({_group(pieces, at) for at in range(len(pieces)) if not surely[at] and pieces[at].kind != "say"})
    free = [at for at in free if pieces[at].kind != "sync"]
    everything = set(free)
    choices = [set[int](), everything]
    for at in free[-_NEWEST:]:
        choices += [everything - {at}, {at}]
    choices += [{at for at in free if chance.random() < 0.5} for _ in range(extra)]
    for chosen in choices:
        yield [surely[at] or _group(pieces, at) in chosen for at in range(len(pieces))]


def _group(pieces: list[Piece], at: int) -> int:
    return pieces[at].together if pieces[at].together >= 0 else at


def build(recorder: Recorder, applied: list[bool], root: Path) -> None:
    """Make the disk of one state, in place of what is at `root`."""
    nodes = {
        number: Node(node.folder, dict(node.names), bytearray(node.data)) for number, node in recorder.nodes.items()
    }
    for piece, on_disk in zip(recorder.pieces, applied, strict=False):
        if on_disk:
            _apply(nodes, piece)
    shutil.rmtree(root, ignore_errors=True)
    top = nodes[recorder.top].names.get(Path(recorder.root).name)
    if top is not None:
        _write_out(nodes, top, str(root))


def _apply(nodes: dict[int, Node], piece: Piece) -> None:
    node = nodes[piece.node]
    data = node.data
    if piece.kind == "name":
        node.names[piece.name] = piece.target
    elif piece.kind == "unname":
        node.names.pop(piece.name, None)
    elif piece.kind == "data":
        data.extend(bytes(max(0, piece.offset - len(data))))
        data[piece.offset : piece.offset + len(piece.data)] = piece.data
    elif piece.kind == "cut":
        del data[piece.offset :]
        data.extend(bytes(piece.offset - len(data)))
    elif piece.kind == "grow":
        data.extend(bytes(max(0, piece.offset - len(data))))


def _write_out(nodes: dict[int, Node], number: int, path: str) -> None:
    node = nodes[number]
    if not node.folder:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(node.data)
        return
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)  # noqa: PTH102
    for name, target in node.names.items():
        if not name.endswith("-shm"):
            _write_out(nodes, target, f"{path}/{name}")
