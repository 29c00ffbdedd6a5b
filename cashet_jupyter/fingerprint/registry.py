"""Which function encodes the values of which type: what the built-in handlers, the library files and users register."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cashet_jupyter.fingerprint.encoder import Encoder

    Encode = Callable[[Encoder, Any], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """How values of a type are encoded."""

    kind: type
    encode: Encode
    node: bool = True
    """Whether its values have an identity that a cell can observe or change."""
    subclasses: bool = True
    whole: bool = False
    """Whether `encode` writes all that a subclass adds, too: the caches that it has in slots do not count."""
    inline: Callable[[Any], bytes | None] | None = None
    """Bytes that stand for a value that somebody else owns, such as a function of a library; None for all others."""


@dataclass(slots=True)
class Registry:
    """The entries, by type; those of modules that are not imported yet wait under their name."""

    entries: dict[type, Entry] = field(default_factory=dict[type, Entry])
    waiting: dict[str, tuple[Encode, bool, bool, bool]] = field(
        default_factory=dict[str, "tuple[Encode, bool, bool, bool]"]
    )
    version: int = 0
    """Grows with every registration, so that a memo of look-ups knows when it is out of date."""

    def add(self, kind: type | str, encode: Encode, *, node: bool, subclasses: bool, whole: bool = False) -> None:
        """Register `encode` for a type or for `module:QualName`; a later registration wins."""
        self.version += 1
        if isinstance(kind, str):
            if kind.count(":") != 1:
                msg = f"expected a type or 'module:QualName', got {kind!r}"
                raise ValueError(msg)
            self.waiting[kind] = (encode, node, subclasses, whole)
        else:
            self.entries[kind] = Entry(kind, encode, node, subclasses, whole)

    def find(self, kind: type) -> Entry | None:
        """The entry of exactly this type."""
        if self.waiting:
            self._settle()
        return self.entries.get(kind)

    def _settle(self) -> None:
        """Resolve the names whose modules have been imported by now."""
        for name in list(self.waiting):
            module, _, path = name.partition(":")
            kind: Any = sys.modules.get(module)
            for part in path.split("."):
                kind = getattr(kind, part, None)
            if isinstance(kind, type):
                self.entries[kind] = Entry(kind, *self.waiting.pop(name))


#: the one registry of the process; the built-in handlers are added when the first graph is made
REGISTRY = Registry()


def register(
    kind: type | str,
    encode: Encode | None = None,
    *,
    node: bool = True,
    subclasses: bool = True,
    whole: bool = False,
) -> Callable[[Encode], Encode]:
    """Say how values of a type are fingerprinted; also usable as a decorator.

    `kind` is a type or `"module:QualName"`, which is resolved once that module is imported. `encode(encoder, value)`
    writes everything by which two values of the type differ. `node=True`: a value has an identity (it is mutable, so
    it matters who shares it). `node=False`: it is immutable, and equal values are the same. `subclasses=True`: the
    encoder serves subclasses too; their own `__slots__` and, if `kind` has none, their `__dict__` are added to it,
    unless it is `whole`: then it writes all of them that counts.
    Raises `ValueError` for a name that is not `module:QualName`.
    """

    def add(function: Encode) -> Encode:
        REGISTRY.add(kind, function, node=node, subclasses=subclasses, whole=whole)
        return function

    if encode is not None:
        add(encode)
    return add
