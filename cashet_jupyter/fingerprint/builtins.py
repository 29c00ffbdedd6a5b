"""The built-in types: containers, buffers, and subclasses of numbers and strings."""

from __future__ import annotations

import gc
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from cashet_jupyter.fingerprint.encoder import Encoder, register

_ALL = slice(None)


def install() -> None:
    """Register the built-in types."""
    register(list, lambda encoder, obj: encoder.values(obj if type(obj) is list else list.__getitem__(obj, _ALL)))
    register(tuple, encode_tuple, node=False)
    register(dict, lambda encoder, obj: encoder.mapping(obj if type(obj) is dict else dict.copy(obj)))
    register(set, lambda encoder, obj: encoder.unordered(list(set.__iter__(obj))))
    register(frozenset, lambda encoder, obj: encoder.unordered(list(frozenset.__iter__(obj))), node=False)
    register(bytearray, encode_bytearray)
    register(memoryview, encode_memoryview)
    register(range, lambda encoder, obj: encoder.values([obj.start, obj.stop, obj.step]), node=False)
    register(slice, encode_slice, node=False)
    register(MappingProxyType, encode_proxy, node=False)
    register(type(NotImplemented), lambda encoder, _: encoder.tag("NotImplemented"), node=False)
    for kind, plain in _PLAIN.items():
        register(kind, _as_atom(plain), node=False)


#: for values of a subclass: how to get the plain value, whatever the subclass overrides
_PLAIN: MappingProxyType[type, Callable[[Any], object]] = MappingProxyType(
    {
        int: int.__int__,
        float: float.__float__,
        complex: complex.__pos__,
        str: str.__str__,
        bytes: lambda obj: bytes.__getitem__(obj, _ALL),
    }
)


def _as_atom(plain: Callable[[Any], object]) -> Callable[[Encoder, Any], None]:
    return lambda encoder, obj: encoder.value(plain(obj))


def encode_tuple(encoder: Encoder, obj: Any) -> None:
    """A tuple, or what a subclass of it holds."""
    encoder.values(obj if type(obj) is tuple else tuple.__getitem__(obj, _ALL))


def encode_slice(encoder: Encoder, obj: slice) -> None:
    """A slice; its bounds can be anything."""
    encoder.values([obj.start, obj.stop, obj.step])


def encode_bytearray(encoder: Encoder, obj: bytearray) -> None:
    """The bytes, where they lie."""
    with memoryview(obj) as view:
        encoder.buffer(view)


def encode_memoryview(encoder: Encoder, obj: memoryview) -> None:
    """Its format and shape, what it looks at, and the bytes that it sees there."""
    encoder.text(obj.format)
    encoder.values([obj.readonly, *(obj.shape or ()), *(obj.strides or ())])
    encoder.value(obj.obj)
    encoder.buffer(obj.tobytes())


def encode_proxy(encoder: Encoder, obj: MappingProxyType[Any, Any]) -> None:
    """A read-only view: the mapping that lies behind it, which others may change."""
    encoder.values(gc.get_referents(obj))
