"""Objects of classes that nobody has registered: by their layout, or by their pickle reduction.

An object whose class leaves pickling to Python is its class, its `__dict__` and its slots. Everything else says by
its reduction what it is made of. What a reducer makes only to return it (fresh lists, dicts, arrays) has no identity:
nothing else refers to it, which its reference count tells.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from copyreg import dispatch_table
from types import MemberDescriptorType
from typing import Any

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint.encoder import Encode, Encoder
from cashet_jupyter.fingerprint.origins import is_static
from cashet_jupyter.fingerprint.pieces import ATOMS
from cashet_jupyter.fingerprint.refused import why_refused
from cashet_jupyter.fingerprint.registry import REGISTRY, Entry

#: the method by which a class says itself what its values are
HOOK = "__cashet_fingerprint__"
TOKEN = "__dask_tokenize__"

_POINTER = object.__basicsize__ // 2
_CUSTOM = ("__getnewargs__", "__getnewargs_ex__")


def install() -> None:
    """Register `object` itself: an instance of it is nothing but an identity."""
    REGISTRY.entries[object] = Entry(object, lambda encoder, _: encoder.tag("object"), subclasses=False)


def hook_entry(kind: type) -> Entry:
    """For classes with `__cashet_fingerprint__`: what it returns stands for the object."""
    return Entry(kind, lambda encoder, obj: _encode_answer(encoder, obj, HOOK))


def token_entry(kind: type) -> Entry | None:
    """For classes that dask knows how to tell apart; None for others."""
    if not hasattr(kind, TOKEN):
        return None
    return Entry(kind, lambda encoder, obj: _encode_answer(encoder, obj, TOKEN))


def object_entry(kind: type) -> Entry:
    """For all other classes."""
    refusal = why_refused(kind)
    if refusal is not None:
        why, advice = refusal
        return Entry(kind, lambda encoder, _: encoder.refuse(why, advice))
    if is_plain(kind):
        return Entry(kind, _plain(kind))
    return Entry(kind, encode_reduced)


def is_plain(kind: type) -> bool:
    """Whether an instance is its `__dict__` and its slots, and nothing besides.

    As pickle finds it out: nothing is overridden, and the instance is no bigger than these need.
    """
    if (
        kind.__reduce_ex__ is not object.__reduce_ex__
        or kind.__reduce__ is not object.__reduce__
        or getattr(kind, "__getstate__", None) is not getattr(object, "__getstate__", None)
        or kind in dispatch_table
        or any(hasattr(kind, name) for name in _CUSTOM)
        or kind.__itemsize__
    ):
        return False
    pointers = (kind.__dictoffset__ > 0) + (kind.__weakrefoffset__ > 0) + len(all_slots(kind))
    if sys.version_info < (3, 12):
        pointers = (kind.__dictoffset__ != 0) + (kind.__weakrefoffset__ > 0) + len(all_slots(kind))
    return kind.__basicsize__ <= object.__basicsize__ + pointers * _POINTER


def all_slots(kind: type) -> dict[str, Any]:
    """The slots of a class and its bases, by name (as mangled), as descriptors."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if "__slots__" in vars(base) and not is_static(base):
            found |= {name: value for name, value in vars(base).items() if type(value) is MemberDescriptorType}
    return found


def _plain(kind: type) -> Encode:
    slots = all_slots(kind)
    if not slots:
        return encode_dict
    has_dict = bool(kind.__dictoffset__)

    def encode(encoder: Encoder, obj: Any) -> None:
        if has_dict:
            encode_dict(encoder, obj)
        encode_slots(encoder, obj, slots)

    return encode


def encode_dict(encoder: Encoder, obj: Any) -> None:
    """The attributes of an object, in their order."""
    attributes = obj.__dict__
    encoder.part(attributes)
    encoder.attributes(attributes)


def encode_slots(encoder: Encoder, obj: Any, slots: dict[str, Any]) -> None:
    """The slots that are set."""
    kind = type(obj)
    values: dict[str, Any] = {}
    for name in sorted(slots):
        try:
            values[name] = slots[name].__get__(obj, kind)
        except AttributeError:
            continue
    encoder.attributes(values)


