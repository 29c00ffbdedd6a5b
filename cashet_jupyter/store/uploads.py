"""Step 1 of storing a run: its bytes, cut into blobs, each with a sound file.

A blob that is there already is found by its digest and costs no writing: one changed column of twenty costs one column.
Where there is much to do, one thread writes what is new while the caller hashes what comes next, so that a big result
takes as long as writing it alone. (Hashing with several threads beside the writer was slower on two cores.)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass

from cashet_jupyter.memory import known
from cashet_jupyter.memory.content import digest_of
from cashet_jupyter.memory.gathered import Buffer, Gathered
from cashet_jupyter.memory.pieces import BIG, cut, pieces_of
from cashet_jupyter.models import Blob, Payload
from cashet_jupyter.store.objects import Objects, Staged
from cashet_jupyter.store.writing import Background, GivenUp, never

#: from this size on a second thread writes (measured for 512 MiB: 127 ms; in turn: 163)
_TWO_THREADS = 8 << 20

#: for each stretch of memory, the sizes of the buffers in it
Layout = tuple[tuple[int, ...], ...]
#: has a sound file for a blob; the second argument stages its bytes
Ensure = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Cuts:
    """A payload, cut into what becomes blobs: skeleton, shown, then the pieces of the buffers."""

    views: list[Buffer]
    digests: list[bytes | None]
    """The digest of each, where it is known without reading it."""
    layout: Layout


def cut_up(payload: Payload) -> Cuts:
    """Cut the buffers of a payload into pieces."""
    views: list[Buffer] = [_flat(payload.skeleton), _flat(payload.shown)]
    digests: list[bytes | None] = [None, None]
    buffers = [_flat(data) for data in payload.buffers]
    for data in buffers:
        pieces, found = _pieces(data)
        views += pieces
        digests += found
    layout = tuple(_grouped([data.nbytes for data in buffers], payload.groups))
    plain = all(len(sizes) == 1 and len(cut(sizes[0])) == 1 for sizes in layout)
    return Cuts(views, digests, () if plain else layout)


def _pieces(data: Buffer) -> tuple[Sequence[Buffer], Sequence[bytes | None]]:
    """The pieces of a buffer, and their digests where they are known."""
    if isinstance(data, Gathered):
        gathered = pieces_of(data)
        return gathered, [None] * len(gathered)
    views = pieces_of(data)
    return views, (known.digests(data) if data.nbytes >= BIG else None) or [None] * len(views)


def _grouped(sizes: list[int], groups: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    start = 0
    for length in groups:
        yield tuple(sizes[start : start + length])
        start += length
    yield from ((size,) for size in sizes[start:])


class Uploads:
    """Brings the blobs of one run into the store."""

    def __init__(self, objects: Objects, ensure: Ensure, *, durable: bool, stop: Callable[[], bool] = never) -> None:
        self._objects = objects
        self._ensure = ensure
        self._durable = durable
        self._stop = stop
        self._stopped: Callable[[], bool] = stop
        self._unplaced: dict[Blob, Buffer] = {}
        """What somebody else had a file for by the time that ours was written, or whose file was swept away."""

    def bring(self, cuts: Cuts, inline: Collection[int]) -> list[Blob]:
        """Have a file for each blob but those that lie in the index; the blobs, in order.

        Raises `OSError`, `StoreError`, and `GivenUp` when `stop()`.
        """
        blobs: list[Blob] = []
        total = sum(view.nbytes for number, view in enumerate(cuts.views) if number not in inline)
        with self._writer(total) as write:
            seen: set[Blob] = set()
            for number, (view, digest) in enumerate(zip(cuts.views, cuts.digests, strict=True)):
                if self._stop():
                    raise GivenUp("storing was given up")
                blob = Blob((digest or digest_of(view)).hex(), view.nbytes)
                blobs.append(blob)
                if number not in inline and blob not in seen:
                    seen.add(blob)
                    if self._objects.occupied(blob):
                        self._unplaced[blob] = view
                    else:
                        write((blob, view))
        for blob, view in self._unplaced.items():
            self._ensure(blob, lambda blob=blob, view=view: self._stage(blob, view), durable=self._durable)
        return blobs

    @contextlib.contextmanager
    def _writer(self, total: int) -> Generator[Callable[[tuple[Blob, Buffer]], None]]:
        if total < _TWO_THREADS:
            yield self._write
            return
        with Background(self._write) as background:
            self._stopped = lambda: background.stopped or self._stop()
            yield background.do

    def _write(self, task: tuple[Blob, Buffer]) -> None:
        blob, view = task
        with contextlib.suppress(FileNotFoundError):  # somebody swept the temporary folder
            if self._objects.place(self._stage(blob, view), durable=self._durable):
                return
        self._unplaced[blob] = view

    def _stage(self, blob: Blob, view: Buffer) -> Staged:
        return self._objects.stage(blob, view, durable=self._durable, stop=self._stopped)


def _flat(data: bytes | bytearray | Buffer) -> Buffer:
    """The bytes of a buffer of any shape, in order; in place if they lie in one piece."""
    if isinstance(data, Gathered):
        return data
    view = memoryview(data)
    if view.nbytes == 0:
        return memoryview(b"")
    return view.cast("B") if view.c_contiguous else memoryview(view.tobytes())
