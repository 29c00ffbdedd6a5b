"""Hidden states: what a cell can use or change without any variable showing it. One provider for each."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cashet_jupyter.digest import digest
from cashet_jupyter.trace.plain import plain

_SIMPLE = frozenset({str, int, float, bool})
_ROWS = frozenset({list, tuple})


@dataclass(frozen=True, slots=True)
class Random:
    """The state of a global random generator: a dependency of those who draw from it."""

    name: str
    module: str
    """It exists once this module is loaded."""
    take: Callable[[], Any]
    """The state, as plain data."""
    put: Callable[[Any], None]
    ready: Callable[[], bool] = lambda: True

    def fingerprint(self, state: Any) -> str:
        """The digest of a state that `take` gave."""
        return digest("random", self.name, repr(state))

    def now(self) -> str:
        """The digest of the state as it is."""
        return self.fingerprint(self.take())


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of a library: a dependency of everyone, and restored by those who change them."""

    name: str
    module: str
    take: Callable[[], dict[str, Any]]
    """All settings that matter, by name."""
    put: Callable[[dict[str, Any]], None]
    """Set some of them."""
    usual: Callable[[], dict[str, Any]]
    """What they are in a new process."""
    depends: bool = True
    beside: str = ""
    """A setting that says nothing by itself: it is kept with the others."""
    stamp: Callable[[], Hashable] | None = None
    """Equal only while all settings are, where that is known sooner than they are."""

    def fingerprint(self, state: dict[str, Any]) -> str:
        """The digest of what is not as in a new process."""
        texts = self.unusual(state)
        return _digest_of(self.name, tuple((name, texts[name]) for name in sorted(texts)))

    def now(self) -> str:
        """The digest of the settings as they are: asked of every hit, so it must cost microseconds."""
        if self.stamp is None:
            return self.fingerprint(self.take())
        try:
            stamp = self.name, self.stamp()
            known = _STAMPED.get(stamp)
        except TypeError:  # something in it has no hash: somebody put it there by hand
            return self.fingerprint(self.take())
        if known is None:
            known = self.fingerprint(self.take())
            if len(_STAMPED) >= _MOST_STAMPS:
                _STAMPED.clear()
            _STAMPED[stamp] = known
        return known

    @property
    def fresh(self) -> str:
        """The digest of a library that is not loaded: it would begin with the usual settings."""
        return _digest_of(self.name, ())

    def unusual(self, state: dict[str, Any]) -> dict[str, str]:
        """The settings that are not as in a new process, as text."""
        usual = self.usual()
        found: dict[str, str] = {}
        for name, value in state.items():
            # most are equal, and told by `is` and `==` in a tenth of the time that their texts take
            if name not in usual or value is (other := usual[name]):
                continue
            kind = type(value)
            if (kind in _SIMPLE and value == other) or (kind in _ROWS and kind is type(other) and _alike(value, other)):
                continue
            if (text := plain(value)) != plain(other):
                found[name] = text
        return found


def _alike(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two rows hold the same texts and numbers, so that nobody need write them out."""
    return len(one) == len(other) and all(
        type(item) is type(twin) and type(item) in _SIMPLE and item == twin
        for item, twin in zip(one, other, strict=True)
    )


@lru_cache(maxsize=256)
def _digest_of(name: str, texts: tuple[tuple[str, str], ...]) -> str:
    return digest("options", name, [list(pair) for pair in texts])


_STAMPED: dict[tuple[str, Hashable], str] = {}
_MOST_STAMPS = 64


Provider = Random | Options


def loaded(provider: Provider, done: str = "") -> bool:
    """Whether there is such a state in this process.

    A module that is only being imported has none yet, unless it is `done`, whose import is just about to end.
    """
    module = sys.modules.get(provider.module)
    if module is None or (provider.module != done and being_imported(module)):
        return False
    return not isinstance(provider, Random) or provider.ready()


def being_imported(module: Any) -> bool:
    """Whether a module's code is still running."""
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


@lru_cache(maxsize=1)
def providers() -> dict[str, Provider]:
    """All providers, by name."""
    from cashet_jupyter.trace.options import OPTIONS
    from cashet_jupyter.trace.randomness import RANDOM

    return {provider.name: provider for provider in (*RANDOM, *OPTIONS)}


def load(provider: Provider) -> None:
    """Import what the state belongs to."""
    importlib.import_module(provider.module)
