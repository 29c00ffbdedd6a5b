"""Changing builtin objects in place: containers, functions, classes, cells.

The methods of the builtin base are called, never those of a subclass: they have had their effects in the run.
"""

from __future__ import annotations

import abc
import array
import collections
import functools
import types
from importlib import import_module
from typing import Any

from cashet_jupyter.effects.attributes import attributes_of, put_attributes
from cashet_jupyter.effects.kinds import InPlaceError, Kind, always

#: what `abc` is made of: the only way to its registries
_abc: Any = import_module("_abc")

#: made with every class, or kept by the interpreter about it
SKIPPED = frozenset({
    "__dict__", "__weakref__", "__slotnames__", "__slots__", "__annotate_func__", "__annotations_cache__",
    "_abc_impl", "__firstlineno__", "__static_attributes__", "__module__", "__qualname__",
})  # fmt: skip
_ATOMS = (type(None), bool, int, float, complex, str, bytes)


# ------------------------------------------------------------------------------------------------------ containers
def _get_list(obj: list[Any]) -> Any:
    return list.copy(obj), _extras(obj, list)


def _put_list(obj: list[Any], content: Any) -> None:
    list.__setitem__(obj, slice(None), content[0])
    _put_extras(obj, content[1])


def _get_set(obj: set[Any]) -> Any:
    return list(set.__iter__(obj)), _extras(obj, set)


def _put_set(obj: set[Any], content: Any) -> None:
    new = set(content[0])  # hashes first: if one of them raises, nothing has changed
    set.clear(obj)
    set.update(obj, new)
    _put_extras(obj, content[1])


def _get_deque(obj: collections.deque[Any]) -> Any:
    return list(collections.deque.__iter__(obj)), obj.maxlen, _extras(obj, collections.deque)


def _check_deque(obj: collections.deque[Any], content: Any) -> None:
    if obj.maxlen != content[1]:
        raise InPlaceError("the length of a deque is bounded otherwise")


def _put_deque(obj: collections.deque[Any], content: Any) -> None:
    collections.deque.clear(obj)
    collections.deque.extend(obj, content[0])
    _put_extras(obj, content[2])


def _get_dict(obj: dict[Any, Any]) -> Any:
    factory = obj.default_factory if isinstance(obj, collections.defaultdict) else None
    return list(_base(obj).items(obj)), factory, _extras(obj, dict, collections.OrderedDict, collections.defaultdict)


def _put_dict(obj: dict[Any, Any], content: Any) -> None:
    base = _base(obj)
    dict(content[0])  # hashes first: if one of them raises, nothing has changed
    base.clear(obj)
    for key, value in content[0]:
        base.__setitem__(obj, key, value)
    if isinstance(obj, collections.defaultdict):
        obj.default_factory = content[1]
    _put_extras(obj, content[2])


def _base(obj: dict[Any, Any]) -> Any:
    """The builtin that keeps the items: an `OrderedDict` keeps their order apart from its base."""
    return collections.OrderedDict if isinstance(obj, collections.OrderedDict) else dict


def _extras(obj: object, *plain: type) -> Any:
    """The attributes of an instance of a subclass; None for the builtin itself."""
    return None if type(obj) in plain else attributes_of(obj)


def _put_extras(obj: object, extras: Any) -> None:
    if extras is not None:
        put_attributes(obj, extras)


def _put_bytearray(obj: bytearray, content: bytes) -> None:
    obj[:] = content


def _get_array(obj: array.array[Any]) -> Any:
    return obj.typecode, obj.tobytes()


def _check_array(obj: array.array[Any], content: Any) -> None:
    if obj.typecode != content[0]:
        raise InPlaceError("an array of another type")


def _put_array(obj: array.array[Any], content: Any) -> None:
    del obj[:]
    obj.frombytes(content[1])


# ------------------------------------------------------------------------------------- cells, functions and classes
def _get_cell(obj: types.CellType) -> Any:
    try:
        return (obj.cell_contents,)
    except ValueError:
        return ()


def _put_cell(obj: types.CellType, content: Any) -> None:
    if content:
        obj.cell_contents = content[0]
    else:
        del obj.cell_contents