# -------------------------------------------------------------------------------------------------------- reductions
def encode_reduced(encoder: Encoder, obj: Any) -> None:
    """An object by its pickle reduction."""
    reduced = _reduce(encoder, obj)
    if isinstance(reduced, str):
        encoder.tag("global")
        encoder.text(reduced)
        return
    fresh = (*_freshness(reduced), False, False, False, False)
    function, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
    encoder.value(function)
    encode_fresh_items(encoder, arguments)
    _encode_state(encoder, obj, state, fresh=fresh[2])
    for iterator in (items, pairs):
        encoder.value(iterator is not None)
        if iterator is not None:
            encode_fresh_items(encoder, list(iterator))
    encoder.value(setter)


def _reduce(encoder: Encoder, obj: Any) -> Any:
    kind = type(obj)
    reducer: Callable[[Any], Any] | None = dispatch_table.get(kind)
    try:
        if kind.__module__ == "itertools":
            return _reduce_iterator(obj)
        return obj.__reduce_ex__(5) if reducer is None else reducer(obj)
    except NotFingerprintable:
        raise
    except Exception as error:
        return encoder.refuse(f"a {kind.__module__}.{kind.__qualname__} has no value that can be read: {error}")


def _reduce_iterator(obj: Any) -> Any:
    """Iterators still reduce in 3.12 and 3.13, but complain.

    Only for them: silencing warnings makes Python forget which ones it has shown.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return obj.__reduce_ex__(5)


def _encode_state(encoder: Encoder, obj: Any, state: Any, *, fresh: bool) -> None:
    if type(state) is tuple and len(state) == 2 and type(state[1]) is dict and type(state[0]) in (dict, type(None)):
        encoder.tag("attributes and slots")
        for part, is_fresh in zip(state, _freshness(state), strict=True):
            _encode_state(encoder, obj, part, fresh=is_fresh)
    elif type(state) is dict and state is getattr(obj, "__dict__", None):
        encoder.tag("attributes")
        encode_dict(encoder, obj)
    elif type(state) is dict and fresh:
        encoder.tag("attributes")
        encode_fresh_mapping(encoder, state)
    else:
        encoder.tag("state")
        _encode_fresh(encoder, state, fresh=fresh)


def encode_fresh_items(encoder: Encoder, items: Any) -> None:
    """Arguments and states that a reducer made: those that nothing else refers to have no identity."""
    if type(items) is not tuple and type(items) is not list:
        encoder.value(items)
        return
    encoder.values([len(items)])
    for position, fresh in enumerate(_freshness(items)):
        with encoder.step(f"[{position}]"):
            _encode_fresh(encoder, items[position], fresh=fresh)


def encode_fresh_mapping(encoder: Encoder, items: dict[Any, Any]) -> None:
    """The attributes that a reducer collected."""
    values = list(items.values())
    encoder.values(list(items))
    for name, fresh in zip(items, _freshness(values, extra=1), strict=True):
        with encoder.step(f".{name}" if type(name) is str else f"[{name!r}]"):
            _encode_fresh(encoder, items[name], fresh=fresh)


def _encode_fresh(encoder: Encoder, obj: Any, *, fresh: bool) -> None:
    """A value, or the content of a temporary; containers that are fresh are looked into."""
    kind = type(obj)
    if not fresh or kind in ATOMS:
        if kind is tuple and fresh:
            encode_fresh_items(encoder, obj)
        else:
            encoder.value(obj)
    elif kind is tuple or kind is list:
        encoder.tag(kind.__name__)
        encode_fresh_items(encoder, obj)
    elif kind is dict:
        encoder.tag("dict")
        encode_fresh_mapping(encoder, obj)
    else:
        encoder.content(obj)


def _freshness(items: Any, extra: int = 0) -> list[bool]:
    """For each item of a container whether only that container refers to it."""
    return [_references(items, position) <= _ALONE + extra for position in range(len(items))]


def _references(items: Any, position: int) -> int:
    return sys.getrefcount(items[position])


#: what `_references` gives for an item that nothing else refers to. It depends on the interpreter: 3.14 does not count
#: what it borrows
_ALONE = _references([object()], 0)


def _encode_answer(encoder: Encoder, obj: Any, method: str) -> None:
    """What an object says about itself."""
    try:
        answer = (getattr(obj, method)(),)
    except Exception as error:
        encoder.refuse(f"{type(obj).__qualname__}.{method}() failed: {error}")
    encoder.tag(method)
    encode_fresh_items(encoder, answer)
