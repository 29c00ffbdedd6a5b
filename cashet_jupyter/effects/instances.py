"""Changing any other object in place: by its attributes, or by the state that its class reads and takes back."""

from __future__ import annotations

import copyreg
import types
from typing import Any, cast

from cashet_jupyter.effects.attributes import attributes_of, dict_of, put_attributes
from cashet_jupyter.effects.builtin import EXCEPTION
from cashet_jupyter.effects.kinds import InPlaceError, Kind, always

_ATOMS = (type(None), bool, int, float, complex, str, bytes)
#: what only a class that is written in C has in its namespace
_MADE_IN_C = (types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType)
#: classes in C that have no content of their own
_EMPTY = frozenset({"Generic", "Protocol"})


def kind_of_instance(obj: Any) -> Kind | None:
    """How an object is changed in place, or None if that cannot be done."""
    cls = type(obj)
    if issubclass(cls, BaseException) and cls.__reduce__ is BaseException.__reduce__:
        return EXCEPTION
    if cls.__reduce_ex__ is object.__reduce_ex__ and cls.__reduce__ is object.__reduce__:
        return _by_default(obj, cls)
    if _made_in_python(cls) and not hasattr(cls, "__setstate__"):
        return INSTANCE
    return _by_reduction(obj, cls)


def _by_default(obj: Any, cls: type) -> Kind | None:
    """An object that pickle takes apart by its attributes, or by what its `__getstate__` says."""
    if cls.__getstate__ is object.__getstate__:  # type: ignore[attr-defined]
        try:
            object.__reduce_ex__(obj, 5)  # refuses objects with content that Python does not see
        except TypeError:
            return None
        return INSTANCE
    own, slots = attributes_of(obj)
    state = obj.__getstate__()
    if own is not None and not slots and isinstance(state, dict) and _holds(cast("dict[Any, Any]", state), own):
        return INSTANCE  # it adds something, such as a version, and leaves nothing out
    if hasattr(cls, "__setstate__"):
        return STATE
    return STATE if isinstance(state, dict) else None


def _by_reduction(obj: Any, cls: type) -> Kind | None:
    """An object with a reduction of its own, if all that can change is in the state."""
    reduced = _reduced(obj)
    if reduced is None:
        return None
    own = dict_of(obj)
    if isinstance(reduced[2], dict) and own is not None and not hasattr(cls, "__setstate__"):
        state = cast("dict[Any, Any]", reduced[2])
        return INSTANCE if _holds(state, own) and _holds(own, state) else None
    return STATE if hasattr(cls, "__setstate__") else None


def _reduced(obj: Any) -> tuple[Any, Any, Any] | None:
    """(callable, arguments, state) of an object, if only the state can hold what changes."""
    reduced = obj.__reduce_ex__(5)
    if not isinstance(reduced, tuple) or not 3 <= len(reduced) <= 5:
        return None
    parts = cast("tuple[Any, ...]", reduced)
    if parts[2] is None or any(part is not None for part in parts[3:]):
        return None
    fixed = all(isinstance(part, (*_ATOMS, type)) for part in parts[1])
    return (parts[0], parts[1], parts[2]) if fixed else None


def _holds(state: dict[Any, Any], own: dict[Any, Any]) -> bool:
    return all(name in state and state[name] is value for name, value in own.items())


def _made_in_python(cls: type) -> bool:
    """Whether all content of the instances of a class is in their attributes."""
    return all(
        base.__name__ in _EMPTY or not any(isinstance(member, _MADE_IN_C) for member in vars(base).values())
        for base in cls.__mro__
        if base is not object
    )


# --------------------------------------------------------------------------------------------------- by its state
def _get_state(obj: Any) -> Any:
    cls = type(obj)
    if cls.__reduce_ex__ is object.__reduce_ex__ and cls.__reduce__ is object.__reduce__:
        return copyreg.__newobj__, (cls,), obj.__getstate__()  # type: ignore[attr-defined]
    return _reduced(obj)


def _check_state(obj: Any, content: Any) -> None:
    """The arguments that made the object cannot be changed in place, so they have to be what they are."""
    live = _get_state(obj)
    if live is None or live[0] is not content[0] or live[1] != content[1]:
        raise InPlaceError("made with other arguments")


def _put_state(obj: Any, content: Any) -> None:
    """As unpickling does it, on an object without attributes: what the class leaves out of its state is gone."""
    state = content[2]
    own = dict_of(obj)
    if own is not None:
        own.clear()
    if hasattr(type(obj), "__setstate__"):
        obj.__setstate__(state)
    elif own is not None:
        own.update(state)


def _keep_state(obj: Any) -> Any:
    return _get_state(obj)


# ---------------------------------------------------------------------------------------------- by its attributes
def _get_instance(obj: Any) -> Any:
    return type(obj), attributes_of(obj)


def _check_instance(obj: Any, content: Any) -> None:
    if content[0] is type(obj):
        return
    before = type(obj)
    try:
        object.__setattr__(obj, "__class__", content[0])
        object.__setattr__(obj, "__class__", before)
    except TypeError as error:
        raise InPlaceError("its class cannot be changed to what it was") from error


def _put_instance(obj: Any, content: Any) -> None:
    cls, attributes = content
    if cls is not type(obj):
        object.__setattr__(obj, "__class__", cls)
    put_attributes(obj, attributes)


INSTANCE = Kind("instance", _get_instance, _put_instance, _check_instance, sure=always)
STATE = Kind("state", _get_state, _put_state, _check_state, _keep_state)
