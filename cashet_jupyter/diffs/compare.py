"""The door: two live values -> what differs."""

from __future__ import annotations

import time
from dataclasses import replace
from enum import Enum
from typing import Any

from cashet_jupyter.diffs import code, containers, instances, libraries, scalars, text
from cashet_jupyter.diffs.comparing import Comparing, Fingerprint, Kind, typed
from cashet_jupyter.diffs.model import Budget, ValueDiff

#: of values that hold the same and are yet told apart by their fingerprints
_ELSE = "all that was compared is equal, but not which objects inside are the same one, signs of zeros, or flags"


def no_fingerprint(value: Any) -> str:
    """Nothing is known of it."""
    del value
    return ""


def compare(old: Any, new: Any, budget: Budget | None = None, fingerprint: Fingerprint = no_fingerprint) -> ValueDiff:
    """What differs between two values.

    Never raises for a value, whatever its class does, and never changes one. `fingerprint` is asked about values of
    types that nothing is known of; it may raise.
    """
    budget = budget or Budget()
    comparing = Comparing(budget, _guarded(fingerprint), _KINDS, time.monotonic() + budget.seconds)
    found = comparing.inside(old, new)
    if found.verdict != "equal" or old is new or comparing.late:
        return found
    digests = comparing.fingerprint(old), comparing.fingerprint(new)
    if not all(digests) or digests[0] == digests[1]:
        return found
    return replace(found, verdict="different", change=_ELSE)


def _guarded(fingerprint: Fingerprint) -> Fingerprint:
    def guarded(value: Any) -> str:
        try:
            return fingerprint(value)
        except Exception:  # it has none
            return ""

    return guarded


def _atoms(old: Any, new: Any, comparing: Comparing) -> ValueDiff | None:
    if isinstance(old, Enum) and isinstance(new, Enum):
        return scalars.compare_plain(old, new)
    if scalars.is_number(old) and scalars.is_number(new):
        return scalars.compare_numbers(old, new)
    if isinstance(old, str) and isinstance(new, str):
        return typed(text.compare_text(str.__str__(old), str.__str__(new), comparing.budget), old, new)
    if isinstance(old, bytes | bytearray) and isinstance(new, bytes | bytearray):
        return typed(text.compare_bytes(old, new, comparing.budget), old, new)
    if type(old).__qualname__ == type(new).__qualname__ and scalars.is_plain(old) and scalars.is_plain(new):
        return scalars.compare_plain(old, new)
    return None


_KINDS: tuple[Kind, ...] = (
    _atoms,
    libraries.compare,
    containers.compare,
    code.compare,
    instances.compare,
    instances.compare_opaque,
)
