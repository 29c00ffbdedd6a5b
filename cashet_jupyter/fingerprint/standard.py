"""Values of the standard library."""

from __future__ import annotations

import array
import collections
import contextvars
import datetime
import decimal
import fractions
import functools
import io
import logging
import pathlib
import random
import re
import struct
import sys
import types
import typing
import uuid
import weakref
from typing import Any

from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.objects import encode_reduced

_FILE = ("an open file has no value", "open it inside the cell that uses it, or keep its path")


def install() -> None:
    """Register the standard library's types."""
    _install_numbers_and_times()
    _install_containers()
    _install_streams()
    _install_references()
    _install_types()
    for kind in _exceptions():
        register(kind, encode_exception)
    register(random.Random, encode_random)
    register(functools.partial, encode_partial)
    register(logging.Logger, encode_logger, node=False)
    register("IPython.core.interactiveshell:InteractiveShell", lambda encoder, _: encoder.tag("shell"), node=False)


# ------------------------------------------------------------------------------------------------- numbers and times
def _install_numbers_and_times() -> None:
    register(decimal.Decimal, lambda encoder, obj: encoder.text(str(decimal.Decimal.as_tuple(obj))), node=False)
    register(fractions.Fraction, lambda encoder, obj: encoder.values([obj.numerator, obj.denominator]), node=False)
    register(datetime.datetime, encode_datetime, node=False)
    register(datetime.date, lambda encoder, obj: encoder.value(obj.toordinal()), node=False)
    register(datetime.time, encode_time, node=False)
    register(
        datetime.timedelta, lambda encoder, obj: encoder.values([obj.days, obj.seconds, obj.microseconds]), node=False
    )
    register(datetime.timezone, lambda encoder, obj: encoder.values(obj.__getinitargs__()), node=False)
    register("zoneinfo:ZoneInfo", encode_zone, node=False)
    register(uuid.UUID, lambda encoder, obj: encoder.values([obj.int, str(obj.is_safe)]), node=False)
    register(pathlib.PurePath, lambda encoder, obj: encoder.text(str(obj)), node=False)
    register(re.Pattern, lambda encoder, obj: encoder.values([obj.pattern, obj.flags]), node=False)
    register(re.Match, encode_match, node=False)
    register(struct.Struct, lambda encoder, obj: encoder.value(obj.format), node=False)


def encode_datetime(encoder: Encoder, obj: datetime.datetime) -> None:
    """A moment: fields, fold, zone."""
    encoder.values([obj.year, obj.month, obj.day, obj.hour, obj.minute, obj.second, obj.microsecond, obj.fold])
    encoder.value(obj.tzinfo)


def encode_time(encoder: Encoder, obj: datetime.time) -> None:
    """A time of day: fields, fold, zone."""
    encoder.values([obj.hour, obj.minute, obj.second, obj.microsecond, obj.fold])
    encoder.value(obj.tzinfo)


def encode_zone(encoder: Encoder, zone: Any) -> None:
    """A time zone by its key; one that was read from a file without a key hides its rules."""
    if zone.key is None:
        encoder.refuse("a time zone without a key has no value that can be read")
    encoder.text(zone.key)


def encode_match(encoder: Encoder, match: re.Match[Any]) -> None:
    """A match: the pattern, the text, and where the groups lie in it."""
    encoder.values([match.re, match.string, match.pos, match.endpos, match.regs])


# -------------------------------------------------------------------------------------------------------- containers
def _install_containers() -> None:
    register(collections.deque, encode_deque)
    register(collections.defaultdict, encode_defaultdict)
    register(collections.OrderedDict, encode_ordered)
    register(types.SimpleNamespace, encode_namespace)
    register(array.array, encode_array)


def encode_deque(encoder: Encoder, obj: collections.deque[Any]) -> None:
    """A deque: its bound and its items."""
    encoder.value(obj.maxlen)
    encoder.values(list(collections.deque.__iter__(obj)))


def encode_defaultdict(encoder: Encoder, obj: Any) -> None:
    """A dict with a factory."""
    with encoder.step(".default_factory"):
        encoder.value(obj.default_factory)
    encoder.mapping(dict.copy(obj) if type(obj) is not collections.defaultdict else dict(obj))


def encode_ordered(encoder: Encoder, obj: Any) -> None:
    """An ordered dict: the order is its own, not that of the dict beneath."""
    encoder.mapping(dict(collections.OrderedDict.items(obj)))


def encode_namespace(encoder: Encoder, obj: types.SimpleNamespace) -> None:
    """A namespace: its attributes."""
    encoder.part(obj.__dict__)
    encoder.attributes(obj.__dict__)


def encode_array(encoder: Encoder, obj: array.array[Any]) -> None:
    """An array: type code and bytes, where they lie; strings by their characters."""
    encoder.text(obj.typecode)
    if obj.typecode in "uw":
        encoder.value(obj.tounicode())
    else:
        with memoryview(obj) as view:
            encoder.buffer(view)


# ----------------------------------------------------------------------------------------------------------- streams
def _install_streams() -> None:
    register(io.StringIO, encode_memory_file)
    register(io.BytesIO, encode_memory_file)
    register(io.IOBase, encode_file, whole=True)
    register("_io:_IOBase", encode_file, whole=True)
    register("ipykernel.iostream:OutStream", encode_file)
    register("tempfile:_TemporaryFileWrapper", encode_file)


