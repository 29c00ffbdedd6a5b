"""From a type to the way its values are encoded: the order in which the handlers are asked."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from types import FunctionType, MemberDescriptorType
from typing import Any

from cashet_jupyter.fingerprint import builtins, classes, code, libraries, modules, objects, standard
from cashet_jupyter.fingerprint.encoder import Encode, Encoder
from cashet_jupyter.fingerprint.objects import HOOK, hook_entry, object_entry, token_entry
from cashet_jupyter.fingerprint.origins import is_local, is_static, resolves
from cashet_jupyter.fingerprint.registry import REGISTRY, Entry


@lru_cache(maxsize=1)
def prepare() -> None:
    """Register the handlers that come with the package: once, when the first graph is made."""
    for part in (objects, builtins, standard, code, classes, modules):
        part.install()


#: entries of library types, which live as long as the process; with the version of the registry that they are for.
#: The user's own classes are not kept: they come and go
_known: dict[type, tuple[int, Entry]] = {}


def entry_of(kind: type) -> Entry:
    """How values of a type are encoded."""
    version, entry = _known.get(kind, (-1, None))
    if entry is not None and version == REGISTRY.version:
        return entry
    entry = _find(kind)
    if is_static(kind) or (not is_local(kind.__module__) and resolves(kind)):
        _known[kind] = (REGISTRY.version, entry)
    return entry


def _find(kind: type) -> Entry:
    """How values of a type are encoded.

    In this order: what is registered for exactly this type; what the type says itself (`__cashet_fingerprint__`);
    what is registered for a base; dask's token; the type's layout or its pickle reduction.
    """
    prepare()
    libraries.prepare(kind)
    entry = REGISTRY.find(kind)
    if entry is not None:
        return entry
    if hasattr(kind, HOOK) and not issubclass(kind, type):
        return hook_entry(kind)
    for base in _bases(kind):
        entry = REGISTRY.find(base)
        if entry is not None and entry.subclasses and (entry.whole or not _reduces_in_c(kind, base)):
            return _for_subclass(entry, kind)
    return token_entry(kind) or object_entry(kind)


def _bases(kind: type) -> tuple[type, ...]:
    """The bases, nearest first; `Enum` before the type that its members are made of, which knows less."""
    bases = kind.__mro__[1:]
    return (Enum, *bases) if issubclass(kind, Enum) else bases


def _reduces_in_c(kind: type, base: type) -> bool:
    """Whether a class between the two is written in C and has a state that only its reducer knows."""
    for name in ("__reduce_ex__", "__reduce__"):
        method, inherited = getattr(kind, name, None), getattr(base, name, None)
        if method is not inherited and not isinstance(method, FunctionType):
            return True
    return False


def _for_subclass(entry: Entry, kind: type) -> Entry:
    """The entry for a subclass: what the base encodes, and the attributes that the subclass adds.

    An instance that can be given attributes is no longer an immutable value.
    """
    if entry.whole or issubclass(kind, Enum | type) or _is_namedtuple(kind):
        return Entry(kind, entry.encode, entry.node, inline=entry.inline)
    has_dict = bool(kind.__dictoffset__) and not entry.kind.__dictoffset__
    slots = _own_slots(kind, entry.kind)
    if not has_dict and not slots:
        return Entry(kind, entry.encode, entry.node, inline=entry.inline)
    return Entry(kind, _with_attributes(entry.encode, slots, has_dict=has_dict))


def _is_namedtuple(kind: type) -> bool:
    """Whether a class came from `namedtuple()`. It has no attributes; a copy that cloudpickle made only looks so."""
    return kind.__bases__ == (tuple,) and "_fields" in vars(kind)


def _own_slots(kind: type, base: type) -> dict[str, Any]:
    """The slots of the classes between `kind` and `base`, by name."""
    found: dict[str, Any] = {}
    for between in kind.__mro__:
        if between is base:
            break
        slots = {name: value for name, value in vars(between).items() if type(value) is MemberDescriptorType}
        found = {**slots, **found} if "__slots__" in vars(between) else found
    return found


def _with_attributes(encode: Encode, slots: dict[str, Any], *, has_dict: bool) -> Encode:
    def encode_both(encoder: Encoder, obj: Any) -> None:
        encode(encoder, obj)
        if has_dict:
            objects.encode_dict(encoder, obj)
        if slots:
            objects.encode_slots(encoder, obj, slots)

    return encode_both
