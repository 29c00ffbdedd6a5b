"""What stored values refer to instead of holding a copy: the inputs, the namespace, the cell's own code.

A reference is a *slot*: a small number that means the same object while a run is stored and while it is restored.
The first slots are fixed (the namespace, the builtins, the resolver); the nodes of the input graph follow by number.

Slots are put into the pickler's memo before it starts, and into the unpickler's memo the same way, so that a
reference to an input is the ordinary "get from the memo" of the pickle format. `persistent_id` would say the same, but
it is a Python call for every object of a pickle, numbers and strings included: 3 times slower on nested dicts.
"""

from __future__ import annotations

import builtins
import marshal
import types
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from types import CodeType
from typing import Any

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import LiveGraph

#: where a code object says that its first constant is a docstring (Python 3.14 and later)
HAS_DOCSTRING = 0x4000000

Name = tuple[str] | tuple[str, int] | tuple[str, str]


class NoInputs:
    """The graph of a run that read nothing."""

    nodes: Sequence[Any] = ()

    def number(self, obj: object) -> int | None:
        """None."""
        del obj

    def changed(self) -> Sequence[int]:
        """Nothing."""
        return ()


class References:
    """Names for objects that exist outside the bytes, and the way back.

    `codes` and `docstrings` are those of the cell as it stands now (`CellAnalysis.codes`, `.docstrings`).
    """

    def __init__(
        self,
        graph: LiveGraph,
        namespace: MutableMapping[str, Any],
        codes: Sequence[CodeType] = (),
        docstrings: Mapping[str, str | None] | None = None,
    ) -> None:
        self.graph = graph
        self.namespace = namespace
        self.codes = tuple(codes)
        self.docstrings: Mapping[str, str | None] = docstrings or {}
        self._indices: dict[CodeType, int] = {}
        for index, code in enumerate(self.codes):
            self._indices.setdefault(code, index)

    def slots(self, resolver: object) -> list[object]:
        """The objects that have a slot, in order."""
        return [self.namespace, vars(builtins), resolver, *self.graph.nodes]

    def name(self, obj: object) -> Name | None:
        """How stored bytes refer to `obj`, or None if they hold it themselves."""
        if obj is self.namespace:
            return ("ns",)
        if isinstance(obj, types.ModuleType):
            return ("mod", obj.__name__)
        if isinstance(obj, CodeType):
            index = self._indices.get(obj)
            return None if index is None else ("code", index)
        number = self.graph.number(obj)
        return None if number is None else ("n", number)

    def code(self, index: int, stored: bytes) -> CodeType:
        """The cell's code object of that index as it stands now; the stored one if there is no such any more.

        Two cells with equal syntax trees have code objects in the same order. Only where the compiler merged equal
        constants that stand on one line can they differ; then the names do not fit and the stored code is used.
        """
        old: CodeType = marshal.loads(stored)
        if 0 <= index < len(self.codes) and alike(old, self.codes[index]):
            return self.codes[index]
        return old

    def class_line(self, qualname: str, stored: int) -> int:
        """The first line of a class of the cell as it stands now, or the stored one."""
        lines = [code.co_firstlineno for code in self.codes if code.co_qualname == qualname]
        return lines[0] if len(lines) == 1 else stored


def alike(a: CodeType, b: CodeType) -> bool:
    """Whether two code objects come from the same place of equal syntax trees."""
    return (
        a.co_qualname == b.co_qualname
        and a.co_argcount == b.co_argcount
        and a.co_kwonlyargcount == b.co_kwonlyargcount
        and a.co_varnames == b.co_varnames
        and a.co_freevars == b.co_freevars
        and a.co_names == b.co_names
        and a.co_flags & ~HAS_DOCSTRING == b.co_flags & ~HAS_DOCSTRING
    )


def check_slots(count: object, slots: Sequence[object]) -> None:
    """Raise `Damaged` unless the bytes were written against as many slots as there are now.

    Equal fingerprints mean equal numbers; this catches bytes that are read for other inputs than their own.
    """
    if count != len(slots):
        msg = f"stored against {count} references, read against {len(slots)}"
        raise Damaged(msg)


def seeds(slots: Iterable[object]) -> dict[int, tuple[int, object]]:
    """The memo of a pickler that has seen the slots already.

    A pickler gives its next object the size of the memo as number, so there must be one entry per slot, also where an
    object has two (the namespace can be an input).
    """
    memo: dict[int, tuple[int, object]] = {}
    for number, obj in enumerate(slots):
        entry = object() if id(obj) in memo else obj
        memo[id(entry)] = (number, entry)
    return memo
