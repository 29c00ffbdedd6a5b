"""Archives: commits and their blobs as one plain tar file that any tool can list.

    manifest.msgpack              what it holds; see `manifest`
    objects/ab/<62 hex digits>    each distinct blob, named by the BLAKE3 of its bytes

Nothing is compressed: values are mostly numbers, and what unpacks to more than its own size could fill a disk. An
archive may come from anybody, so reading believes nothing: members are plain files of these names and of the sizes
that the manifest declares, all of it looked at before a byte is stored, and every byte is hashed while it is.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import StoreError
from cashet_jupyter.models import Blob
from cashet_jupyter.store import manifest as manifests
from cashet_jupyter.store import tar
from cashet_jupyter.store.answers import Progress
from cashet_jupyter.store.faults import words
from cashet_jupyter.store.layout import sync_folder
from cashet_jupyter.store.manifest import Manifest

TOO_MANY = "these are too many results for one archive: export each notebook into its own"

_PIECE = 8 << 20
#: zeros that other programs put behind the end: they write in records of 10 KiB or more
_TRAILER = 1 << 20
_BLOB_NAME = re.compile(r"objects/([0-9a-f]{2})/([0-9a-f]{62})")
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC  # a pipe must not hang the kernel

_OTHERS = (
    (b"PK", "a zip file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
)


def member_name(digest: str) -> str:
    """What a blob is called in an archive: as in the store."""
    return f"objects/{digest[:2]}/{digest[2:]}"


# ---------------------------------------------------------------------------------------------------------- writing
def write(path: Path, manifest: Manifest, load: Callable[[str], memoryview], progress: Progress | None) -> None:
    """Write an archive; it gets its name when it is complete, in place of what had it.

    `load` gives the verified bytes of a blob. Raises `StoreError` if the file cannot be written, and what `load` does.
    """
    head = manifests.pack(manifest)
    if len(head) > manifests.MAX_SIZE:
        raise StoreError(TOO_MANY)
    if path.is_dir():
        msg = f"the archive {path} cannot be written: it is a folder"
        raise StoreError(msg)
    draft = path.with_name(f".cashet-{os.getpid()}-{secrets.token_hex(6)}.part")
    try:
        fd = os.open(draft, _NEW, 0o666)  # what is allowed to others is the user's umask: it is made to be passed on
        try:
            _write_all(fd, manifest, head, load, progress or _silent)
            os.fsync(fd)
        finally:
            os.close(fd)
        draft.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        why = words(OSError(error.errno, error.strerror), path.parent)  # without the name of the draft
        msg = f"the archive {path} cannot be written: {why}"
        raise StoreError(msg) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def _write_all(fd: int, manifest: Manifest, head: bytes, load: Callable[[str], memoryview], progress: Progress) -> None:
    done, total = 0, manifest.total
    _write_member(fd, manifests.NAME, memoryview(head), lambda _: None)
    for digest in manifest.blobs:
        before = done

        def tell(written: int, before: int = before) -> None:
            progress(before + written, total, "bytes")

        data = load(digest)
        _write_member(fd, member_name(digest), data, tell)
        done += data.nbytes
    _write(fd, memoryview(tar.END))


def _write_member(fd: int, name: str, data: memoryview, tell: Callable[[int], None]) -> None:
    # The time says nothing: the same results make the same archive. Not 0, of which tar says that it is implausible.
    _write(fd, memoryview(tar.header(name, data.nbytes, mtime=86400)))
    for start in range(0, data.nbytes, _PIECE):
        piece = data[start : start + _PIECE]
        _write(fd, piece)
        tell(start + piece.nbytes)
    _write(fd, memoryview(bytes(tar.padding(data.nbytes))))


def _write(fd: int, data: memoryview) -> None:
    written = 0
    while written < data.nbytes:
        written += os.write(fd, data[written:])


def _silent(_done: int, _total: int, _unit: str) -> None:
    return


# ---------------------------------------------------------------------------------------------------------- reading
class _Place(NamedTuple):
    """Where the bytes of a member lie."""

    offset: int
    size: int


class Archive:
    """An archive that is open, whose members are all as they should be; their bytes are hashed when they are read.

    Opening raises `StoreError` that names the member and the reason.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._fd = os.open(path, _READ)
        except OSError as error:
            raise self.error("", words(OSError(error.errno, error.strerror), path)) from error
        try:
            self.size = self._regular()
            self.manifest, end = self._manifest()
            self._places = self._members(end)
        except tar.BadMember as error:
            os.close(self._fd)
            raise self.error("", str(error)) from error
        except BaseException:
            os.close(self._fd)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def error(self, member: str, why: str) -> StoreError:
        """What is wrong with it, in one line."""
        return StoreError(f"the archive {self.path} cannot be imported: {member}{': ' if member else ''}{why}")

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The bytes of a blob, unverified, piece by piece."""
        offset, size = self._places[digest]
        for start in range(0, size, _PIECE):
            yield self._read(offset + start, min(_PIECE, size - start), member_name(digest))

    def small(self, blob: Blob) -> bytes:
        """The bytes of a small blob, verified. Raises `StoreError` if they are not what their name says."""
        data = b"".join(self.pieces(blob.digest))
        if digest_buffer(data) != blob.digest:
            raise self.damaged(blob)
        return data

    def damaged(self, blob: Blob) -> StoreError:
        """That a member's bytes are not what its name says."""
        return self.error(member_name(blob.digest), "its bytes are not what its name says")

    def _regular(self) -> int:
        found = os.fstat(self._fd)
        if not stat.S_ISREG(found.st_mode):
            raise self.error("", "it is not a file")
        beginning = self._block(tar.BLOCK, 0)
        other = next((name for magic, name in _OTHERS if beginning.startswith(magic)), None)
        if other is not None:
            raise self.error("", f"it is {other}; an archive is a plain tar file, as export writes it")
        if not tar.looks_right(beginning):
            raise self.error("", "it is not an archive: that is a plain tar file, as export writes it")
        return found.st_size

    def _manifest(self) -> tuple[Manifest, int]:
        """The manifest, and where the next member begins."""
        found = self._header(0)
        if found is None or found[0] != manifests.NAME:
            raise tar.BadMember(found[0] if found else "(nothing)", f"an archive begins with {manifests.NAME}")
        name, place = found
        if place.size > manifests.MAX_SIZE:
            raise tar.BadMember(name, f"it claims {place.size} bytes, and {manifests.MAX_SIZE} are the most")
        end = self._end(name, place)
        try:
            manifest = manifests.unpack(self._read(place.offset, place.size, name))
        except ValueError as error:
            raise tar.BadMember(name, str(error)) from error
        if manifest.total > self.size:
            raise tar.BadMember(name, f"it declares {manifest.total} bytes, and the file has {self.size}")
        return manifest, end

    def _members(self, position: int) -> dict[str, _Place]:
        found: dict[str, _Place] = {}
        while (member := self._header(position)) is not None:
            name, place = member
            match = _BLOB_NAME.fullmatch(name)
            digest = match[1] + match[2] if match else ""
            if digest not in self.manifest.blobs:
                raise tar.BadMember(name, "the manifest does not name it")
            if digest in found:
                raise tar.BadMember(name, "it is there twice")
            if place.size != self.manifest.blobs[digest]:
                raise tar.BadMember(name, f"{place.size} bytes; the manifest says {self.manifest.blobs[digest]}")
            found[digest] = place
            position = self._end(name, place)
        missing = next((digest for digest in self.manifest.blobs if digest not in found), None)
        if missing is not None:
            raise tar.BadMember(member_name(missing), "it is missing")
        return found

    def _header(self, position: int) -> tuple[str, _Place] | None:
        """The member at a position; None at the end of the archive."""
        block = self._block(tar.BLOCK, position)
        if len(block) < tar.BLOCK:
            raise tar.BadMember("(end)", f"the archive is cut off after {position + len(block)} bytes")
        if not block.strip(b"\0"):
            rest = self._block(_TRAILER + 1, position)
            if len(rest) < len(tar.END) or len(rest) > _TRAILER or rest.strip(b"\0"):
                raise tar.BadMember("(end)", "the archive is cut off, or something follows its end")
            return None
        name, size = tar.parse(block)
        return name, _Place(position + tar.BLOCK, size)

    def _end(self, name: str, place: _Place) -> int:
        """Where the next member begins. What pads this one is zero, as we write it."""
        end = place.offset + place.size
        pad = tar.padding(place.size)
        if end + pad > self.size:
            raise tar.BadMember(name, f"the archive is cut off: {place.size} bytes are claimed")
        if self._block(pad, end).strip(b"\0"):
            raise tar.BadMember(name, "something lies behind its end")
        return end + pad

    def _block(self, size: int, offset: int) -> bytes:
        """Bytes from there on, as many as there are."""
        try:
            return os.pread(self._fd, size, offset)
        except OSError as error:
            raise self.error("", words(error, self.path)) from error

    def _read(self, offset: int, size: int, member: str) -> bytes:
        data = bytearray()
        while len(data) < size:
            piece = self._block(size - len(data), offset + len(data))
            if not piece:
                raise self.error(member, "the archive is cut off")
            data += piece
        return bytes(data)
