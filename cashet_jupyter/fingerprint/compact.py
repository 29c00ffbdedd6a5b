"""Big plain data as one record: the digest of a tree, without a record for each list and dict in it.

A list or dict with many items that is a tree of plain data (trees.py) has no inside that anybody else could see or
change, so one digest says all of it. The bytes are those of the C pickler in its "fast" mode, which remembers nothing:
no references, so that equal values give equal bytes, whatever their history; and they are hashed as they come, so that
there is no second copy of the value. `marshal` in its version 2 would do too, but it takes three times as long for
strings; its version 4 is as fast, but says which strings are interned and which objects are the same.

Whether a value is taken so depends on the value alone. But what is inside has no number and no memo: if anything else
that the same variable reaches refers to a part of it, that is a `conflict`, and the variable is walked in full.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection
from itertools import islice
from struct import Struct
from typing import TYPE_CHECKING, Any, NoReturn

from blake3 import blake3

from cashet_jupyter.trees import CONTAINERS, KINDS, Tree, tree_of

if TYPE_CHECKING:
    from cashet_jupyter.fingerprint.records import Records

#: containers with fewer items are records; it would not be faster
FEWEST = 64
#: items by which it is decided whether it is worth a try
_FIRST = 1000
#: protocol 4 is the first that comes in frames: bytes leave the pickler each 64 KiB
_PROTOCOL = 4
_length = Struct("<Q").pack
#: in front of a record that is a tree: no other content begins with it
_MARK = b"\2"


def compacted(obj: Any, head: bytes) -> tuple[bytes, Tree] | None:
    """The content of a list or dict as one record, and what is known of it; None if it is taken apart as always.

    `head` says which of both it is.
    """
    if len(obj) < FEWEST:
        return None
    kinds = set(map(type, islice(obj.values() if type(obj) is dict else obj, _FIRST)))
    if not kinds <= KINDS or kinds.isdisjoint(CONTAINERS):
        return None  # without containers inside it is one record anyway
    hasher = blake3(_length(len(obj)))
    pickler = _Pickler(_Sink(hasher.update), _PROTOCOL)
    pickler.fast = True
    tree = tree_of(obj, pickler.dump)
    return None if tree is None else (_MARK + head + hasher.digest(), tree)


class _Sink:
    """A file that is only written to."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self.write = write


class _Pickler(pickle.Pickler):
    """Writes exact builtins only."""

    def reducer_override(self, obj: Any) -> NoReturn:
        """A tree of plain data holds nothing that has to be asked what it is."""
        msg = f"a {type(obj).__name__} is not plain data"
        raise TypeError(msg)


def in_conflict(records: Records, known: Collection[int]) -> bool:
    """Whether one of these records is, or refers to, an inside part of another one that is a tree."""
    trees = [held for index, held in records.trees.items() if index in known]
    inside: set[int] = set().union(*trees)
    if not inside:
        return False
    if len(inside) != sum(map(len, trees)):
        return True
    if not inside.isdisjoint(map(id, map(records.objects.__getitem__, known))):
        return True
    return any(part in inside for index in known for part, _ in records.parts.get(index, ()))
