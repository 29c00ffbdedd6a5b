"""Whether a recorded trace still holds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from cashet_jupyter.models import Dependency
from cashet_jupyter.trace.facts import FACTS
from cashet_jupyter.trace.facts_of_process import argv_digest, cwd_digest, folder, variable_digest
from cashet_jupyter.trace.providers import providers
from cashet_jupyter.trace.statelog import digest_now


class Lookup:
    """One lookup: every dependency is evaluated at most once, however many candidates name it."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], str | None] = {}

    def broken(self, trace: Sequence[Dependency]) -> Dependency | None:
        """The first dependency that no longer holds; None if all do. Never raises an `Exception`."""
        found = self._found
        for dependency in trace:
            asked = (dependency.kind, dependency.name)
            if asked not in found:
                found[asked] = current_digest(*asked)
            if found[asked] != dependency.digest:
                return dependency
        return None


def current_digest(kind: str, name: str) -> str | None:
    """What a dependency's digest is at this moment; None if it cannot be told: then it does not hold."""
    try:
        return _KINDS[kind](name)
    except Exception:  # whatever it is, the cell just runs
        return None


def _state(name: str) -> str | None:
    return digest_now(providers()[name])


_KINDS: dict[str, Callable[[str], str | None]] = {
    **FACTS,
    "env": variable_digest,
    "cwd": lambda _: cwd_digest(folder()),
    "argv": lambda _: argv_digest(sys.argv),
    "random": _state,
    "options": _state,
}
