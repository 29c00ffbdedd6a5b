"""The pickler and the unpickler of a run's object graph.

A pickle of protocol 5 with the buffers beside it. References to what exists outside (inputs, namespace) are memo
entries that are there before the pickle begins: see references.py.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import cloudpickle

from cashet_jupyter.serialize.reducers import Reducers
from cashet_jupyter.serialize.stream import Stream

#: protocol 5, then for each slot: take the next buffer, keep it in the memo, drop it
_PROTOCOL = b"\x80\x05"
_SLOT = pickle.NEXT_BUFFER + pickle.MEMOIZE + pickle.POP
_END = pickle.NONE + pickle.STOP


class Pickler(cloudpickle.Pickler):
    """Pickles values against the slots of a stream.

    Based on cloudpickle for the types that it knows; functions and classes are our own (functions.py, classes.py).
    """

    def __init__(self, file: io.BytesIO, stream: Stream) -> None:
        super().__init__(file, protocol=5, buffer_callback=stream.writer.take)
        self._reducers = Reducers(stream)
        self.memo = dict(stream.memo)

    def reducer_override(self, obj: Any) -> Any:
        """How an object that is not an exact builtin is taken apart."""
        return self._reducers.reduce(obj)

    def met(self) -> dict[int, Any]:
        """Everything that the pickle refers to by identity: id -> object."""
        return {identity: entry[1] for identity, entry in self.memo.copy().items()}


def load(data: bytes | memoryview, slots: Sequence[object], buffers: Iterable[Any]) -> Any:
    """The value of a pickle of `Pickler`.

    The slots come in through the format's own door for what lies outside of a pickle: as the first of its buffers.
    """
    opening = _PROTOCOL + _SLOT * len(slots) + _END
    unpickler = pickle.Unpickler(io.BytesIO(b"".join((opening, data))), buffers=chain(slots, buffers))
    unpickler.load()
    return unpickler.load()
