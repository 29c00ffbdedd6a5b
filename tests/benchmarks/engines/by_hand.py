"""What a careful user writes by hand: a hash of the function's source and the arguments, one file for each result.

Sound as far as equal pickles mean equal arguments; what the function calls does not count.
"""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from blake3 import blake3


class Pickle:
    """`pickle.dump` with protocol 5, and `pickle.load`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._sources: dict[Callable[..., Any], bytes] = {}

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives."""
        path = self._folder / self._key(function, arguments)
        if path.exists():
            return self.load(path)
        value = function(*arguments)
        staged = path.with_suffix(".new")
        self.dump(value, staged)
        staged.rename(path)
        return value

    def _key(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
        source = self._sources.get(function)
        if source is None:
            source = self._sources[function] = inspect.getsource(function).encode()
        hasher = blake3(source, max_threads=blake3.AUTO)
        buffers: list[pickle.PickleBuffer] = []
        hasher.update(pickle.dumps(arguments, 5, buffer_callback=buffers.append))
        for buffer in buffers:
            hasher.update(buffer.raw())
        return hasher.hexdigest()

    def dump(self, value: Any, path: Path) -> None:
        """Write a result."""
        with path.open("wb") as file:
            pickle.dump(value, file, 5)

    def load(self, path: Path) -> Any:
        """Read a result."""
        with path.open("rb") as file:
            return pickle.load(file)

    def close(self) -> None:
        """Nothing is open."""


class NumpySave(Pickle):
    """`np.save`, and `np.load` with a private mapping: for arrays only."""

    def dump(self, value: Any, path: Path) -> None:
        """Write an array."""
        import numpy as np

        with path.open("wb") as file:
            np.save(file, value)

    def load(self, path: Path) -> Any:
        """Map an array."""
        import numpy as np

        return np.load(path, mmap_mode="c")


class Feather(Pickle):
    """Feather without compression, memory-mapped: for frames only."""

    def __init__(self, folder: Path) -> None:
        from pyarrow import feather

        super().__init__(folder)
        self._feather: Any = feather

    def dump(self, value: Any, path: Path) -> None:
        """Write a frame."""
        self._feather.write_feather(value, str(path), compression="uncompressed")

    def load(self, path: Path) -> Any:
        """Read a frame."""
        return self._feather.read_feather(str(path), memory_map=True)
