"""Instances by their attributes, and what nobody knows by its fingerprint and its `repr`."""

from __future__ import annotations

import struct
import warnings
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Any

from cashet_jupyter.diffs.comparing import Comparing, Gathering, typed
from cashet_jupyter.diffs.containers import attribute
from cashet_jupyter.diffs.model import ValueDiff, equal
from cashet_jupyter.diffs.text import compare_text
from cashet_jupyter.diffs.words import brief, cut, safe_repr

_POINTER = struct.calcsize("P")


def state_of(value: Any) -> dict[str, Any] | None:
    """The attributes that an instance holds, read past whatever its class does; None if it can hold none."""
    kind = type(value)
    found: dict[str, Any] = {}
    has_room = bool(kind.__dictoffset__)
    if has_room:
        own = object.__getattribute__(value, "__dict__")
        found.update({name: own[name] for name in own if isinstance(name, str)} if type(own) is dict else {})
    for base in kind.__mro__:
        for name, member in vars(base).items():
            if isinstance(member, MemberDescriptorType) and base.__module__ != "builtins":
                has_room = True
                try:
                    found.setdefault(name, member.__get__(value))
                except AttributeError:  # not set
                    continue
    if isinstance(value, BaseException):
        found["args"] = value.args
    return found if has_room else None


def compare(old: Any, new: Any, comparing: Comparing) -> ValueDiff | None:
    """Two instances of one class, or of one that was defined again."""
    if isinstance(old, ModuleType | type) or isinstance(new, ModuleType | type):
        return None
    if type(old) is not type(new) and type(old).__qualname__ != type(new).__qualname__:
        return None
    before, after = state_of(old), state_of(new)
    if before is None or after is None:
        return None
    gathering = Gathering(comparing)
    by_name(gathering, before, after)
    if type(old) is not type(new):
        gathering.found(".__class__", comparing.classes(type(old), type(new)))
    found = typed(gathering.finish("instance", old, new), old, new)
    whole = isinstance(old, BaseException) or (_of_attributes_only(type(old)) and _of_attributes_only(type(new)))
    return found if whole or found.differs else None


def _of_attributes_only(kind: type) -> bool:
    """Whether its instances hold nothing but attributes: there is no room for what an extension would keep in them."""
    slots = sum(isinstance(member, MemberDescriptorType) for base in kind.__mro__ for member in vars(base).values())
    return kind.__basicsize__ <= object.__basicsize__ + _POINTER * (2 + slots)  # `__dict__`, `__weakref__`


def by_name(gathering: Gathering, before: dict[str, Any], after: dict[str, Any]) -> None:
    """The attributes of two states."""
    for name, value in before.items():
        if name in after:
            gathering.both(attribute(name), value, after[name])
        else:
            gathering.removed(attribute(name), value)
    for name, value in after.items():
        if name not in before:
            gathering.added(attribute(name), value)


def compare_opaque(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Anything else: another kind, or the same by its fingerprint, what it is pickled as, or its `repr`."""
    kinds = type(old).__qualname__, type(new).__qualname__
    words = brief(old), brief(new)
    if kinds[0] != kinds[1]:
        said = " -> ".join(
            word if kind.lower() in word.lower() or value is None else f"{kind} {word}"
            for kind, word, value in zip(kinds, words, (old, new), strict=True)
        )
        return ValueDiff("type", "different", *words, cut(said, comparing.budget.width * 2))
    digests = comparing.fingerprint(old), comparing.fingerprint(new)
    if all(digests) and digests[0] == digests[1]:
        return equal("opaque", words[1])
    found = _pickled(old, new, comparing)
    if found is None or not found.differs:
        found = _told(old, new, comparing) or found
    if all(digests) and (found is None or not found.differs):
        return ValueDiff("opaque", "different", *words, "changed", notes=("the fingerprints differ",))
    if found is not None:
        return found
    note = f"a {kinds[1]} cannot be compared: it has no fingerprint and no text of its own"
    return ValueDiff("opaque", "unknown", *words, notes=(note,))


def _pickled(old: Any, new: Any, comparing: Comparing) -> ValueDiff | None:
    """What a type of an extension gives to pickle is what it is made of; None if it does not say."""
    made = [_reduced(value) for value in (old, new)]
    if made[0] is None or made[1] is None:
        return None
    gathering = Gathering(comparing)
    for name, before, after in zip(("arguments", "state"), made[0], made[1], strict=True):
        gathering.both(f".<{name}>", before, after)
    return gathering.finish("opaque", old, new)


def _reduced(value: Any) -> tuple[Any, Any] | None:
    named = [vars(base).get(name) for base in type(value).__mro__ for name in ("__reduce_ex__", "__reduce__")]
    if any(isinstance(method, FunctionType) for method in named):  # Python code of somebody's: it is not run
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # iterators of itertools, which are not pickled any more
            made = value.__reduce_ex__(4)
    except Exception:  # it cannot be pickled
        return None
    if not isinstance(made, tuple) or len(made) < 2:
        return None
    return made[1], made[2] if len(made) > 2 else None


def _told(old: Any, new: Any, comparing: Comparing) -> ValueDiff | None:
    texts = safe_repr(old), safe_repr(new)
    if not all(texts) or texts[0] == texts[1]:
        return None
    found = compare_text(*texts, comparing.budget)
    words = cut(texts[0], comparing.budget.width), cut(texts[1], comparing.budget.width)
    return ValueDiff("opaque", "different", *words, " -> ".join(words), hunks=found.hunks)
