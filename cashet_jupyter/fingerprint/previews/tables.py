"""The first rows of tables, column by column: the rest of a table is not touched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cashet_jupyter.fingerprint.previews import texts
from cashet_jupyter.fingerprint.previews.arrays import dtype_name

#: rows and columns that are shown
_ROWS, _COLUMNS = 5, 8
#: levels of a row index
_LEVELS = 2
#: characters of the name of a type
_TYPE = 20
#: bytes that the first rows of a column may take: longer texts would have to be copied whole
_LONG = 64 << 10

#: how a moment ends that is the beginning of a day, and the length of what stands before that
_MIDNIGHT, _DAY = " 00:00:00", len("2020-01-01")

_Column = tuple[str, list[str]]
"""Its type, and the texts of its first rows."""


# --------------------------------------------------------------------------------------------------------------- pandas
def pandas_frame(value: Any, width: int) -> dict[str, Any] | None:
    """Of pandas. From the arrays behind the columns: `iloc` takes half a millisecond."""
    if not _is_of(value.columns, "pandas"):
        return None
    names = _labels(value.columns, _COLUMNS, width)
    columns = [_pandas_column(value._mgr.iget_values(place), width) for place in range(len(names))]
    return _with_index(value.index, names, columns, width, value.shape)


def pandas_series(value: Any, width: int) -> dict[str, Any]:
    """The same of one column."""
    column = _pandas_column(value.array, width)
    return _with_index(value.index, [texts.cell(value.name, width)], [column], width, (len(value.index), 1))


def _with_index(
    index: Any, names: list[str], columns: list[_Column], width: int, shape: Sequence[int]
) -> dict[str, Any]:
    """The labels of the rows are columns in front, unless they only count from 0."""
    if type(index).__name__ == "RangeIndex" and (index.start, index.step, index.name) == (0, 1, None):
        return _made(names, columns, shape)
    if not _is_of(index, "pandas"):
        return _made(names, columns, shape)
    if type(index).__name__ == "MultiIndex":
        levels = [(index.levels[level], index.codes[level][:_ROWS]) for level in range(min(_LEVELS, index.nlevels))]
        before = [("index", _coded(held, codes, width)) for held, codes in levels]
    else:
        before = [("index", _labels(index, _ROWS, width))]
    return _made([texts.cell(name, width) for name in index.names[:_LEVELS]] + names, before + columns, shape)


def _labels(index: Any, most: int, width: int) -> list[str]:
    """The first labels of rows or columns."""
    kind = type(index).__name__
    if kind == "MultiIndex":  # of each column a tuple; only the first, since all of it may be built for that
        levels = [_coded(held, codes[:most], width) for held, codes in zip(index.levels, index.codes, strict=True)]
        return [texts.cut(" ".join(label), width) for label in zip(*levels, strict=True)]
    if kind == "RangeIndex":
        return [texts.cell(label, width) for label in index[:most]]
    return _pandas_column(index.array, width, most)[1]


def _coded(kinds: Any, codes: Any, width: int) -> list[str]:
    """Values that are kept as their places in a list of all there are."""
    return _days(["" if code < 0 else texts.cell(kinds[code], width) for code in codes.tolist()])


def _pandas_column(array: Any, width: int, most: int = _ROWS) -> _Column:
    kind = type(array)
    if kind.__name__ in ("NumpyExtensionArray", "PandasArray") and _is_of(array, "pandas"):
        array = array.to_numpy()
    if kind.__name__ == "DatetimeArray" and _is_of(array, "pandas") and array.tz is None:
        array = array._ndarray  # a moment of numpy's is written in a tenth of the time
    if type(array).__module__ == "numpy":
        first = array[:most]
        return dtype_name(array.dtype), _cells(list(first) if first.dtype.kind in "Mm" else first.tolist(), width)
    if not _is_of(array, "pandas"):  # of the user, or of a library that is not known
        return _unseen(kind.__name__, min(most, len(array)))
    named = texts.cut(str(array.dtype), _TYPE)
    held = getattr(array, "_pa_array", None)
    if held is not None:
        return named, _arrow_column(held, width, most)[1]
    if named == "category":
        return named, _coded(array.categories, array.codes[:most], width)
    return named, _cells(list(array[:most]), width)


# --------------------------------------------------------------------------------------------------------------- polars
def polars_frame(value: Any, width: int) -> dict[str, Any]:
    """Of polars."""
    columns = value.get_columns()[:_COLUMNS]
    return _made(
        [texts.cell(one.name, width) for one in columns], [_polars(one, width) for one in columns], value.shape
    )


def polars_series(value: Any, width: int) -> dict[str, Any]:
    """The same of one column."""
    return _made([texts.cell(value.name, width)], [_polars(value, width)], (len(value), 1))


def _polars(column: Any, width: int) -> _Column:
    kind, first = column.dtype, column.head(_ROWS)
    if not _is_of(kind, "polars"):
        return _unseen(type(kind).__name__, len(first))
    name = str(kind) if len(str(kind)) <= _TYPE else str(kind).partition("(")[0]
    if kind.is_nested() or first.estimated_size() > _LONG:
        return _unseen(name, len(first))
    return name, _cells(first.to_list(), width)


# -------------------------------------------------------------------------------------------------------------- pyarrow
def arrow_table(value: Any, width: int) -> dict[str, Any]:
    """Of pyarrow: a table or a batch."""
    places = range(min(_COLUMNS, value.num_columns))
    names = [texts.cell(value.schema.field(place).name, width) for place in places]
    columns = [_arrow_column(value.column(place), width) for place in places]
    return _made(names, columns, (value.num_rows, value.num_columns))


def _arrow_column(column: Any, width: int, most: int = _ROWS) -> _Column:
    kind, first = column.type, column.slice(0, most)
    if type(kind).__module__ != "pyarrow.lib" or hasattr(kind, "storage_type"):  # it may be the user's
        return _unseen(type(kind).__name__, len(first))
    name = texts.cut(str(kind), _TYPE)
    try:
        seen = kind.num_fields == 0 and kind.bit_width > 0
    except ValueError:  # it has no fixed width
        seen = first.nbytes <= _LONG
    return (name, _cells(first.to_pylist(), width)) if seen else _unseen(name, len(first))


# ------------------------------------------------------------------------------------------------------------- all
def _is_of(value: Any, library: str) -> bool:
    return type(value).__module__.partition(".")[0] == library


def _cells(values: Sequence[Any], width: int) -> list[str]:
    return _days([texts.cell(value, width) for value in values])


def _days(cells: list[str]) -> list[str]:
    """Moments that all begin a day are written as days."""
    if not cells or len(cells[0]) < _DAY:
        return cells
    days = [cell.removesuffix(_MIDNIGHT) for cell in cells]
    return days if all(len(day) == _DAY for day in days) else cells


def _unseen(name: str, rows: int) -> _Column:
    """A column whose values are not looked at."""
    return texts.cut(name, _TYPE), ["…"] * rows


def _made(names: list[str], columns: list[_Column], shape: Sequence[int]) -> dict[str, Any]:
    return {
        "kind": "table",
        "columns": names,
        "types": [kind for kind, _ in columns],
        "rows": [list(row) for row in zip(*(cells for _, cells in columns), strict=True)],
        "shape": [int(side) for side in shape],
    }
