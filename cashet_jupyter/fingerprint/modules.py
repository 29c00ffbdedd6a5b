"""Modules, and the names that code reads out of namespaces.

A module of the user counts by the objects that are loaded, as far as code follows attributes from it: what stands in
its file is not what runs. A library counts by name and version, and by what the user has put into it.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from cashet_jupyter.fingerprint.encoder import Encoder
from cashet_jupyter.fingerprint.origins import is_local, origin_of, reference
from cashet_jupyter.fingerprint.pieces import ATOMS, Slot
from cashet_jupyter.fingerprint.registry import REGISTRY, Entry

Chains = frozenset[tuple[str, ...]]

#: what the import system writes into a module
_BOOKKEEPING = frozenset(
    {"__builtins__", "__cached__", "__file__", "__loader__", "__name__", "__package__", "__path__", "__spec__"}
)


def install() -> None:
    """Register modules."""
    REGISTRY.entries[ModuleType] = Entry(ModuleType, encode_module, inline=module_reference)


def module_reference(module: ModuleType) -> bytes | None:
    """The bytes that stand for a library's module; None for a module of the user."""
    name = module.__name__
    return None if origin_of(name) == "local" else reference(name, "")


def encode_module(encoder: Encoder, module: ModuleType) -> None:
    """A module of the user that is used as a whole: everything that it holds."""
    encoder.text(module.__name__)
    for name in sorted(vars(module)):
        if name not in _BOOKKEEPING:
            with encoder.step(f".{name}"):
                encoder.slot(Slot(vars(module), name, None, "attribute"))


def encode_slot(encoder: Encoder, slot: Slot) -> None:
    """What a name stands for just now."""
    if slot.name in slot.namespace:
        value = slot.namespace[slot.name]
        if isinstance(value, ModuleType) and slot.chains is not None:
            encode_chains(encoder, value, slot.chains)
        else:
            encoder.value(value)
    elif slot.kind == "attribute":
        encoder.tag("absent")
        encoder.value(slot.namespace.get("__getattr__"))
    elif slot.name in vars(builtins):
        encode_builtin(encoder, vars(builtins)[slot.name])
    else:
        encoder.tag("absent")


def encode_builtin(encoder: Encoder, value: Any) -> None:
    """A builtin; only if the user has replaced it does its content count."""
    if is_users(value):
        encoder.value(value)
    else:
        encoder.tag("builtin")


def encode_chains(encoder: Encoder, module: ModuleType, chains: Chains) -> None:
    """A module, as far as code follows attributes from it."""
    known = module_reference(module)
    if known is None and () in chains:
        encoder.value(module)
        return
    encoder.tag("module")
    encoder.text(module.__name__)
    if known is None:
        for name, rest in sorted(_by_first(chains).items()):
            with encoder.step(f".{name}"):
                encoder.slot(Slot(vars(module), name, rest, "attribute"))
    else:
        encoder.value(module)
        _encode_changes(encoder, module, chains)


def is_users(value: object) -> bool:
    """Whether a value that a library holds was put there by the user."""
    kind = type(value)
    if isinstance(value, type | FunctionType):
        return is_local(value.__module__)
    if kind is BuiltinFunctionType or isinstance(value, ModuleType):
        return False
    return is_local(kind.__module__)


def _encode_changes(encoder: Encoder, module: ModuleType, chains: Chains) -> None:
    """What the user has changed in a library, as far as code reaches it.

    Plain values count (`lib.EPSILON = 1e-3`), and so does what comes from the user's code. Other objects of a library
    belong to its version, or to the options and random states that the trace follows.
    """
    for name, rest in sorted(_by_first(chains - {()}).items()):
        value = vars(module).get(name)
        if isinstance(value, ModuleType):
            if rest - {()} or module_reference(value) is None:
                encoder.text(name)
                encode_chains(encoder, value, rest)
        elif type(value) in ATOMS or isinstance(value, type) or is_users(value):
            encoder.text(name)
            with encoder.step(f".{name}"):
                encoder.value(value)


def _by_first(chains: Iterable[tuple[str, ...]]) -> dict[str, Chains]:
    """Chains by their first attribute."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for first, *rest in chains:
        found.setdefault(first, set()).add(tuple(rest))
    return {name: frozenset(rest) for name, rest in found.items()}
