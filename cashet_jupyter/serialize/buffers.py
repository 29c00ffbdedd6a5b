"""Big pieces of memory, beside the bytes that refer to them.

A buffer of 1 MiB or more is stored on its own, so that it can be mapped instead of read, and so that equal ones are
stored once. Smaller ones lie side by side in a pack, each at a multiple of 64 bytes; a small pack stays in the
skeleton, a bigger one is a buffer itself.
"""

from __future__ import annotations

import ctypes
import pickle
from collections.abc import Iterator, Sequence

from cashet_jupyter.errors import Damaged

#: from this size on a buffer is stored on its own, and memory may be mapped instead of copied
BIG = 1 << 20
#: up to this size the pack stays in the skeleton
SMALL_PACK = 64 << 10
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
        self._small: list[tuple[int, memoryview]] = []
        self._packed = 0

    def add(self, data: memoryview) -> int:
        """Take contiguous bytes (format `B`); returns their number."""
        size = data.nbytes
        if size >= BIG:
            self.places.append((len(self._big), 0, size))
            self._big.append(data)
        else:
            self.places.append((-1, self._packed, size))
            self._small.append((self._packed, data))
            self._packed += -(-size // ALIGNMENT) * ALIGNMENT
        return len(self.places) - 1

    def take(self, buffer: pickle.PickleBuffer) -> None:
        """The `buffer_callback` of a pickler: takes the buffers that libraries hand out themselves."""
        self.handed_out.append(self.add(buffer.raw()))

    def finish(self) -> tuple[bytes | bytearray, tuple[memoryview, ...], list[Place]]:
        """The pack that stays in the skeleton, the buffers of their own, and the places."""
        pack = bytearray(self._packed)
        for offset, data in self._small:
            pack[offset : offset + data.nbytes] = data
        if len(pack) <= SMALL_PACK:
            return pack, tuple(self._big), self.places
        last = len(self._big)
        places = [(last if where < 0 else where, offset, size) for where, offset, size in self.places]
        return b"", (*self._big, memoryview(pack)), places


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

    def handed_out(self, numbers: Sequence[int]) -> Iterator[memoryview | bytearray]:
        """What an unpickler takes as `buffers`."""
        return (self.own(number) for number in numbers)
