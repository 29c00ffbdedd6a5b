"""The encoder's double that looks for paths: by which steps an object refers to another, or where in it one refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from cashet_jupyter.fingerprint.encoder import Encoder
from cashet_jupyter.fingerprint.pieces import ATOMS, Slot
from cashet_jupyter.fingerprint.records import Records


class TracingEncoder(Encoder):
    """Encodes an object again, to find out by which path it refers to a child, or where in it something refused.

    Keeping paths all the time would cost more than everything else; they are needed only for a refusal.
    """

    def __init__(self, records: Records, target: int | None) -> None:
        super().__init__(records)
        self.target = target
        self.path: list[str] = []
        self._seen: set[int] = set()

    def step(self, name: str) -> AbstractContextManager[None]:
        """Remember where we are; the steps stay as they are when something raises inside."""
        return _Step(self.path, name)

    def value(self, obj: object) -> None:
        """Look whether this is the child that we are looking for; look into immutable values."""
        kind = type(obj)
        if kind in ATOMS:
            return
        index = self.records.memo.get(id(obj))
        if index is not None and index == self.target:
            raise Found
        entry = self.records.entry(kind)
        if not entry.node and id(obj) not in self._seen:
            self._seen.add(id(obj))
            self._header(kind)
            entry.encode(self, obj)

    def values(self, items: Sequence[object]) -> None:
        """Look into the items, one by one."""
        for position, item in enumerate(items):
            with self.step(f"[{position}]"):
                self.value(item)

    def mapping(self, items: Mapping[Any, object]) -> None:
        """Look into keys and values."""
        for key, item in items.items():
            with self.step(f"[{_shown(key)}]"):
                self.value(key)
                self.value(item)

    def attributes(self, items: Mapping[str, object]) -> None:
        """Look into attributes."""
        for name, item in items.items():
            with self.step(f".{name}"):
                self.value(item)

    def slot(self, slot: Slot) -> None:
        """Look whether this is the slot that we are looking for."""
        if self.records.slot(slot) == self.target:
            raise Found

    def content(self, obj: object) -> None:
        """Look into it."""
        kind = type(obj)
        if kind not in ATOMS:
            self.records.entry(kind).encode(self, obj)

    def unordered(self, items: Iterable[object]) -> None:
        """Look into the items; they have no positions."""
        for item in items:
            with self.step("{...}"):
                self.value(item)


class Found(Exception):
    """The tracing encoder has met the child that it was looking for."""


class _Step(AbstractContextManager[None]):
    def __init__(self, path: list[str], name: str) -> None:
        self.path = path
        path.append(name)

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.path.pop()


def _shown(key: object) -> str:
    return repr(key) if type(key) in ATOMS and len(repr(key)) < 40 else f"<{type(key).__name__}>"
