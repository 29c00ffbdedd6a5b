"""The digest of a buffer's content.

Of a small buffer it is the BLAKE3 of its bytes, of one of 1 MiB or more the BLAKE3 of its length and the BLAKE3 of its
pieces. Those are the names under which the store keeps the pieces, so memory that was mapped from the store has its
digest without being read, and what was changed in one place is read there only. Pieces are hashed by all cores at
once (340 MB: 115 ms, in the time of which one thread gets through 40 % of it).
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence

from blake3 import blake3

from cashet_jupyter.digest import digest_bytes
from cashet_jupyter.memory import known
from cashet_jupyter.memory.gathered import Buffer, Gathered
from cashet_jupyter.memory.pieces import BIG, BLOCK, PIECE, cut, pieces_of

#: smaller buffers are hashed sooner than asked about
MAYBE_KNOWN = 64 << 10
#: from this size on several threads hash: starting one takes 50 us, in which one thread hashes 300 KB
MANY_THREADS = 8 << 20
_MOST_THREADS = 8
_CORES = os.cpu_count() or 1


def content_digest(data: bytes | bytearray | memoryview) -> bytes:
    """The digest (32 bytes) of a contiguous buffer; it is read in place."""
    view = memoryview(data)
    if view.nbytes < MAYBE_KNOWN:
        return blake3(view).digest()
    view = view if view.format == "B" and view.ndim == 1 else view.cast("B")
    digests = piece_digests(view)
    return combined(view.nbytes, digests) if view.nbytes >= BIG else digests[0]


def piece_digests(view: memoryview) -> list[bytes]:
    """The BLAKE3 of each piece of a contiguous buffer (format `B`); those of untouched mapped memory are known."""
    found = known.digests(view)
    if found and None not in found:
        return [digest for digest in found if digest is not None]
    pieces = pieces_of(view)
    found = found or [None] * len(pieces)
    fresh = iter(hashed([piece for piece, digest in zip(pieces, found, strict=True) if digest is None]))
    return [next(fresh) if digest is None else digest for digest in found]


def combined(size: int, digests: Sequence[bytes]) -> bytes:
    """The digest of a buffer of `size` bytes, from those of its pieces."""
    return digest_bytes("cashet-pieces", size, b"".join(digests))


def digest_of(buffer: Buffer) -> bytes:
    """The BLAKE3 of a buffer, wherever its bytes lie."""
    if not isinstance(buffer, Gathered):
        return blake3(buffer).digest()
    hasher = blake3()
    for part in buffer.parts:
        hasher.update(part)
    return hasher.digest()


def hashed(pieces: Sequence[memoryview]) -> list[bytes]:
    """The BLAKE3 of each, hashed side by side where there is much to do.

    Our own short-lived threads, not those of BLAKE3: they gain little within 4 MiB, and they are lost by a fork.
    """
    workers = min(_CORES, len(pieces), _MOST_THREADS)
    if workers < 2 or sum(piece.nbytes for piece in pieces) < MANY_THREADS:
        return [blake3(piece).digest() for piece in pieces]
    return _Crew(pieces).work(workers)


class _Crew:
    """Threads that take the next piece each, until none is left."""

    def __init__(self, pieces: Sequence[memoryview]) -> None:
        self._pieces = pieces
        self._digests: list[bytes] = [b""] * len(pieces)
        self._next = iter(range(len(pieces)))

    def work(self, workers: int) -> list[bytes]:
        others: list[threading.Thread] = []
        try:
            with contextlib.suppress(RuntimeError):  # no more threads; at the end of a process there are none
                for _ in range(workers - 1):
                    thread = threading.Thread(target=self._run, name="cashet-hash", daemon=True)
                    thread.start()
                    others.append(thread)
            self._run()
        except BaseException:
            self._next = iter(())  # an interrupt: the others end after the piece that they are at
            raise
        finally:
            for thread in others:
                thread.join()
        # A thread that failed has left its piece for us.
        return [digest or blake3(piece).digest() for digest, piece in zip(self._digests, self._pieces, strict=True)]

    def _run(self) -> None:
        while (number := next(self._next, None)) is not None:
            self._digests[number] = blake3(self._pieces[number]).digest()


class Run:
    """The digest of a buffer that comes bit by bit: what `content_digest` gives for all of it in one piece.

    Tables hold columns in many ways: in chunks, in slices, one column of a row-major block. The digest must not
    depend on that, and must not need a second copy. `size`, where it is known, spares hashing twice what may become a
    large piece.
    """

    def __init__(self, size: int | None = None) -> None:
        self._cuts = iter(cut(size)) if size is not None and size >= BIG else None
        self._size = 0
        self._first: memoryview | None = None
        """What came first, if it is big: it may be all, and then it is hashed by several threads, or known."""
        self._done: list[bytes] = []
        self._piece, self._in_piece = blake3(), 0
        self._most = self._next_cut()
        self._block, self._in_block = blake3(), 0

    def add(self, data: memoryview | bytes) -> None:
        """Take the next bytes: C-contiguous, read in place, and not to be changed before the digest is taken."""
        view = memoryview(data)
        if not view.nbytes:
            return
        view = view if view.format == "B" and view.ndim == 1 else view.cast("B")
        if not self._size and view.nbytes >= BIG:
            self._first = view
        else:
            self._feed_first()
            self._feed(view)
        self._size += view.nbytes

    def digest(self) -> bytes:
        """The digest (32 bytes) of everything so far."""
        if self._first is not None:
            return content_digest(self._first)
        if self._size < BIG:
            return self._piece.digest()
        rest = [self._piece.digest()] if self._in_piece else []
        return combined(self._size, [*self._done, *rest])

    def _feed_first(self) -> None:
        if self._first is not None:
            first, self._first = self._first, None
            self._feed(first)

    def _feed(self, view: memoryview) -> None:
        while view.nbytes:
            part = view[: self._most - self._in_piece]
            view = view[part.nbytes :]
            self._piece.update(part)
            self._in_piece += part.nbytes
            if self._cuts is None:
                self._block.update(part)
                self._in_block += part.nbytes
            if self._in_piece == self._most:
                self._end_piece()

    def _end_piece(self) -> None:
        self._done.append(self._piece.digest())
        self._piece, self._in_piece = blake3(), 0
        if self._in_block == BLOCK:  # its pieces have become a large one
            self._done[-(BLOCK // PIECE) :] = [self._block.digest()]
            self._block, self._in_block = blake3(), 0
        self._most = self._next_cut()

    def _next_cut(self) -> int:
        return PIECE if self._cuts is None else next(self._cuts, PIECE)
