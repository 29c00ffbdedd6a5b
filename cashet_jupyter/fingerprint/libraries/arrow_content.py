"""The digest of the logical content of Arrow arrays.

An array becomes: how many rows, which of them are null, and the values of the others, one after the other. Each of
these is a run of bytes (`runs.Run`), so chunks need not be brought together. A nested array becomes the runs of its
children, of which only what is reachable counts. Without nulls the memory is read in place; with nulls, `ROWS` rows
at a time are compacted first.

Arrow's own kernels do the work: pyarrow does not need numpy, so neither does this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute

from cashet_jupyter.digest import digest_bytes
from cashet_jupyter.fingerprint.libraries.runs import Run
from cashet_jupyter.memory import known

#: the kernels; they are made while the module is imported, so no type checker knows them
pc: Any = pyarrow.compute
#: rows that are compacted or measured at a time: bounds the extra memory
ROWS = 1 << 18


def content(array: Any) -> bytes:
    """The digest of an array or chunked array, without its type."""
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    name = _name_of(chunks)
    if name is not None and name in _contents:
        return _contents[name]
    column = _Column(array.type)
    for chunk in chunks:
        column.add(chunk)
    digest = column.digest()
    if name is not None:
        if len(_contents) >= _MOST_CONTENTS:
            _contents.pop(next(iter(_contents)), None)
        _contents[name] = digest
    return digest


#: the contents of arrays whose buffers are known without being read (`memory.known`), by everything that makes them
_contents: dict[tuple[object, ...], bytes] = {}
_MOST_CONTENTS = 1024


def _name_of(chunks: list[Any]) -> tuple[object, ...] | None:
    """What tells the content of one flat array: type, place in its buffers, their digests; None if unknown."""
    if len(chunks) != 1 or chunks[0].type.num_fields or isinstance(chunks[0], pa.DictionaryArray | pa.ExtensionArray):
        return None
    array = chunks[0]
    name: list[object] = [str(array.type), len(array), array.offset]
    for buffer in array.buffers():
        digests = None
        if buffer is not None:
            digests = known.digests_at(buffer.address, buffer.size) if buffer.is_cpu else []
            if not digests or None in digests:
                return None
        name.append(None if digests is None else tuple(digests))
    return tuple(name)


def extents(array: Any) -> Iterator[tuple[int, int]]:
    """The memory that an array lies in, buffer by buffer: numpy may write to it behind Arrow's back."""
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    for chunk in chunks:
        stored = chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk
        for buffer in stored.buffers():
            if buffer is not None and buffer.size and buffer.is_cpu:
                yield buffer.address, buffer.address + buffer.size


class _Column:
    """The rows of a column: which are null, and the values of those that are not."""

    def __init__(self, kind: Any) -> None:
        self._rows = 0
        self._nulls = 0
        self._which: Run | None = None
        plain, self._convert = _plain(kind)
        self._values = _values_of(plain)

    def add(self, array: Any) -> None:
        """Take the next chunk."""
        if self._convert is None:
            self._add(array)
            return
        for part in _parts(array):
            self._add(self._convert(part))

    def digest(self) -> bytes:
        """The digest of all rows so far."""
        which = b"" if self._which is None else self._which.digest()
        return digest_bytes("arrow.column", self._rows, self._nulls, which, self._values.digest())

    def _add(self, array: Any) -> None:
        nulls = array.null_count
        if nulls and self._which is None:
            # a byte per row, as bits of chunks do not join; up to here no row was null
            self._which = Run()
            _ones(self._which, self._rows)
        self._rows += len(array)
        self._nulls += nulls
        if not nulls:
            if self._which is not None:
                _ones(self._which, len(array))
            self._values.add(array)
            return
        for part in _parts(array):
            self._which.add(_fixed(part.is_valid().cast(pa.uint8())))  # type: ignore[union-attr]
            self._values.add(part.drop_null() if part.null_count else part)


class _Values(Protocol):
    """The values of a column without its nulls."""

    def add(self, array: Any) -> None: ...

    def digest(self) -> bytes: ...


class _Nothing:
    """Values of the null type: there are none."""

    def add(self, array: Any) -> None:
        pass

    def digest(self) -> bytes:
        return b""


class _Fixed:
    """Values of a fixed number of bytes, read in place."""

    def __init__(self) -> None:
        self._run = Run()

    def add(self, array: Any) -> None:
        self._run.add(_fixed(array))

    def digest(self) -> bytes:
        return self._run.digest()


class _Booleans(_Fixed):
    """Booleans: a byte each, as bits of chunks do not join."""

    def add(self, array: Any) -> None:
        for part in _parts(array):
            super().add(part.cast(pa.uint8()))


class _Strings:
    """Text and bytes of any length: the lengths, and all the bytes without gaps."""

    def __init__(self) -> None:
        self._lengths = Run()
        self._data = Run()

    def add(self, array: Any) -> None:
        for part in _parts(array):
            self._lengths.add(_fixed(pc.binary_length(part).cast(pa.int64())))
        data = array.buffers()[2]
        if not len(array) or data is None:
            return
        large = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
        offsets = memoryview(array.buffers()[1]).cast("q" if large else "i")
        self._data.add(memoryview(data)[offsets[array.offset] : offsets[array.offset + len(array)]])

    def digest(self) -> bytes:
        return digest_bytes("strings", self._lengths.digest(), self._data.digest())


