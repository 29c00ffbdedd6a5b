"""Big pieces of memory, beside the bytes that refer to them.

A buffer of 1 MiB or more is stored on its own, so that it can be mapped instead of read, and so that equal ones are
stored once; so are the columns of a table, which lie in one stretch of memory when they are read. Smaller buffers lie
side by side in a pack, each at a multiple of 64 bytes; a small pack stays in the skeleton, a bigger one is a buffer
itself.
"""

from __future__ import annotations

import ctypes
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cashet_jupyter.errors import Damaged
from cashet_jupyter.memory.gathered import Buffer, Gathered
from cashet_jupyter.memory.pieces import BIG

#: up to this size the pack stays in the skeleton
SMALL_PACK = 64 << 10
#: parts of a pack from this size on are not copied into it
IN_PLACE = 4 << 10
#: a cache line, and the widest alignment that numpy or arrow ask for
ALIGNMENT = 64

#: (index of a buffer, or -1 for the pack in the skeleton; offset in it; size)
Place = tuple[int, int, int]


class BufferWriter:
    """Takes buffers while values are stored, and says where each will be.

    Keeps views of the memory, not copies: it must not change until the buffers are written.
    """

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.handed_out: list[int] = []
        self._big: list[memoryview] = []
        self._groups: list[int] = []
        self._small: list[memoryview] = []
        self._packed = 0

    def add(self, data: memoryview) -> int:
        """Take contiguous bytes (format `B`); returns their number."""
        size = data.nbytes
        if size >= BIG:
            self.places.append((len(self._big), 0, size))
            self._big.append(data)
            self._groups.append(1)
        else:
            self.places.append((-1, self._packed, size))
            self._small.append(data)
            self._packed += -(-size // ALIGNMENT) * ALIGNMENT
        return len(self.places) - 1

    def add_rows(self, rows: Sequence[memoryview]) -> list[int]:
        """Take buffers, of any size but empty, that are to lie in one stretch of memory; returns their numbers."""
        first = len(self.places)
        self.places += [(len(self._big) + at, 0, row.nbytes) for at, row in enumerate(rows)]
        self._big += rows
        self._groups.append(len(rows))
        return list(range(first, len(self.places)))

    def take(self, buffer: pickle.PickleBuffer) -> None:
        """The `buffer_callback` of a pickler: takes the buffers that libraries hand out themselves."""
        self.handed_out.append(self.add(buffer.raw()))

    def finish(self) -> Finished:
        """What there is to be stored."""
        groups = tuple(self._groups) if any(length > 1 for length in self._groups) else ()
        pack = Gathered([part for part in self._parts() if part.nbytes])
        if pack.nbytes <= SMALL_PACK:
            return Finished(bytes(pack), tuple(self._big), groups, self.places)
        last = len(self._big)
        places = [(last if where < 0 else where, offset, size) for where, offset, size in self.places]
        return Finished(b"", (*self._big, pack), groups, places)

    def _parts(self) -> Iterator[memoryview]:
        """The pack: small parts are brought together, the others stay where they are."""
        together = bytearray()
        for data in self._small:
            padding = bytes(-data.nbytes % ALIGNMENT)
            if data.nbytes >= IN_PLACE:
                yield memoryview(together)
                yield data
                together = bytearray(padding)
            else:
                together += data
                together += padding
        yield memoryview(together)


@dataclass(frozen=True, slots=True)
class Finished:
    """The buffers of a run."""

    pack: bytes
    """What stays in the skeleton."""
    buffers: tuple[Buffer, ...]
    groups: tuple[int, ...]
    """`Payload.groups`."""
    places: list[Place]


class BufferReader:
    """Gives the buffers of a stored run back.

    `buffers` are writable private mappings, or read-only memory that belongs to the store.
    """

    def __init__(self, places: Sequence[Sequence[int]], pack: memoryview, buffers: Sequence[memoryview]) -> None:
        self._places = places
        self._pack = pack
        self._buffers = buffers
        self._given: set[int] = set()
        """Addresses, not numbers: a store may hand out one mapping for two equal buffers."""

    def peek(self, number: int) -> memoryview:
        """The bytes of a buffer, to be copied from at once; never to be kept."""
        where, offset, size = self._places[number]
        source = self._pack if where < 0 else self._buffers[where]
        data = source[offset : offset + size]
        if data.nbytes != size:
            msg = f"buffer {number} is shorter than it should be"
            raise Damaged(msg)
        return data

    def own(self, number: int) -> memoryview | bytearray:
        """Writable memory with the bytes of a buffer, the receiver's to keep.

        A big buffer is handed out as the private mapping that it is, once; everything else is copied, because a
        mapping that two values held would tie them together, and read-only memory is the store's.
        """
        data = self.peek(number)
        if data.nbytes < BIG or data.readonly:
            return bytearray(data)
        address = ctypes.addressof(ctypes.c_char.from_buffer(data))
        if address in self._given:
            return bytearray(data)
        self._given.add(address)
        return data

    def own_rows(self, numbers: Sequence[int]) -> None:
        """Say that the memory of these buffers, which lie in one private mapping, is handed out as it is."""
        for number in numbers:
            self._given.add(ctypes.addressof(ctypes.c_char.from_buffer(self.peek(number))))

    def handed_out(self, numbers: Sequence[int]) -> Iterator[memoryview | bytearray]:
        """What an unpickler takes as `buffers`."""
        return (self.own(number) for number in numbers)
