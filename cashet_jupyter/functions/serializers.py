"""Formats that a user may choose for the results of functions, in the place of the project's own envelope.

Each either gives back what it was given, or refuses when it is asked to write: what comes back changed, or cannot come
back at all, is found out while the result is still there.
"""

from __future__ import annotations

import io
import json
import pickle
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, runtime_checkable

from cashet_jupyter.errors import NotSerializable
from cashet_jupyter.functions.allowed import is_allowed


@runtime_checkable
class Serializer(Protocol):
    """A format: bytes from a value, and the value back."""

    def dumps(self, obj: Any) -> bytes:
        """The value as bytes."""
        ...

    def loads(self, data: bytes) -> Any:
        """The value again."""
        ...


class NotAllowed(NotSerializable, pickle.PicklingError):
    """A value holds something that `SafePickleSerializer` would not load."""


class NotJson(NotSerializable, TypeError):
    """A value cannot be written as JSON, or would come back as another one."""


class PickleSerializer:
    """Python's own pickle. Loading runs whatever code the bytes ask for: only for stores of your own."""

    def __init__(self, protocol: int | None = None) -> None:
        self._protocol = pickle.HIGHEST_PROTOCOL if protocol is None else protocol

    def dumps(self, obj: Any) -> bytes:
        """The pickle; raises what `pickle.dumps` raises."""
        return pickle.dumps(obj, protocol=self._protocol)

    def loads(self, data: bytes) -> Any:
        """The value; raises what `pickle.loads` raises."""
        return pickle.loads(data)


class CloudPickleSerializer(PickleSerializer):
    """Pickle that takes functions and classes of a notebook along: for executors, where a client has no serializer."""

    def dumps(self, obj: Any) -> bytes:
        """The pickle; raises what `cloudpickle.dumps` raises."""
        import cloudpickle

        return cloudpickle.dumps(obj, protocol=self._protocol)


class SafePickleSerializer:
    """Pickle that loads data only: plain types, arrays and frames, and the classes that are named.

    What is allowed stands in `functions/allowed.py`, each by its exact name. Bytes of others cannot make it call
    anything else; they may still be large, or wrong. What could not be loaded is refused when it is written.
    """

    def __init__(self, extra_classes: Iterable[type] | None = None) -> None:
        self._extra = {(cls.__module__, cls.__qualname__): cls for cls in extra_classes or ()}

    def dumps(self, obj: Any) -> bytes:
        """The pickle; raises `NotAllowed` naming the first class that `loads` would refuse."""
        stream = io.BytesIO()
        _SafePickler(stream, self._extra).dump(obj)
        return stream.getvalue()

    def loads(self, data: bytes) -> Any:
        """The value; raises `pickle.UnpicklingError` naming the first class that is not allowed."""
        return _SafeUnpickler(io.BytesIO(data), self._extra).load()


#: names and classes that a user has allowed besides
Extra = dict[tuple[str, str], type]


def _advice(name: str) -> str:
    return f"if it is a class and loading it is safe: SafePickleSerializer(extra_classes=[{name.rpartition('.')[2]}])"


class _SafePickler(pickle.Pickler):
    """Writes nothing that would not be loaded."""

    def __init__(self, stream: io.BytesIO, extra: Extra) -> None:
        super().__init__(stream, protocol=pickle.HIGHEST_PROTOCOL)
        self._extra = extra

    def reducer_override(self, obj: Any) -> Any:
        """Look at every class and function on its way into the bytes."""
        name = getattr(obj, "__qualname__", None)
        if isinstance(name, str) and callable(obj):
            module = getattr(obj, "__module__", None) or "builtins"
            if self._extra.get((module, name)) is not obj and not is_allowed(module, name):
                full = f"{module}.{name}"
                raise NotAllowed("", f"{full} is not among what SafePickleSerializer loads", _advice(full))
            return NotImplemented
        zoneinfo = sys.modules.get("zoneinfo")
        if zoneinfo is not None and type(obj) is zoneinfo.ZoneInfo and obj.key is not None:
            # its own way goes through `getattr`, which must not be allowed: it reaches everything
            return zoneinfo.ZoneInfo, (obj.key,)
        return NotImplemented


class _SafeUnpickler(pickle.Unpickler):
    """Finds allowed names only."""

    def __init__(self, stream: io.BytesIO, extra: Extra) -> None:
        super().__init__(stream)
        self._extra = extra

    def find_class(self, module: str, name: str) -> Any:
        """The object of a name in the bytes, if it is allowed."""
        if (extra := self._extra.get((module, name))) is not None:
            return extra
        if not is_allowed(module, name):
            full = f"{module}.{name}"
            msg = f"Blocked class {full}: it is not among what SafePickleSerializer loads; {_advice(full)}"
            raise pickle.UnpicklingError(msg)
        return super().find_class(module, name)


class JsonSerializer:
    """JSON, for what is JSON: dicts with text keys, lists, text, numbers, booleans, None.

    Anything that would come back as something else is refused with its place: tuples, sets, keys that are no text,
    subclasses of these types (a numpy number is one of `float`). NaN and infinities are written as Python's `json`
    writes them. The order of keys is kept. Two references to one list come back as two equal lists.
    """

    def dumps(self, obj: Any) -> bytes:
        """The text in UTF-8; raises `NotJson` with the place of what is not JSON."""
        check_json(obj)
        return json.dumps(obj, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    def loads(self, data: bytes) -> Any:
        """The value; raises `ValueError` for bytes that are not JSON."""
        return json.loads(bytes(data).decode("utf-8", "surrogatepass"))


_ATOMS = (str, int, float, bool, type(None))
#: deeper than this `json` itself gives up
_DEEP = 900


def check_json(obj: Any) -> None:
    """Raise `NotJson` if a round trip through JSON would not give an equal value of the same types."""
    above: set[int] = set()  # the containers that hold what is looked at: one that comes again holds itself
    branches: list[tuple[int, Iterator[tuple[str, Any]]]] = [(0, iter([("", obj)]))]
    while branches:
        holder, items = branches[-1]
        path, value = next(items, (None, None))
        if path is None:
            branches.pop()
            above.discard(holder)
        elif type(value) in (dict, list):
            if id(value) in above or len(branches) > _DEEP:
                raise NotJson(path[:200], "it holds itself" if id(value) in above else "it is nested too deep for JSON")
            above.add(id(value))
            branches.append((id(value), _items(value, path)))
        elif type(value) not in _ATOMS:
            raise _not_json(value, path)


def _items(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if type(value) is list:
        return ((f"{path}[{number}]", item) for number, item in enumerate(value))
    return ((f"{path}[{_text_key(key, path)!r}]", item) for key, item in value.items())


def _text_key(key: Any, path: str) -> str:
    if type(key) is not str:
        raise NotJson(path, f"the key {key!r} is no text, and would come back as text", "str(key)")
    return key


def _not_json(value: Any, path: str) -> NotJson:
    kind = type(value)
    for base, becomes in _BECOMES.items():
        if isinstance(value, base):
            name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
            why = f"the {name} would come back as a {becomes}"
            return NotJson(path, why, f"return {becomes}(...), or use another serializer")
    return NotJson(path, f"a {kind.__module__}.{kind.__qualname__} is not JSON", "use another serializer")


_BECOMES: dict[type, str] = {tuple: "list", dict: "dict", list: "list", str: "str", int: "int", float: "float"}
