"""Caches of calls from PyPI, as their documentation says to use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


class Joblib:
    """`joblib.Memory`."""

    mmap_mode: str | None = None

    def __init__(self, folder: Path) -> None:
        import joblib

        # It notes for the whole process which functions' sources it has written, whatever the folder.
        getattr(joblib.memory, "_FUNCTION_HASHES", {}).clear()
        self._memory = joblib.Memory(folder, mmap_mode=self.mmap_mode, verbose=0)
        self._cached: dict[Callable[..., Any], Callable[..., Any]] = {}

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives."""
        cached = self._cached.get(function)
        if cached is None:
            cached = self._cached[function] = self._memory.cache(function)
        return cached(*arguments)

    def close(self) -> None:
        """Nothing is open."""


class JoblibMapped(Joblib):
    """`joblib.Memory` that maps arrays privately and writable."""

    mmap_mode = "c"


class Diskcache:
    """`diskcache.Cache.memoize`."""

    def __init__(self, folder: Path) -> None:
        import diskcache

        self._cache = diskcache.Cache(str(folder), size_limit=1 << 40)
        self._cached: dict[Callable[..., Any], Callable[..., Any]] = {}

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives."""
        cached = self._cached.get(function)
        if cached is None:
            cached = self._cached[function] = self._cache.memoize()(function)
        return cached(*arguments)

    def close(self) -> None:
        """Close the database."""
        self._cache.close()


class Cashet:
    """`cashet.Client.submit`."""

    def __init__(self, folder: Path) -> None:
        import cashet

        self._client = cashet.Client(folder)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives."""
        return self._client.submit(function, *arguments).load()

    def close(self) -> None:
        """Close the database."""
        self._client.close()
