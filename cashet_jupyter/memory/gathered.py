"""A buffer whose bytes lie in several places: thousands of small arrays are stored as one, without a copy of them."""

from __future__ import annotations

from collections.abc import Sequence


class Gathered:
    """Parts of memory (contiguous, format `B`) that are one buffer when they are read one after the other."""

    __slots__ = ("nbytes", "parts")

    def __init__(self, parts: Sequence[memoryview]) -> None:
        self.parts = parts
        self.nbytes = sum(part.nbytes for part in parts)

    def __getitem__(self, where: slice) -> Gathered:
        """A piece of it, in place; the slice is one of step 1."""
        start, stop, _ = where.indices(self.nbytes)
        found: list[memoryview] = []
        place = 0
        for part in self.parts:
            low, high = max(start - place, 0), min(stop - place, part.nbytes)
            if low < high:
                found.append(part[low:high])
            place += part.nbytes
        return Gathered(found)

    def __bytes__(self) -> bytes:
        return b"".join(self.parts)


#: a buffer that is to be stored
Buffer = memoryview | Gathered


def parts_of(buffer: Buffer) -> Sequence[memoryview]:
    """The stretches of memory of a buffer, in order."""
    return buffer.parts if isinstance(buffer, Gathered) else (buffer,)


def whole(buffer: Buffer) -> memoryview:
    """The buffer in one piece; a copy only if it is not."""
    return memoryview(bytes(buffer)) if isinstance(buffer, Gathered) else buffer
