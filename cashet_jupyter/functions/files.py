"""Files as content: put in by name, found again by name or by the digest of their bytes, whole or in a stream.

A file is a commit like any other, with one artifact and pinned, so that a collection keeps it: its `key` is the digest
of its name, its `code` that of its bytes, its `arguments` what the user wrote down about it. Each time a name is put
again there is one more version of it; equal bytes are stored once.
"""

from __future__ import annotations

import json
import os
import platform
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any, Literal, cast

from cashet_jupyter.digest import digest
from cashet_jupyter.errors import NotFound, Refused, StoreError
from cashet_jupyter.functions.filestreams import FileReader, FileWriter
from cashet_jupyter.memory.gathered import Buffer
from cashet_jupyter.models import Artifact, Cell, Commit, Effects, Payload
from cashet_jupyter.serialize.envelope import dumps
from cashet_jupyter.serialize.references import NoInputs, References
from cashet_jupyter.store.protocol import Store as AnyStore
from cashet_jupyter.store.store import Store
from cashet_jupyter.store.streaming import Incoming, Outgoing

#: what stands in a commit of a file in the place of a cell's id
CELL = "cashet-file"
_PAGE = 200
_HEX = frozenset("0123456789abcdef")
#: characters of metadata
_MOST = 64 << 10


@dataclass(frozen=True, slots=True)
class FileRef:
    """A version of a file in the store."""

    name: str
    digest: str
    """BLAKE3 of its bytes in hex, as `b3sum` prints it."""
    size: int
    commit: str
    """Id of the commit that keeps it."""
    created: float = 0.0
    """Seconds since the epoch, UTC, when it was put in."""
    mode: int = 0o644
    """Permission bits."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What was written down about it: JSON."""

    @property
    def key(self) -> str:
        """What all versions of its name have in common."""
        return name_key(self.name)

    def __cashet_fingerprint__(self) -> object:
        """As an argument of a function it counts by name and content, whenever it was put in."""
        return ("file", self.name, self.digest)


#: what names a file: a ref, a name, the digest of its bytes, the key of its name, or the id of its commit
What = FileRef | str
Way = Literal["reflink", "copy"]