class _Lists:
    """Lists of any kind: the lengths, and all the elements without gaps."""

    def __init__(self, kind: Any) -> None:
        self._lengths = Run()
        self._elements = _Column(pa.struct([kind.key_field, kind.item_field]) if _is_map(kind) else kind.value_type)

    def add(self, array: Any) -> None:
        for part in _parts(array):
            self._lengths.add(_fixed(_lengths(part).cast(pa.int64())))
        self._elements.add(_elements(array))

    def digest(self) -> bytes:
        return digest_bytes("lists", self._lengths.digest(), self._elements.digest())


class _Structs:
    """Records: a column per field."""

    def __init__(self, kind: Any) -> None:
        self._fields = [_Column(kind.field(position).type) for position in range(kind.num_fields)]

    def add(self, array: Any) -> None:
        # `flatten` sees to the offset of a slice, which `field` does not
        for column, child in zip(self._fields, array.flatten(), strict=True):
            column.add(child)

    def digest(self) -> bytes:
        return digest_bytes("structs", [column.digest() for column in self._fields])


class _Dictionaries:
    """Indices and the dictionary. Chunks with different dictionaries are brought to one first."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._chunks: list[Any] = []

    def add(self, array: Any) -> None:
        self._chunks.append(array)

    def digest(self) -> bytes:
        chunks = self._chunks
        if any(not chunk.dictionary.equals(chunks[0].dictionary) for chunk in chunks[1:]):
            chunks = pa.chunked_array(chunks, self._kind).unify_dictionaries().chunks
        indices = _Column(self._kind.index_type)
        for chunk in chunks:
            indices.add(chunk.indices)
        dictionary = content(chunks[0].dictionary) if chunks else b""
        return digest_bytes("dictionary", indices.digest(), dictionary)


class _Unions:
    """One of several types per row: which, and per type the values that are reachable."""

    def __init__(self, kind: Any) -> None:
        self._dense = kind.mode == "dense"
        self._codes: list[int] = kind.type_codes
        self._which = Run()
        self._children = [_Column(kind.field(position).type) for position in range(kind.num_fields)]

    def add(self, array: Any) -> None:
        # `type_codes` and `offsets` do not see the offset of a slice
        codes = _buffer_as(pa.int8(), array, 1)
        offsets = _buffer_as(pa.int32(), array, 2) if self._dense else None
        self._which.add(_fixed(codes))
        for position, code in enumerate(self._codes):
            mask = pc.equal(codes, pa.scalar(code, pa.int8()))
            child = array.field(position)
            chosen = child.filter(mask) if offsets is None else child.take(offsets.filter(mask))
            self._children[position].add(chosen)

    def digest(self) -> bytes:
        return digest_bytes("unions", self._which.digest(), [child.digest() for child in self._children])


def _plain(kind: Any) -> tuple[Any, Callable[[Any], Any] | None]:
    """A type whose memory is canonical and has kernels, and how to come to it."""
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        inner, convert = _plain(kind.storage_type)
        return inner, lambda array: convert(array.storage) if convert else array.storage
    if types.is_string_view(kind) or types.is_binary_view(kind):
        return pa.large_binary(), lambda array: array.cast(pa.large_binary())
    if types.is_run_end_encoded(kind):
        # how equal values are cut into runs shows only in the memory
        inner, convert = _plain(kind.value_type)
        return inner, lambda array: convert(pc.run_end_decode(array)) if convert else pc.run_end_decode(array)
    return kind, None


def _values_of(kind: Any) -> _Values:
    for test, made in _MADE:
        if test(kind):
            return made(kind)
    return _Fixed()


def _is_map(kind: Any) -> bool:
    return pa.types.is_map(kind)


def _is_list(kind: Any) -> bool:
    types = pa.types
    plain = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    return plain or types.is_list_view(kind) or types.is_large_list_view(kind) or types.is_map(kind)


def _is_string(kind: Any) -> bool:
    types = pa.types
    return types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind) or types.is_large_binary(kind)


_MADE: tuple[tuple[Any, Any], ...] = (
    (pa.types.is_null, lambda _: _Nothing()),
    (pa.types.is_boolean, lambda _: _Booleans()),
    (_is_string, lambda _: _Strings()),
    (_is_list, _Lists),
    (pa.types.is_struct, _Structs),
    (pa.types.is_dictionary, _Dictionaries),
    (pa.types.is_union, _Unions),
)


def _parts(array: Any) -> Iterator[Any]:
    if len(array) <= ROWS:
        yield array
        return
    for start in range(0, len(array), ROWS):
        yield array.slice(start, ROWS)


def _buffer_as(kind: Any, array: Any, position: int) -> Any:
    """A buffer of an array as an array of its own, as long as the first."""
    return pa.Array.from_buffers(kind, len(array), [None, array.buffers()[position]], offset=array.offset)


def _fixed(array: Any) -> memoryview | bytes:
    """The bytes of an array of fixed-width values without nulls, in place."""
    data = array.buffers()[1]
    if data is None or not len(array):
        return b""
    width = array.type.bit_width // 8
    return memoryview(data)[array.offset * width : (array.offset + len(array)) * width]


def _lengths(array: Any) -> Any:
    """How long each list is."""
    if not _is_map(array.type):
        return pc.list_value_length(array)
    return pc.subtract(array.offsets[1:], array.offsets[:-1])


def _elements(array: Any) -> Any:
    """The elements of all lists of an array without nulls, in order."""
    if not _is_map(array.type):
        return array.flatten()
    # a map has no kernel to flatten it, and its `items` do not see the offset of a slice
    offsets = array.offsets
    first = offsets[0].as_py() if len(offsets) else 0
    last = offsets[-1].as_py() if len(offsets) else 0
    return array.values.slice(first, last - first)


def _ones(run: Run, count: int) -> None:
    for start in range(0, count, ROWS):
        run.add(b"\1" * min(ROWS, count - start))
