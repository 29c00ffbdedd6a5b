"""polars: frames and series by their logical content.

Chunks, slices, sorted flags and what lies under a null do not matter. Categories count by their text: their codes
depend on what else the process has seen. polars runs without pyarrow and numpy, so its own kernels do the work here
and the memory is read through the Arrow C stream.

Queries (`LazyFrame`, `Expr`) are taken as their own serialized plan. Python functions in them would be pickled
bytes, which differ between processes for equal functions, so they are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from cashet_jupyter.digest import digest_bytes
from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.libraries import arrow_stream
from cashet_jupyter.fingerprint.libraries.runs import Run
from cashet_jupyter.fingerprint.pieces import Span

#: rows that are compacted or measured at a time: bounds the extra memory
ROWS = 1 << 18
#: bytes that are joined to one text: a view of text has 32 bits for its length
LONGEST = 1 << 30
#: bytes of a value, by the name of its physical type
WIDTHS = {
    **{f"{sign}{bits}": bits // 8 for sign in ("Int", "UInt") for bits in (8, 16, 32, 64, 128)},
    **{f"Float{bits}": bits // 8 for bits in (16, 32, 64)},
}
#: what a serialized plan holds where it holds a Python function, source or sink
PYTHON = (b"PYFN", b"PLPYUDF", b"OpaquePython", b"PythonScan", b"PythonDataset", b"cloudpickle")


def install() -> None:
    """Register what polars makes."""
    register(pl.DataFrame, encode_frame)
    register(pl.Series, encode_series)
    register(pl.LazyFrame, encode_query, node=False)
    register(pl.Expr, encode_expression, node=False)
    register(pl.DataType, encode_dtype, node=False)


def encode_frame(enc: Encoder, frame: Any) -> None:
    """A frame: names and columns."""
    enc.value(frame.height)
    enc.values(frame.columns)
    columns: list[Span] = []
    for series in frame.get_columns():
        place = enc.place()
        with enc.step(f"[{series.name!r}]"):
            _encode_values(enc, series)
        columns.append(enc.since(place))
    enc.columns(frame, frame.columns, columns, index=False)


def encode_series(enc: Encoder, series: Any) -> None:
    """A series: name, type, values."""
    enc.text(series.name)
    _encode_values(enc, series)


def encode_query(enc: Encoder, query: Any) -> None:
    """A lazy frame: its plan, with the frames that it starts from."""
    enc.buffer(_plan(enc, query.serialize))


def encode_expression(enc: Encoder, expression: Any) -> None:
    """An expression: its plan."""
    enc.buffer(_plan(enc, expression.meta.serialize))


def encode_dtype(enc: Encoder, dtype: Any) -> None:
    """A data type: its class and parameters, whole (`repr` leaves out the middle of long lists of categories)."""
    enc.tag("polars.DataType")
    enc.value(type(dtype))
    for name in sorted(vars(dtype)):
        enc.text(name)
        _encode_parameter(enc, vars(dtype)[name])


def _encode_parameter(enc: Encoder, value: Any) -> None:
    if isinstance(value, pl.Series):
        encode_series(enc, value)
    elif isinstance(value, pl.DataType):
        encode_dtype(enc, value)
    elif isinstance(value, type) and issubclass(value, pl.DataType):
        # `List(Int64)` and `List(Int64())` are equal
        enc.tag("polars.DataType")
        enc.value(value)
    elif isinstance(value, list | tuple):
        enc.value(len(value))
        for item in value:
            _encode_parameter(enc, item)
    elif isinstance(value, pl.Field):
        enc.text(value.name)
        _encode_parameter(enc, value.dtype)
    elif type(value).__name__ == "Categories":
        enc.values([value.name(), value.namespace(), str(value.physical())])
    else:
        enc.value(value)


def _encode_values(enc: Encoder, series: Any) -> None:
    encode_dtype(enc, series.dtype)
    if series.dtype == pl.Object:
        enc.values(series.to_list())
    else:
        enc.value(_content(enc, series))
        for low, high in _memory(series):
            enc.extent(low, high, writes=False)


def _memory(series: Any) -> Iterator[tuple[int, int]]:
    """The memory of numbers and dates: polars takes over an array of NumPy as it is, and NumPy may write to it."""
    plain = series.explode() if isinstance(series.dtype, pl.Array) and not series.null_count() else series
    physical = plain.to_physical() if plain.dtype.is_temporal() else plain
    width = WIDTHS.get(type(physical.dtype).__name__)
    if width and len(physical):
        yield from arrow_stream.spans(physical, width)


def _content(enc: Encoder, series: Any) -> bytes:
    """The digest of the rows: how many, which are null, and the values of the others."""
    nulls = series.null_count()
    if not nulls:
        return digest_bytes("polars.column", len(series), 0, b"", _values(enc, series))
    which = Run()
    for part in _parts(series):
        _add_fixed(which, part.is_null().cast(pl.UInt8), 1)
    return digest_bytes("polars.column", len(series), nulls, which.digest(), _values(enc, series))


def _values(enc: Encoder, series: Any) -> bytes:
    """The digest of the values that are not null."""
    dtype = series.dtype
    if isinstance(dtype, pl.Null):
        return b""
    if isinstance(dtype, pl.String | pl.Binary):
        return _strings(series)
    if isinstance(dtype, pl.Categorical):
        return _strings(series.cast(pl.String))
    if isinstance(dtype, pl.Boolean):
        return _fixed(series, pl.UInt8)
    if isinstance(dtype, pl.Struct):
        present = series.drop_nulls()
        return digest_bytes("struct", [_content(enc, field) for field in present.struct.unnest().get_columns()])
    if isinstance(dtype, pl.List):
        return _lists(enc, series.drop_nulls())
    if isinstance(dtype, pl.Array):
        present = series.drop_nulls()
        return digest_bytes("array", _content(enc, present.explode()) if len(present) and dtype.size else b"")
    return _other(enc, series)


def _other(enc: Encoder, series: Any) -> bytes:
    """Numbers, dates, enumerations; and the types that only newer versions know."""
    name = type(series.dtype).__name__
    if name == "Map":
        pair = pl.Struct({"key": series.dtype.key, "value": series.dtype.value})
        return _lists(enc, series.drop_nulls().cast(pl.List(pair)))
    if hasattr(pl, "BaseExtension") and isinstance(series.dtype, pl.BaseExtension):
        return _content(enc, series.ext.storage())
    physical = series.dtype if name in WIDTHS else series.to_physical().dtype
    if type(physical).__name__ not in WIDTHS:
        enc.refuse(f"polars columns of type {series.dtype} have no fingerprint yet", "cast the column")
    return _fixed(series, physical)


def _lists(enc: Encoder, present: Any) -> bytes:
    """Lists without nulls: the lengths, and all the elements."""
    lengths = present.list.len()
    # an empty list would explode into a null
    elements = present.filter(lengths > 0).explode()
    return digest_bytes("list", _content(enc, lengths), _content(enc, elements))


def _fixed(series: Any, physical: Any) -> bytes:
    run = Run()
    width = WIDTHS[type(physical).__name__ if isinstance(physical, pl.DataType) else physical.__name__]
    convert = series.dtype != physical
    for part in _present(series) if convert or series.null_count() else [series]:
        plain = part.to_physical() if convert else part
        _add_fixed(run, plain if plain.dtype == physical else plain.cast(physical), width)
    return run.digest()


def _strings(series: Any) -> bytes:
    """Text or bytes: the lengths, and all the bytes without gaps."""
    lengths, data = Run(), Run()
    text = isinstance(series.dtype, pl.String)
    for part in _present(series):
        sizes = part.str.len_bytes() if text else part.bin.size()
        _add_fixed(lengths, sizes.cast(pl.UInt64), 8)
        if text and sizes.sum() < LONGEST:
            _add_text(data, part.str.join(""))
        else:
            for value in part:
                data.add(value.encode() if text else value)
    return digest_bytes("strings", lengths.digest(), data.digest())


def _add_fixed(run: Run, series: Any, width: int) -> None:
    for chunk in arrow_stream.chunks(series, width):
        run.add(chunk)


def _add_text(run: Run, joined: Any) -> None:
    """The bytes of one text; through a Python string where polars keeps texts in another way."""
    found = False
    for view in arrow_stream.text(joined):
        run.add(view)
        found = True
    if not found:
        run.add(joined.item().encode())


def _parts(series: Any) -> Iterator[Any]:
    for start in range(0, len(series), ROWS):
        yield series.slice(start, ROWS)


def _present(series: Any) -> Iterator[Any]:
    for part in _parts(series):
        yield part.drop_nulls() if part.null_count() else part


def _plan(enc: Encoder, serialize: Any) -> bytes:
    try:
        plan: bytes = serialize()
    except pl.exceptions.PolarsError as error:
        enc.refuse(f"a polars query that cannot be stored: {error}", "collect it first")
    if any(mark in plan for mark in PYTHON):
        enc.refuse(
            "a polars query that calls Python functions", "build it in the cell that runs it, or collect it first"
        )
    return plan