def encode_memory_file(encoder: Encoder, file: Any) -> None:
    """A file in memory: what is in it, and where it stands."""
    if file.closed:
        encoder.tag("closed")
        return
    encoder.values([file.getvalue(), file.tell()])
    if isinstance(file, io.StringIO):
        encoder.values([file.newlines if isinstance(file.newlines, str) else None, file.line_buffering])


def encode_file(encoder: Encoder, file: Any) -> None:
    """A file: the standard streams by name; a closed one by what can still be asked of it; an open one is refused."""
    for name in ("stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__"):
        if getattr(sys, name, None) is file:
            encoder.tag(name.strip("_"))
            return
    if not getattr(file, "closed", False):
        encoder.refuse(*_FILE)
    encoder.tag("closed")
    encoder.values([str(getattr(file, "name", "")), str(getattr(file, "mode", ""))])


# -------------------------------------------------------------------------------------------------------- references
def _install_references() -> None:
    register(weakref.ref, encode_weakref, node=False)
    for kind in (weakref.ProxyType, weakref.CallableProxyType):
        register(kind, lambda encoder, _: encoder.refuse("a weak proxy hides its object"), node=False)
    register(weakref.WeakSet, lambda encoder, obj: encoder.unordered(list(obj)))
    for kind in (weakref.WeakKeyDictionary, weakref.WeakValueDictionary):
        register(kind, lambda encoder, obj: encoder.mapping(dict(obj.items())))
    register(contextvars.ContextVar, encode_context_variable)


def encode_weakref(encoder: Encoder, reference: weakref.ref[Any]) -> None:
    """A weak reference: the object, if it is still there, and the callback."""
    encoder.value(reference())
    encoder.value(reference.__callback__)


def encode_context_variable(encoder: Encoder, variable: contextvars.ContextVar[Any]) -> None:
    """A context variable: its name and what it stands for here."""
    encoder.text(variable.name)
    missing = object()
    value = variable.get(missing)
    if value is missing:
        encoder.tag("unset")
    else:
        encoder.value(value)


# ------------------------------------------------------------------------------------------------------------- types
def _install_types() -> None:
    register(types.GenericAlias, encode_alias, node=False)
    union: Any = types.UnionType
    register(union, lambda encoder, obj: encoder.values(typing.get_args(obj)), node=False)
    for name in ("_GenericAlias", "_SpecialForm", "_BaseGenericAlias", "_SpecialGenericAlias"):
        kind = getattr(typing, name, None)
        if kind is not None:
            register(kind, encode_reduced, node=False)
    for kind in (typing.TypeVar, typing.ParamSpec):
        register(kind, encode_type_variable, node=False)
    register(typing.ForwardRef, lambda encoder, obj: encoder.text(obj.__forward_arg__), node=False)


def encode_alias(encoder: Encoder, alias: Any) -> None:
    """`list[int]`, and `*tuple[int]`."""
    encoder.value(alias.__origin__)
    encoder.values(alias.__args__)
    encoder.value(bool(getattr(alias, "__unpacked__", False)))


def encode_type_variable(encoder: Encoder, variable: Any) -> None:
    """A type variable: name, bound, constraints, variance."""
    encoder.text(variable.__name__)
    encoder.value(getattr(variable, "__bound__", None))
    encoder.values(getattr(variable, "__constraints__", ()))
    encoder.values([bool(getattr(variable, name, False)) for name in ("__covariant__", "__contravariant__")])


# ------------------------------------------------------------------------------------------------------------ others
def _exceptions() -> list[type]:
    """The built-in exceptions; each, because several have a reducer of their own."""
    found = [BaseException]
    for kind in found:
        found += [sub for sub in kind.__subclasses__() if sub.__module__ == "builtins" and sub not in found]
    return found


def encode_exception(encoder: Encoder, error: BaseException) -> None:
    """An exception: what it reduces to, its attributes, cause and context; the traceback is not part of its value."""
    encoder.values(error.args)
    own = {name: getattr(error, name, None) for name in _OF_EXCEPTIONS if hasattr(error, name)}
    encoder.attributes(own)
    encoder.part(error.__dict__)
    encoder.attributes(error.__dict__)
    for name in ("__cause__", "__context__"):
        with encoder.step(f".{name}"):
            encoder.value(getattr(error, name))
    encoder.value(error.__suppress_context__)


#: attributes that built-in exceptions keep outside their arguments
_OF_EXCEPTIONS = (
    "errno", "strerror", "filename", "filename2", "code", "value", "name", "path", "msg", "lineno", "offset", "text",
    "end_lineno", "end_offset", "print_file_and_line", "encoding", "object", "start", "end", "reason",
)  # fmt: skip


def encode_random(encoder: Encoder, generator: random.Random) -> None:
    """A random generator: its state. The module's own one by name: its state is hidden state that the trace follows."""
    if generator is random.__dict__.get("_inst"):
        encoder.tag("global")
        return
    if isinstance(generator, random.SystemRandom):
        encoder.tag("system")
        return
    encoder.value(generator.getstate())


def encode_partial(encoder: Encoder, obj: Any) -> None:
    """A partial application: function, arguments, attributes."""
    with encoder.step(".func"):
        encoder.value(obj.func)
    with encoder.step(".args"):
        encoder.values(obj.args)
    with encoder.step(".keywords"):
        encoder.mapping(obj.keywords)
    encoder.attributes(obj.__dict__)


def encode_logger(encoder: Encoder, logger: logging.Logger) -> None:
    """A logger by its name, as pickle does it: its handlers and levels are settings of the process."""
    encoder.text(logger.name)
