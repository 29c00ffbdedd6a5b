"""Classes of the notebook, by value.

A restored class is a new class, as a run would make one. It is made without its metaclass's `__new__`, without
`__init_subclass__` and without `__set_name__`: they have had their effects, which are stored too, and running them
again while values are read would change live objects before it is known that everything can be read.
"""

from __future__ import annotations

import _collections_abc
import abc
import enum
import importlib
import inspect
import sys
import types
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from cloudpickle import cloudpickle

from cashet_jupyter.errors import NotSerializable

if TYPE_CHECKING:
    from cashet_jupyter.serialize.functions import Reduction
    from cashet_jupyter.serialize.stream import Stream

#: made with every class, or kept by the interpreter about it
SKIPPED = frozenset({"__dict__", "__weakref__", "__slotnames__", "_abc_impl", "__annotate_func__"})
#: of such types values may be given when the class is made; others may refer to the class itself
ATOMS = (type(None), bool, int, float, str, bytes, complex)
#: what `ABCMeta.__new__` does besides making the class
_abc_init: Any = importlib.import_module("_abc")._abc_init
_DATA_TYPES = (int, float, complex, str, bytes, tuple, frozenset)
_NAMED_TYPES = {type(None): None, type(Ellipsis): Ellipsis, type(NotImplemented): NotImplemented}


@dataclass(frozen=True, slots=True, eq=False)
class Docstring:
    """Stands in a pickle for the docstring of a class of the cell as it stands now."""

    qualname: str
    stored: str | None
    generated: str | None


@dataclass(frozen=True, slots=True, eq=False)
class FirstLine:
    """Stands in a pickle for the line where a class of the cell begins now."""

    qualname: str
    stored: int


def reduce_class(stream: Stream, cls: type) -> Reduction:
    """A class by name where it can be imported, otherwise by value."""
    if cls in _NAMED_TYPES:
        return type, (_NAMED_TYPES[cls],)
    if cls in cloudpickle._BUILTIN_TYPE_NAMES:
        return getattr, (types, cloudpickle._BUILTIN_TYPE_NAMES[cls])
    if cloudpickle._should_pickle_by_reference(cls):
        return NotImplemented
    if _made_in_c(cls):
        name = next((name for name, value in vars(_collections_abc).items() if value is cls), None)
        if name is None:
            raise NotSerializable("", "a type of the interpreter that no module names")
        return getattr, (_collections_abc, name)
    own = {name: value for name, value in vars(cls).items() if name not in SKIPPED and not _is_slot(cls, name, value)}
    given: dict[str, Any] = {}
    late: dict[str, Any] = {}
    for name, value in own.items():
        given[name] = _early(stream, cls, name, value)
        if given[name] is None and value is not None:
            late[name] = value
            given[name] = () if name == "__orig_bases__" else None  # `Generic` looks at it at once
    state = (late, _registered(cls), _annotations(cls))
    arguments = (type(cls), cls.__name__, cls.__qualname__, cls.__bases__, given)
    return make_class, arguments, state, None, None, set_class


def _made_in_c(cls: type) -> bool:
    """Whether a class was not made by Python code: what it does cannot be taken apart."""
    if not cls.__flags__ & 1 << 9:
        return True
    kinds = (types.MethodDescriptorType, types.WrapperDescriptorType)
    return any(isinstance(member, kinds) and member.__objclass__ is cls for member in vars(cls).values())


def is_dynamic(cls: type) -> bool:
    """Whether a class is stored by value."""
    return cls not in cloudpickle._BUILTIN_TYPE_NAMES and not cloudpickle._should_pickle_by_reference(cls)


def _early(stream: Stream, cls: type, name: str, value: Any) -> Any:
    """What a class's namespace holds for a name when the class is made; None keeps its place until later."""
    if name == "__doc__":
        return _docstring(stream, cls, value)
    if name == "__firstlineno__" and isinstance(value, int):
        return FirstLine(cls.__qualname__, value)
    if name == "__slots__" or type(value) in ATOMS:
        return value
    return None


def _is_slot(cls: type, name: str, value: object) -> bool:
    """Whether a member is made by `__slots__`."""
    return isinstance(value, types.MemberDescriptorType) and value.__objclass__ is cls and value.__name__ == name


def _docstring(stream: Stream, cls: type, value: Any) -> Any:
    """A docstring that is the cell's own text is asked for again when the class is restored."""
    known = stream.references.docstrings
    if cls.__qualname__ not in known or not (value is None or isinstance(value, str)):
        return value if value is None or isinstance(value, str) else None
    written = known[cls.__qualname__]
    if written is not None and value != written:  # set by hand since
        return value
    generated = value if written is None else _generated(cls)
    return Docstring(cls.__qualname__, written, generated)


