"""The components of each input, so that a later run can say which of them changed.

Taken on a miss only, before the cell runs, from what the walk has left. At most `MOST` for an input, breadth first: its
own items, attributes or columns, then the functions, classes and globals that its code reaches. What is beyond that
shows as a change of the input as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from linecache import getlines
from types import CodeType, FunctionType, ModuleType
from typing import Any
from zlib import crc32

from cashet_jupyter.fingerprint.classes import VOLATILE
from cashet_jupyter.fingerprint.describe import summary_of
from cashet_jupyter.fingerprint.graph import InputGraph, collector_paused
from cashet_jupyter.fingerprint.objects import all_slots, encode_reduced, is_plain
from cashet_jupyter.fingerprint.origins import is_local, origin_of, version_of
from cashet_jupyter.fingerprint.partial import DIGITS, Partial
from cashet_jupyter.fingerprint.pieces import ATOMS, Slot
from cashet_jupyter.fingerprint.records import Records
from cashet_jupyter.models import Part

#: components of one input, and records that are looked at for all inputs: at least so many, or this part of the walk
MOST = 64
LEAST_BUDGET = 1000
SHARE = 20
#: the longest summary and key that are kept, in characters
SHORT = 40
#: lines of a function that are kept
LINES = 100


def parts_of(graph: InputGraph) -> dict[str, tuple[Part, ...]]:
    """Input -> its components, as they are now: nothing may have changed since the graph was made."""
    records = graph.records
    mark = records.mark()
    outline = _Outline(records, max(LEAST_BUDGET, len(records.objects) // SHARE))
    found: dict[str, tuple[Part, ...]] = {}
    with collector_paused():
        try:
            for name, root in graph.roots.items():
                found[name] = outline.of(root)
        finally:
            records.forget(mark)
    return found


def versions_of(graph: InputGraph) -> dict[str, str]:
    """Installed distributions that the types of the inputs belong to, by top-level module, and their versions."""
    tops: dict[str, str] = {}
    for kind in graph.records.kinds():
        module = kind.__module__
        if (top := str(module).partition(".")[0]) not in tops:
            tops[top] = version_of(top) if origin_of(top) == "installed" else ""
    return {top: version for top, version in sorted(tops.items()) if version}


class _Outline:
    """The components of the inputs of one walk."""

    def __init__(self, records: Records, budget: int) -> None:
        self.records = records
        self.partial = Partial(records, budget)
        self._visits = budget

    def of(self, root: int) -> tuple[Part, ...]:
        """Those of one input. What cannot be looked at is left out: words for people are no reason to fail."""
        found: dict[tuple[str, str], Part] = {}
        try:
            for part in islice(self._parts(root), MOST):
                found.setdefault((part.kind, part.path), part)
        except Exception:
            return tuple(found.values())
        return tuple(found.values())

    def _parts(self, root: int) -> Iterator[Part]:
        slot = self.records.objects[root]
        value = slot.namespace.get(slot.name)
        yield from self._first_level(value)
        yield from self._code(root)

    # ------------------------------------------------------------------------------------------- what it holds
    def _first_level(self, value: Any) -> Iterator[Part]:
        kind = type(value)
        index = self.records.memo.get(id(value))
        if index is not None and index in self.records.components:
            yield from self._columns(index)
        elif isinstance(value, dict):
            for key, item in islice(dict.items(value), MOST):
                yield self._held("key", f"[{_shown(key)}]", item)
        elif isinstance(value, list | tuple):
            items: Sequence[Any] = value
            for position in range(min(len(items), MOST)):
                yield self._held("item", f"[{position}]", items[position])
        elif index is not None and not isinstance(value, type | FunctionType | ModuleType):
            plain = is_plain(kind)
            if plain or self.records.entry(kind).encode is encode_reduced:
                yield from self._attributes(value, plain=plain)

    def _attributes(self, value: Any, *, plain: bool) -> Iterator[Part]:
        """The attributes of an object; where it says itself what it is made of, those that the walk came to."""
        for name, item in islice(attributes(value), MOST):
            if plain or type(item) in ATOMS or id(item) in self.records.memo:
                yield self._held("attribute", f".{name}", item)

    def _held(self, kind: str, path: str, value: Any) -> Part:
        return Part(kind, path, self.partial.of_value(value), _cut(summary_of(value)))

    def _columns(self, index: int) -> Iterator[Part]:
        names, columns, has_index = self.records.components[index]
        for name, column in islice(zip(names, columns, strict=False), MOST - 1):
            digest = column.hex()[:DIGITS] if isinstance(column, bytes) else self.partial.of_span(column)
            yield Part("column", f"[{_shown(name)}]", digest)
        if has_index:
            yield Part("index", ".index", self.partial.of_record(self.records.children[index][0]))

    # --------------------------------------------------------------------------------- the code that it reaches
    def _code(self, root: int) -> Iterator[Part]:
        """Functions, classes and globals, breadth first; the value of a global is not searched through."""
        records = self.records
        seen, order = {root}, [(root, "")]
        for index, place in order:  # grows while it is gone through
            self._visits -= 1
            if self._visits < 0:
                return
            obj, reader = records.objects[index], place
            if isinstance(obj, FunctionType):
                reader = function_name(obj)
                yield Part("function", reader, self.partial.of_record(index), *_source(obj))
                yield from self._closure(obj, reader)
            elif isinstance(obj, type):
                reader = f"class {_qualified(obj)}"
                yield Part("class", reader, self.partial.of_record(index))
                yield from self._class_attributes(obj)
            elif type(obj) is Slot and obj.kind != "variable":
                yield from self._global(obj, reader)
            for child in records.children[index][:MOST]:
                if child not in seen:
                    seen.add(child)
                    order.append((child, reader))

    def _closure(self, function: FunctionType, reader: str) -> Iterator[Part]:
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            if not isinstance(value, FunctionType | type | ModuleType):
                yield self._held("closure", f"{reader} → {name}", value)

    def _class_attributes(self, kind: type) -> Iterator[Part]:
        for name, value in vars(kind).items():
            if type(value) in ATOMS and name not in VOLATILE and name not in ("__module__", "__doc__", "__qualname__"):
                yield self._held("attribute", f"{_qualified(kind)}.{name}", value)

    def _global(self, slot: Slot, reader: str) -> Iterator[Part]:
        if slot.name not in slot.namespace:
            return
        value = slot.namespace[slot.name]
        if isinstance(value, ModuleType):
            if version := _version(value):
                yield Part("version", value.__name__.partition(".")[0], version, version)
            return
        if isinstance(value, FunctionType | type) and is_local(value.__module__):
            return
        place = f"{reader} → {slot.name}" if slot.kind == "global" and reader else slot.name
        if slot.kind == "attribute":
            place = f"{slot.namespace.get('__name__', '')}.{slot.name}"
        yield self._held("global", place, value)


# ----------------------------------------------------------------------------------------------------- words for them
def function_name(function: FunctionType) -> str:
    """How a function is called for people: `clean()`, `Model.fit()`, `helpers.clean()`."""
    return f"{_qualified(function)}()"


def _qualified(obj: FunctionType | type) -> str:
    name = str(obj.__qualname__).replace("<locals>.", "")
    module = obj.__module__
    return name if module in ("__main__", None) else f"{module}.{name}"


def attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """The attributes of an object, without running any code of it."""
    kind = type(value)
    if kind.__dictoffset__:
        own: Mapping[str, Any] = object.__getattribute__(value, "__dict__")
        yield from dict(own).items()
    if is_plain(kind):
        for name, slot in all_slots(kind).items():
            try:
                yield name, slot.__get__(value, kind)
            except AttributeError:
                continue


def _shown(key: object) -> str:
    return _cut(repr(key)) if type(key) in ATOMS else f"<{type(key).__name__}>"


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def _version(module: ModuleType) -> str:
    name = module.__name__
    return version_of(name) if origin_of(name) == "installed" else ""


def _source(function: FunctionType) -> tuple[str, str]:
    """How many lines a function has, and a mark for each: four characters, `....` for a blank line or a comment."""
    code = function.__code__
    first, last = code.co_firstlineno, _last_line(code)
    lines = getlines(code.co_filename)[first - 1 : last]
    if len(lines) != last - first + 1:
        return "", ""
    return (f"{len(lines)} line{'s' if len(lines) > 1 else ''}", line_marks(lines[:LINES]))


def line_marks(lines: Sequence[str]) -> str:
    """The marks of lines; a line's blanks at its end do not count."""
    return "".join("...." if _is_empty(line) else f"{crc32(line.rstrip().encode()) & 0xFFFF:04x}" for line in lines)


def _is_empty(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _last_line(code: CodeType) -> int:
    """The last line that a code object, or one inside it, stands on."""
    last = max((line for _, _, line in code.co_lines() if line), default=code.co_firstlineno)
    return max([last, *(_last_line(const) for const in code.co_consts if isinstance(const, CodeType))])