class Files:
    """The files of a store; `store` is asked for it each time, because a client may open it late."""

    def __init__(self, store: Callable[[], AnyStore]) -> None:
        self._asked = store

    # ---------------------------------------------------------------------------------------------------------- in
    def put(
        self,
        path: str | os.PathLike[str],
        *,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> FileRef:
        """Keep a file as it is now, under its own name unless another is given.

        Where the file system can, its blocks are shared, and it costs no room. Raises `Refused` if it is no regular
        file, or changes while it is read; `OSError` if it cannot be read; `StoreError` if it cannot be kept.
        """
        path = Path(path)
        described = _described(meta)
        incoming = Incoming(self._store())
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            before = os.fstat(fd)
            if not stat.S_ISREG(before.st_mode):
                raise Refused(str(path), "it is no regular file")
            incoming.take(fd, before.st_size)
            after = os.fstat(fd)
        finally:
            os.close(fd)
        if _mark(before) != _mark(after):
            raise Refused(str(path), "the file changed while it was being read", "put it again once it is complete")
        content, buffer = incoming.finish()
        artifact = Artifact(name or path.name, content, incoming.size, stat.S_IMODE(before.st_mode))
        return self._commit(artifact, buffer, tags, described)

    def writer(
        self,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        meta: Mapping[str, Any] | None = None,
        mode: int = 0o644,
    ) -> FileWriter:
        """A binary file to write into; nothing of it is seen before it is closed, or ever if that fails.

        It may be larger than memory. An exception in its `with` block, `abort()`, or forgetting it, leaves nothing.
        """
        described = _described(meta)

        def keep(incoming: Incoming) -> FileRef:
            content, buffer = incoming.finish()
            return self._commit(Artifact(name, content, incoming.size, mode), buffer, tags, described)

        if not name:
            raise ValueError("a file needs a name")
        return FileWriter(Incoming(self._store()), keep)

    def _commit(self, artifact: Artifact, buffer: Buffer, tags: Mapping[str, str] | None, meta: str) -> FileRef:
        created = time.time()
        commit = Commit(
            key=name_key(artifact.path),
            code=content_code(artifact.digest),
            cell=Cell("", artifact.path, CELL),
            created=created,
            offset=time.localtime(created).tm_gmtoff or 0,
            seconds=0.0,
            artifacts=(artifact,),
            host=platform.node(),
            arguments=meta,
        )
        skeleton = dumps(Effects(), (), References(NoInputs(), {}))
        payload = Payload(skeleton.skeleton, skeleton.shown, (cast("memoryview", buffer),))
        return ref_of(self._store().put(commit, payload, durable=True, tags=dict(tags or {}), pinned=True))

    # --------------------------------------------------------------------------------------------------------- out
    def get(self, what: What, path: str | os.PathLike[str]) -> Path:
        """Write a file to `path`, in the place of what is there; the path.

        It is verified, and appears whole or not at all. Raises `NotFound`, `Damaged` if the store's bytes are not
        what was put in, `OSError`.
        """
        self.link(what, path)
        return Path(path)

    def link(self, what: What, path: str | os.PathLike[str], *, copy: bool = True) -> Way:
        """The same, and which way it went: `"reflink"` shares the blocks on disk with the store, `"copy"` does not.

        Either way the file is the user's own: writing into it changes nothing in the store. With `copy=False` raises
        `Refused` where blocks cannot be shared, and nothing is written.
        """
        ref, path = self.find(what), Path(path)
        outgoing = self._outgoing(ref)
        path.parent.mkdir(parents=True, exist_ok=True)
        fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            try:
                shared = outgoing.copy_to(fd)
                os.fchmod(fd, ref.mode & 0o777)
            finally:
                os.close(fd)
            if not shared and not copy:
                raise Refused(str(path), "its file system cannot share blocks with the store", "copy=True copies")
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return "reflink" if shared else "copy"

    def reader(self, what: What) -> BufferedReader:
        """A file to read from and to seek in; it holds one piece of 64 MiB at most, verified before it is handed out.

        Raises `NotFound`; its methods raise `Damaged` for bytes that are not what was put in.
        """
        return BufferedReader(FileReader(self._outgoing(self.find(what))), 1 << 20)

    def _outgoing(self, ref: FileRef) -> Outgoing:
        store = self._store()
        return Outgoing(store, store.resolve(ref.commit), 0)

    # ---------------------------------------------------------------------------------------------------- questions
    def ls(self, prefix: str = "") -> list[FileRef]:
        """The newest version of each file whose name begins so, by name."""
        newest: dict[str, FileRef] = {}
        for commit in self._commits():
            if commit.cell.label.startswith(prefix):
                newest.setdefault(commit.cell.label, ref_of(commit))
        return [newest[name] for name in sorted(newest)]

    def versions(self, what: What) -> list[FileRef]:
        """All versions of a file, newest first. Raises `NotFound`."""
        return [ref_of(commit) for commit in self._all_of(what)]

    def find(self, what: What) -> FileRef:
        """The newest version of what is named: a name first of all, then a digest, a key, or a commit.

        Raises `NotFound`.
        """
        return what if isinstance(what, FileRef) else ref_of(self._all_of(what)[0])

    def remove(self, what: What) -> int:
        """Forget a file: all versions of a name, or all files with those bytes, or one version; how many.

        The bytes go with the next collection, unless something else has the same ones. Raises `NotFound`.
        """
        store = self._store()
        commits = [store.resolve(what.commit)] if isinstance(what, FileRef) else self._all_of(what)
        for commit in commits:
            store.rm(commit)
        return len(commits)

    def _all_of(self, what: What) -> list[Commit]:
        store = self._store()
        if isinstance(what, FileRef):
            return [commit for commit in store.find(what.key) if is_file(commit)]
        found = store.find(name_key(what)) or store.find(what)
        if not found and len(what) == 64 and set(what) <= _HEX:
            found = [commit for commit in store.log(code=content_code(what), limit=_PAGE) if store.trusted(commit)]
        if not found and 4 <= len(what) <= 64 and set(what) <= _HEX:
            found = [store.resolve(what)]
        if not (files := [commit for commit in found if is_file(commit)]):
            msg = f"no file {what!r} in the store"
            raise NotFound(msg)
        return files

    def _commits(self) -> Iterator[Commit]:
        store, before = self._store(), None
        while page := store.log(cell_id=CELL, limit=_PAGE, before=before):
            yield from (commit for commit in page if is_file(commit) and store.trusted(commit))
            before = page[-1].id

    def _store(self) -> Store:
        store = self._asked()
        if not isinstance(store, Store):
            msg = f"files need the project's own store; a {type(store).__name__} keeps results only"
            raise StoreError(msg)
        return store


def name_key(name: str) -> str:
    """The key of all versions of a name."""
    return digest("cashet-file-name", name)


def content_code(content: str) -> str:
    """The `code` of all files with the same bytes."""
    return digest("cashet-file-content", content)


def is_file(commit: Commit) -> bool:
    """Whether a commit keeps a file that was put in."""
    return commit.cell.id == CELL and len(commit.artifacts) == 1


def ref_of(commit: Commit) -> FileRef:
    """The file that a commit keeps."""
    artifact = commit.artifacts[0]
    meta = json.loads(commit.arguments) if commit.arguments else {}
    return FileRef(
        artifact.path, artifact.digest, artifact.size, commit.id, commit.created, artifact.mode, dict(commit.tags), meta
    )


def _mark(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ino


def _described(meta: Mapping[str, Any] | None) -> str:
    """Metadata as text. Raises `NotJson`, or `ValueError` if it is too long: it lies in the index."""
    if not meta:
        return ""
    from cashet_jupyter.functions.serializers import JsonSerializer

    text = JsonSerializer().dumps(dict(meta)).decode("utf-8", "surrogatepass")
    if len(text) > _MOST:
        msg = f"metadata of {len(text):,} characters; {_MOST:,} are allowed"
        raise ValueError(msg)
    return text
