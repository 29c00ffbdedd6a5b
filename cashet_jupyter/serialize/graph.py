"""Values that share parts, as one pickle with buffers."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cashet_jupyter.serialize.deep import BUDGET, PatientPickler
from cashet_jupyter.serialize.pickles import Pickler
from cashet_jupyter.serialize.references import References
from cashet_jupyter.serialize.stream import Stream


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


def dump_graph(root: tuple[list[Any], list[tuple[int, str, Any]]], references: References) -> Pickled:
    """The pickle of `root` (values, changes of nodes); raises `UnstorableError`."""
    nodes = references.graph.nodes
    changed = frozenset(id(nodes[number]) for number, *_ in root[1] if number >= 0)
    pickled = _attempt(root, Stream(references, changed))
    owners, dicts = pickled.stream.owners(), _dicts_of_objects(root[0], pickled)
    return _attempt(root, pickled.stream.again(owners, dicts)) if owners or dicts else pickled


def _dicts_of_objects(values: Sequence[Any], pickled: Pickled) -> frozenset[int]:
    """Ids of those values that are the `__dict__` of an object that was met."""
    wanted = {id(value) for value in values if type(value) is dict and all(type(key) is str for key in value)}
    if not wanted:
        return frozenset()
    objects = [obj for obj in pickled.pickler.met().values() if type(obj).__dictoffset__ and not isinstance(obj, type)]
    return frozenset(wanted & {id(getattr(obj, "__dict__", None)) for obj in objects})


def _attempt(root: object, stream: Stream) -> Pickled:
    file = io.BytesIO()
    pickler = Pickler(file, stream)
    try:
        pickle.Pickler.dump(pickler, root)
    except Exception as error:
        return _patiently(root, stream.again(), error)
    return Pickled(file.getbuffer(), stream, pickler)


def _patiently(root: object, stream: Stream, first: Exception) -> Pickled:
    """Once more with the patient pickler: it gets through, or says where it fails."""
    file = io.BytesIO()
    pickler = PatientPickler(file, stream, None if isinstance(first, RecursionError) else BUDGET)
    try:
        pickler.dump(root)
    except Exception as error:
        raise UnstorableError(pickler.trail, error) from first
    return Pickled(file.getbuffer(), stream, pickler)
