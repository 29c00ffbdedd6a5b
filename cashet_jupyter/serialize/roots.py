"""The memory of the inputs, as roots that arrays of the outputs may be views of.

Imported only when numpy is.
"""

from __future__ import annotations

import array as array_module
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cashet_jupyter.serialize.origin import Origin, packages_of
from cashet_jupyter.serialize.sharing import Root, memory_of
from cashet_jupyter.serialize.views import extent


def input_roots(nodes: Iterable[object], changed: frozenset[int]) -> Iterator[Root]:
    """The roots among the nodes of the input graph: arrays, bytearrays, frames, tensors.

    `changed` are the ids of those that the run changed in place. A changed frame gets blocks of its own when it is
    restored, so the memory that it has here is not an input's any more.
    """
    kinds: dict[type, Any] = {}
    for node in nodes:
        kind = type(node)
        if kind not in kinds:
            kinds[kind] = _maker(kind)
        maker = kinds[kind]
        if maker is _of_array:
            yield from _of_array(node, changed=id(node) in changed)
        elif maker is not None and not (id(node) in changed and maker is not _of_bytes and _is_frame(node)):
            yield from maker(node)


def _maker(kind: type) -> Any:
    if issubclass(kind, np.ndarray):
        return _of_array
    if kind is bytearray or kind is array_module.array:
        return _of_bytes
    tops = packages_of(kind)
    if "pandas" in tops and "pandas" in sys.modules:
        from cashet_jupyter.serialize import frames

        return frames.roots_of if frames.has_blocks(kind) else None
    if "torch" in tops and "torch" in sys.modules:
        from cashet_jupyter.serialize import tensors

        return tensors.roots_of if tensors.has_storage(kind) else None
    return None


def _is_frame(node: object) -> bool:
    return hasattr(node, "_mgr")


def _of_array(node: Any, *, changed: bool) -> Iterator[Root]:
    plain = node if type(node) is np.ndarray else node.view(np.ndarray)
    if plain.size and plain.itemsize:
        base = node if plain is node else Origin(plain_array, (node,))
        yield Root(*extent(plain), plain, base, changed=changed)
    mask = getattr(node, "_mask", None) if isinstance(node, np.ma.MaskedArray) else None
    if isinstance(mask, np.ndarray) and mask.size:
        yield Root(*extent(mask), mask, Origin(mask_array, (node,)))


def mask_array(node: Any) -> Any:
    """The mask of a masked array; views of it share it."""
    return node._mask


def plain_array(node: Any) -> Any:
    """The array below an instance of a subclass of ndarray."""
    return node.view(np.ndarray)


def _of_bytes(node: Any) -> Iterator[Root]:
    if len(node):
        memory = memory_of(node)
        yield Root(*extent(memory), memory, Origin(memory_of, (node,)))
