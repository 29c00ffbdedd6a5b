"""The first member of an archive: its commits, and what blobs follow.

One msgpack map, `{digest, format, version, total, blobs, commits}`, in this order:

- `digest`: BLAKE3 of everything that comes after it: tags and pins are covered by no seal
- `total`: bytes of all blobs
- `blobs`: `[digest, size]` of each distinct blob, in the order of their members
- `commits`: `[record, seal, tags, pinned]` of each commit

It is read piece by piece: a list that is unpacked as a whole takes up to 64 times the memory of its bytes, and an
archive may come from anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgpack
from blake3 import blake3

from cashet_jupyter.store import records

NAME = "manifest.msgpack"
FORMAT = "cashet-archive"
VERSION = 1

#: bytes of a manifest; a thousand commits take one megabyte or a few
MAX_SIZE = 64 << 20
#: bytes of one record: the list of files that a run read may be long
MAX_RECORD = 16 << 20
_MAX_SEAL = 1024
_MAX_TAGS = 1024
#: no file is longer
_MAX_BLOB = 1 << 60
_DIGEST_BYTES = 32

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Packed:
    """A commit as it lies in an archive: the bytes that were sealed, and what no seal covers."""

    record: bytes
    seal: bytes
    tags: Mapping[str, str]
    pinned: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds."""

    commits: tuple[Packed, ...]
    blobs: Mapping[str, int]
    """Digest -> bytes, in the order of the members."""

    @property
    def total(self) -> int:
        """Bytes of all blobs."""
        return sum(self.blobs.values())


def pack(manifest: Manifest) -> bytes:
    """The bytes of a manifest."""
    fields = {
        "format": FORMAT,
        "version": VERSION,
        "total": manifest.total,
        "blobs": [[bytes.fromhex(digest), size] for digest, size in manifest.blobs.items()],
        "commits": [[one.record, one.seal, dict(one.tags), one.pinned] for one in manifest.commits],
    }
    body = b"".join(records.pack(name) + records.pack(value) for name, value in fields.items())
    head = records.pack({"digest": blake3(body).digest()})
    return bytes([head[0] + len(fields)]) + head[1:] + body


def unpack(data: bytes) -> Manifest:
    """The manifest of these bytes. Raises `ValueError` with what is wrong, in a few words."""
    try:
        return _unpack(data)
    except msgpack.exceptions.UnpackException:
        msg = "it is cut off or damaged"
        raise ValueError(msg) from None
    except UnicodeDecodeError:
        msg = "it holds text that is not UTF-8"
        raise ValueError(msg) from None


def _unpack(data: bytes) -> Manifest:
    reader = _Reader(data)
    if reader.map(6) != 6 or reader.text() != "digest":
        msg = "it is not a manifest"
        raise ValueError(msg)
    if reader.bytes(_DIGEST_BYTES) != blake3(memoryview(data)[reader.position :]).digest():
        msg = "it is damaged: its checksum is wrong"
        raise ValueError(msg)
    if reader.field("format", reader.text) != FORMAT:
        msg = "it is not the manifest of an archive"
        raise ValueError(msg)
    version = reader.field("version", reader.number)
    if version != VERSION:
        msg = f"it was made by a newer version (format {version}, this one reads {VERSION})"
        raise ValueError(msg)
    total = reader.field("total", reader.number)
    blobs = reader.field("blobs", reader.blobs)
    manifest = Manifest(reader.field("commits", reader.commits), blobs)
    if manifest.total != total or reader.position != len(data):
        msg = "its numbers do not fit together"
        raise ValueError(msg)
    return manifest


class _Reader:
    """Takes one scalar after the other. What holds others is opened by its header only, with a limit of our own."""

    def __init__(self, data: bytes) -> None:
        self._size = len(data)
        limits = {"max_array_len": 0, "max_map_len": 0, "max_ext_len": 0, "max_buffer_size": max(len(data), 1)}
        self._unpacker: Any = msgpack.Unpacker(raw=False, unicode_errors="surrogatepass", **limits)
        self._unpacker.feed(data)

    @property
    def position(self) -> int:
        return self._unpacker.tell()

    def field(self, name: str, read: Any) -> Any:
        if self.text() != name:
            msg = f"it has no {name!r} where that should be"
            raise ValueError(msg)
        return read()

    def map(self, most: int) -> int:
        return self._length(self._unpacker.read_map_header(), most)

    def array(self, most: int) -> int:
        return self._length(self._unpacker.read_array_header(), most)

    def text(self) -> str:
        return self._scalar(str)

    def number(self) -> int:
        found = self._scalar(int)
        if not 0 <= found < _MAX_BLOB:
            msg = f"a number that cannot be: {found}"
            raise ValueError(msg)
        return found

    def bytes(self, most: int) -> bytes:
        found = self._scalar(bytes)
        self._length(len(found), most)
        return found

    def blobs(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for _ in range(self.array(self._size)):
            self._exactly(2)
            digest = self.bytes(_DIGEST_BYTES)
            if len(digest) != _DIGEST_BYTES or digest.hex() in found:
                msg = "the name of a blob is wrong, or given twice"
                raise ValueError(msg)
            found[digest.hex()] = self.number()
        return found

    def commits(self) -> tuple[Packed, ...]:
        return tuple(self._commit() for _ in range(self.array(self._size)))

    def _commit(self) -> Packed:
        self._exactly(4)
        record, seal = self.bytes(MAX_RECORD), self.bytes(_MAX_SEAL)
        tags = {self.text(): self.text() for _ in range(self.map(_MAX_TAGS))}
        if any(not name or "=" in name for name in tags):
            msg = "the name of a tag is empty or holds '='"
            raise ValueError(msg)
        return Packed(record, seal, tags, self._scalar(bool))

    def _exactly(self, length: int) -> None:
        if self.array(length) != length:
            msg = "an entry is too short"
            raise ValueError(msg)

    def _length(self, found: int, most: int) -> int:
        if found > most:
            msg = f"it claims {found} entries where {most} is the most"
            raise ValueError(msg)
        return found

    def _scalar(self, kind: type[_T]) -> _T:
        found = self._unpacker.unpack()
        if type(found) is not kind:  # True is no number here
            msg = f"{kind.__name__} expected, not {type(found).__name__}"
            raise ValueError(msg)
        return found
