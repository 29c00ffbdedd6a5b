"""The memory of the inputs, as roots that arrays of the outputs may be views of.

Imported only when numpy is.
"""

from __future__ import annotations

import array as array_module
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cashet_jupyter.serialize.origin import Origin
from cashet_jupyter.serialize.sharing import Root, memory_of
from cashet_jupyter.serialize.views import extent


def input_roots(nodes: Iterable[object]) -> Iterator[Root]:
    """The roots among the nodes of the input graph: arrays, bytearrays, frames, tensors."""
    kinds: dict[type, Any] = {}
    for node in nodes:
        kind = type(node)
        if kind not in kinds:
            kinds[kind] = _maker(kind)
        maker = kinds[kind]
        if maker is not None:
            yield from maker(node)


def _maker(kind: type) -> Any:
    if issubclass(kind, np.ndarray):
        return _of_array
    if kind is bytearray or kind is array_module.array:
        return _of_bytes
    tops = {base.__module__.partition(".")[0] for base in kind.__mro__}
    if "pandas" in tops and "pandas" in sys.modules:
        from cashet_jupyter.serialize import frames

        return frames.roots_of if frames.has_blocks(kind) else None
    if "torch" in tops and "torch" in sys.modules:
        from cashet_jupyter.serialize import tensors

        return tensors.roots_of if tensors.has_storage(kind) else None
    return None


def _of_array(node: Any) -> Iterator[Root]:
    plain = node if type(node) is np.ndarray else node.view(np.ndarray)
    if plain.size and plain.itemsize:
        base = node if plain is node else Origin(plain_array, (node,))
        yield Root(*extent(plain), plain, base)


def plain_array(node: Any) -> Any:
    """The array below an instance of a subclass of ndarray."""
    return node.view(np.ndarray)


def _of_bytes(node: Any) -> Iterator[Root]:
    if len(node):
        memory = memory_of(node)
        yield Root(*extent(memory), memory, Origin(memory_of, (node,)))
