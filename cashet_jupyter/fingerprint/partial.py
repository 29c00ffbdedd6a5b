"""Digests of parts of an input, taken from the records that a walk left: nothing big is read again.

They tell people which part changed; no lookup rests on them. Each is the graph below a value, with numbers of its own
as in numbering.py, but it ends at functions, classes, modules and the names that code reads: those are parts of their
own, so that an edited helper shows as that helper and not as everything that calls it. It also ends after a bounded
number of records; such a digest begins with `~`: where two of them are equal, the values may still differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import CellType, FunctionType, ModuleType
from typing import Any

from blake3 import blake3

from cashet_jupyter.fingerprint.pieces import ATOMS, Slot, Span
from cashet_jupyter.fingerprint.records import Records
from cashet_jupyter.fingerprint.unordered import Arrangement

#: records below one part, and items of a set that are put in order
MOST_RECORDS = 256
#: characters or bytes of a text that are hashed again
LONGEST = 4096
#: hexadecimal digits
DIGITS = 16
#: what ends a part
BORDERS = (FunctionType, type, ModuleType, Slot, CellType)


class Partial:
    """Digests of parts, as long as the budget of records lasts; then they are empty."""

    def __init__(self, records: Records, budget: int) -> None:
        self.records = records
        self.budget = budget
        self._arrangement = Arrangement(records)

    def of_value(self, value: Any) -> str:
        """Of a value that an input holds. Big texts are looked at from both ends."""
        if self.budget <= 0:
            return ""
        if type(value) in (str, bytes) and len(value) > LONGEST:
            half = LONGEST // 2
            value, mark = (len(value), value[:half], value[-half:]), "~"
        else:
            mark = ""
        encoder = self.records.encoder
        encoder.begin()
        encoder.value(value)
        content = encoder.end()
        if type(value) in ATOMS or not content.children:
            self.budget -= 1
            return mark + blake3(content.data).hexdigest()[:DIGITS]
        return self._below(content.data, content.children)

    def of_span(self, span: Span) -> str:
        """Of a piece of a record."""
        return "" if self.budget <= 0 else self._below(span.data, span.children)

    def of_record(self, index: int) -> str:
        """Of a record that has been walked: a function, a class, an index."""
        if self.budget <= 0:
            return ""
        return self._below(self.records.contents[index] or b"", self.records.children[index])

    def _below(self, content: bytes, children: Sequence[int]) -> str:
        """Breadth first, to the borders."""
        number: dict[int, int] = {}
        order: list[int] = []
        hasher = blake3(content)
        complete = self._refer(children, number, order, hasher)
        for at, index in enumerate(order):  # grows while it is gone through
            if at == MOST_RECORDS:
                complete = False
                break
            if not isinstance(self.records.objects[index], BORDERS):
                hasher.update(self.records.contents[index] or b"")
                below, whole = self._children(index, number)
                complete = self._refer(below, number, order, hasher) and whole and complete
        self.budget -= min(len(order), MOST_RECORDS) + 1
        return ("" if complete else "~") + hasher.hexdigest()[:DIGITS]

    def _refer(self, children: Sequence[int], number: dict[int, int], order: list[int], hasher: Any) -> bool:
        """Add the numbers of children; whether there are few enough."""
        for child in children[:MOST_RECORDS]:
            if child not in number:
                number[child] = len(order)
                order.append(child)
            hasher.update(number[child].to_bytes(8, "little"))
        return len(children) <= MOST_RECORDS

    def _children(self, index: int, number: dict[int, int]) -> tuple[Sequence[int], bool]:
        """The children of a record in canonical order, and whether that could be found."""
        children = self.records.children[index]
        if index not in self.records.groups:
            return children, True
        return (self._arrangement.arrange(index, number), True) if len(children) <= MOST_RECORDS else ((), False)