_OF_FUNCTION = ("__code__", "__defaults__", "__kwdefaults__", "__doc__", "__name__", "__qualname__", "__module__")


def _get_function(obj: types.FunctionType) -> Any:
    return {name: getattr(obj, name) for name in _OF_FUNCTION}, dict(obj.__annotations__), dict(vars(obj))


def _check_function(obj: types.FunctionType, content: Any) -> None:
    if len(content[0]["__code__"].co_freevars) != len(obj.__closure__ or ()):
        raise InPlaceError("code with other free variables")


def _put_function(obj: types.FunctionType, content: Any) -> None:
    fixed, annotations, attributes = content
    for name, value in fixed.items():
        if getattr(obj, name) is not value:
            setattr(obj, name, value)
    if obj.__annotations__ != annotations:
        obj.__annotations__ = annotations
    vars(obj).clear()
    vars(obj).update(attributes)


def _get_class(obj: type) -> Any:
    attributes = {name: value for name, value in vars(obj).items() if not _is_fixed(name, value)}
    return attributes, _registered(obj)


def _put_class(obj: type, content: Any) -> None:
    attributes, registered = content
    own = dict(vars(obj))
    for name, value in own.items():
        if name not in attributes and not _is_fixed(name, value):
            type.__delattr__(obj, name)
    for name, value in attributes.items():
        if name not in own or not _same(own[name], value):
            type.__setattr__(obj, name, value)
    if isinstance(obj, abc.ABCMeta) and _registered(obj) != registered:
        _abc._reset_registry(obj)
        _abc._reset_caches(obj)
        for subclass in registered:
            abc.ABCMeta.register(obj, subclass)


def _registered(obj: type) -> list[type]:
    """The virtual subclasses of an abstract base class, by name: the registry itself is a set."""
    if not isinstance(obj, abc.ABCMeta):
        return []
    alive = [subclass for reference in _abc._get_dump(obj)[0] if (subclass := reference()) is not None]
    return sorted(alive, key=lambda kind: (kind.__module__, kind.__qualname__, id(kind)))


def _is_fixed(name: str, value: object) -> bool:
    return name in SKIPPED or isinstance(value, types.MemberDescriptorType | types.GetSetDescriptorType)


def _same(old: object, new: object) -> bool:
    return old is new or (type(old) is type(new) and type(old) in _ATOMS and repr(old) == repr(new))


def _get_partial(obj: functools.partial[Any]) -> Any:
    return obj.__reduce__()[2]  # type: ignore[index]


def _put_partial(obj: functools.partial[Any], content: Any) -> None:
    obj.__setstate__(content)  # type: ignore[attr-defined]


def _get_exception(obj: BaseException) -> Any:
    return obj.args, obj.__cause__, obj.__context__, obj.__suppress_context__, attributes_of(obj)


def _put_exception(obj: BaseException, content: Any) -> None:
    obj.args, obj.__cause__, obj.__context__, obj.__suppress_context__ = content[:4]
    put_attributes(obj, content[4])


_DICT = Kind("dict", _get_dict, _put_dict, hashes=True)
_SET = Kind("set", _get_set, _put_set, hashes=True)


def kind_of_container(obj: Any) -> Kind:
    """How a set or dict is changed in place."""
    return _DICT if isinstance(obj, dict) else _SET


#: base class -> kind; the first that fits is taken
KINDS: tuple[tuple[type, Kind], ...] = (
    (types.FunctionType, Kind("function", _get_function, _put_function, _check_function)),
    (types.CellType, Kind("cell", _get_cell, _put_cell, sure=always)),
    (type, Kind("class", _get_class, _put_class)),
    (list, Kind("list", _get_list, _put_list, sure=always)),
    (dict, _DICT),
    (set, _SET),
    (collections.deque, Kind("deque", _get_deque, _put_deque, _check_deque, sure=always)),
    (bytearray, Kind("bytearray", bytes, _put_bytearray)),
    (array.array, Kind("array.array", _get_array, _put_array, _check_array)),
    (functools.partial, Kind("partial", _get_partial, _put_partial)),
)
#: exceptions whose fields are the common ones
EXCEPTION = Kind("exception", _get_exception, _put_exception)
