"""The one digest of the project: BLAKE3 over tagged, length-prefixed structures.

Concatenating fields and hashing the result lets content move between fields (`"ab" + "c"` and `"a" + "bc"` are
the same bytes). Everything that is hashed here therefore says its type and its length first.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable
from typing import cast

from blake3 import blake3

#: what `digest` can take; nested tuples and lists are structures, not text
Part = bytes | str | int | bool | None | tuple["Part", ...] | list["Part"]

#: from this size on, hashing with several threads is faster than with one (measured: 8 MiB)
MANY_THREADS = 8 << 20


def digest(tag: str, *parts: Part) -> str:
    """The hex digest (64 characters) of a tagged structure."""
    return digest_bytes(tag, *parts).hex()


def digest_bytes(tag: str, *parts: Part) -> bytes:
    """The raw digest (32 bytes) of a tagged structure."""
    return blake3(encode((tag, *parts))).digest()


def digest_buffer(data: bytes | bytearray | memoryview) -> str:
    """The hex digest of bytes as they are: the name of a blob.

    `data` is read in place; a `memoryview` must be C-contiguous.
    """
    return blake3(data, max_threads=threads(len(data))).hexdigest()


def threads(size: int) -> int:
    """With how many threads to hash that many bytes: `max_threads` of `blake3`.

    One, in a process that was forked from one that has hashed with several: the threads stay behind in the parent, and
    whoever hands work to them waits for ever.
    """
    return blake3.AUTO if size >= MANY_THREADS and os.getpid() == _pool() else 1


@functools.cache
def _pool() -> int:
    """The process in which blake3's threads are: the first that asks for them."""
    return os.getpid()


def encode(part: Part) -> bytes:
    """The canonical bytes of a structure: type tag, length, content.

    Raises `TypeError` for anything that is not a `Part`.
    """
    out: list[bytes] = []
    _encode(part, out.append)
    return b"".join(out)


#: lengths as they are written; most are short
_LENGTHS = tuple(number.to_bytes(8, "little") for number in range(1024))


def _encode(part: Part, add: Callable[[bytes], object]) -> None:
    kind = type(part)
    if kind is str:  # nearly everything is text, or a list of it
        _prefixed(b"s", _text(cast("str", part)), add)
    elif kind is list or kind is tuple:
        _sequence(cast("list[Part]", part), add)
    elif part is None:
        add(b"n")
    elif isinstance(part, bool):
        add(b"T" if part else b"F")
    elif isinstance(part, int):
        _prefixed(b"i", str(part).encode(), add)
    elif isinstance(part, str):
        _prefixed(b"s", _text(part), add)
    elif isinstance(part, bytes):
        _prefixed(b"b", part, add)
    elif isinstance(part, tuple | list):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        _sequence(part, add)
    else:
        msg = f"cannot encode a {type(part).__name__}: {part!r}"
        raise TypeError(msg)


def _text(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # names of files hold what is no text
        return text.encode("utf-8", "surrogatepass")


def _prefixed(tag: bytes, content: bytes, add: Callable[[bytes], object]) -> None:
    size = len(content)
    add(tag)
    add(_LENGTHS[size] if size < 1024 else size.to_bytes(8, "little"))
    add(content)


def _sequence(parts: Iterable[Part], add: Callable[[bytes], object]) -> None:
    items = list(parts)
    add(b"l")
    add(len(items).to_bytes(8, "little"))
    for item in items:
        _encode(item, add)
