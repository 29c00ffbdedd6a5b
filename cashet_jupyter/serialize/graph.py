"""Values that share parts, as one pickle with buffers."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cashet_jupyter.serialize.deep import BUDGET, PatientPickler
from cashet_jupyter.serialize.pickles import Pickler
from cashet_jupyter.serialize.references import References
from cashet_jupyter.serialize.stream import Stream

if TYPE_CHECKING:
    from cashet_jupyter.serialize.sharing import Root


@dataclass(frozen=True, slots=True)
class Pickled:
    """A pickle, and what was learnt while it was made."""

    data: memoryview
    stream: Stream
    pickler: Pickler | PatientPickler


class UnstorableError(Exception):
    """A graph holds what cannot be stored.

    `trail` leads from the root to the culprit, as far as it is known; `cause` is what the pickler said.
    """

    def __init__(self, trail: Sequence[Any], cause: Exception) -> None:
        self.trail = list(trail)
        self.cause = cause
        super().__init__(str(cause))


def dump_graph(root: object, references: References) -> Pickled:
    """The pickle of `root`; raises `UnstorableError`."""
    pickled = _attempt(root, references, ())
    owners = pickled.stream.owners()
    return _attempt(root, references, owners) if owners else pickled


def _attempt(root: object, references: References, owners: Sequence[Root]) -> Pickled:
    stream, file = Stream(references, owners), io.BytesIO()
    pickler = Pickler(file, stream)
    try:
        pickle.Pickler.dump(pickler, root)
    except Exception as error:
        return _patiently(root, references, owners, error)
    return Pickled(file.getbuffer(), stream, pickler)


def _patiently(root: object, references: References, owners: Sequence[Root], first: Exception) -> Pickled:
    """Once more with the patient pickler: it gets through, or says where it fails."""
    stream, file = Stream(references, owners), io.BytesIO()
    pickler = PatientPickler(file, stream, None if isinstance(first, RecursionError) else BUDGET)
    try:
        pickler.dump(root)
    except Exception as error:
        raise UnstorableError(pickler.trail, error) from first
    return Pickled(file.getbuffer(), stream, pickler)