def _generated(cls: type) -> str | None:
    """The docstring that dataclasses and named tuples give a class that has none."""
    if "__dataclass_fields__" in vars(cls):
        try:
            return cls.__name__ + str(inspect.signature(cls)).replace(" -> None", "")
        except (TypeError, ValueError):
            return cls.__name__
    fields = vars(cls).get("_fields")
    if issubclass(cls, tuple) and isinstance(fields, tuple):
        return f"{cls.__name__}({', '.join(cast('tuple[str, ...]', fields))})"
    return None


def reduce_docstring(stream: Stream, marker: Docstring) -> Reduction:
    """The docstring of the cell as it stands when it is read."""
    return stream.resolver, ("doc", marker.qualname, marker.stored, marker.generated)


def reduce_first_line(stream: Stream, marker: FirstLine) -> Reduction:
    """The line of the cell as it stands when it is read."""
    return stream.resolver, ("line", marker.qualname, marker.stored)


def _registered(cls: type) -> list[type]:
    """The virtual subclasses of an abstract base class."""
    if not isinstance(cls, abc.ABCMeta):
        return []
    registry = abc._get_dump(cls)[0]  # type: ignore[attr-defined]
    return [subclass for reference in registry if (subclass := reference()) is not None]


def _annotations(cls: type) -> dict[str, Any] | None:
    """The annotations, where they are evaluated only when asked for (3.14)."""
    if sys.version_info < (3, 14) or vars(cls).get("__annotate_func__") is None:
        return None
    try:
        return cls.__annotations__
    except NameError:  # a name that is not bound yet: nobody has seen them either
        return None


def make_class(metaclass: Any, name: str, qualname: str, bases: tuple[type, ...], given: dict[str, Any]) -> type:
    """A class with placeholders, in the order of its namespace, for all that may refer to the class itself."""
    namespace = {**given, "__qualname__": qualname}
    with _without_hooks(bases):
        try:
            cls = type.__new__(metaclass, name, bases, namespace)
        except TypeError:  # the metaclass is written in C and insists on its own
            cls = metaclass.__new__(metaclass, name, bases, namespace)
    if isinstance(cls, abc.ABCMeta):
        _abc_init(cls)
    return cls


def set_class(cls: type, state: tuple[dict[str, Any], list[type], dict[str, Any] | None]) -> None:
    """Give a restored class its attributes."""
    late, registered, annotations = state
    for name, value in late.items():
        type.__setattr__(cls, name, value)
    for subclass in registered:
        cast("abc.ABCMeta", cls).register(subclass)
    if annotations is not None:
        cls.__annotations__ = annotations


@contextmanager
def _without_hooks(bases: tuple[type, ...]) -> Generator[None]:
    """Base classes whose `__init_subclass__` does nothing, for as long as a class is made."""
    silenced: list[tuple[type, Any]] = []
    for base in dict.fromkeys(cls for given in bases for cls in given.__mro__):
        hook = vars(base).get("__init_subclass__")
        if isinstance(hook, classmethod) and isinstance(hook.__func__, types.FunctionType):
            silenced.append((base, hook))
    try:
        for base, _ in silenced:
            type.__setattr__(base, "__init_subclass__", classmethod(_nothing))
        yield
    finally:
        for base, hook in silenced:
            type.__setattr__(base, "__init_subclass__", hook)


def _nothing(cls: type, **_: Any) -> None:
    """Do nothing."""


# ------------------------------------------------------------------------------------------------ members of enums
def reduce_member(stream: Stream, member: enum.Enum) -> Reduction:
    """A member of a live enum by name; of one that is stored by value as an object like others.

    Asking the class for it, as `Enum.__reduce_ex__` does, needs a class that is complete; the member is part of it.
    """
    cls = type(member)
    if stream.references.graph.number(cls) is not None:
        return find_member, (cls, member._name_, member._value_)
    kind: Any = cast("Any", cls)._member_type_
    data: tuple[Any, ...] = ()
    if kind is not object:
        reduced = _data_of(member, kind)
        data = reduced
    state = {name: value for name, value in vars(member).items() if name != "__objclass__"}
    return make_member, (cls, kind, data), (state, cls), None, None, set_member


def find_member(cls: Any, name: str | None, value: Any) -> Any:
    """The member of a live enum; combinations of flags have no name that it knows."""
    return cls._member_map_[name] if name in cls._member_map_ else cls(value)


def _data_of(member: Any, kind: Any) -> tuple[Any, ...]:
    """The arguments with which the data type of a member makes it."""
    if kind in _DATA_TYPES:
        if kind is str:
            return (str.__str__(member),)
        if kind is bytes:
            return (bytes.__getitem__(member, slice(None)),)
        return (cast("Any", kind)(member),)
    return tuple(getattr(member, "__getnewargs__", tuple)())


def make_member(cls: type, kind: Any, data: tuple[Any, ...]) -> Any:
    """A member without its name and value."""
    return kind.__new__(cls, *data)


def set_member(member: Any, state: tuple[dict[str, Any], type]) -> None:
    """Give a member its name and value."""
    attributes, cls = state
    vars(member).update(attributes)
    vars(member)["__objclass__"] = cls
