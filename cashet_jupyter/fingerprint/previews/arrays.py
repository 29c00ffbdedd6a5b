"""A corner of an array, and its lowest and highest value where that takes no time."""

from __future__ import annotations

import contextlib
import sys
from functools import lru_cache
from typing import Any

from cashet_jupyter.fingerprint.previews import texts

#: rows and columns of the corner, and items of an array with one dimension
_ROWS, _COLUMNS, _ITEMS = 5, 8, 10
#: numbers of which the lowest and highest are found: some 20 us, and too few for torch to start threads
_SEARCHED = 16_000


def numpy_array(value: Any, width: int) -> dict[str, Any]:
    """Of numpy: the first rows of the first plane."""
    span: tuple[object, ...] = ()
    if value.dtype.kind in "iuf" and 0 < value.size <= _SEARCHED:
        numpy: Any = sys.modules["numpy"]
        span = tuple(each.reduce(value, axis=None).item() for each in (numpy.fmin, numpy.fmax))  # what is NaN left out
    return _made(dtype_name(value.dtype), value.shape, _rows(value, width), _range(span, width))


def tensor(value: Any, width: int) -> dict[str, Any] | None:
    """Of torch: only what lies in this machine's own memory, since to ask a device for it means to wait for it."""
    torch: Any = sys.modules["torch"]
    if value.device.type != "cpu" or value.layout is not torch.strided or value.is_quantized:
        return None
    plain = value.detach()
    span: tuple[object, ...] = ()
    if not plain.is_complex() and plain.dtype is not torch.bool and 0 < plain.nelement() <= _SEARCHED:
        with contextlib.suppress(RuntimeError):  # some of the small types cannot do that
            span = tuple(each.item() for each in torch.aminmax(plain))
    return _made(str(plain.dtype).rpartition(".")[2], plain.shape, _rows(plain, width), _range(span, width))


def _range(span: tuple[object, ...], width: int) -> list[str]:
    """The lowest and highest value; nothing for an array that is all NaN, or for one of torch's in which any is."""
    return [texts.item(end, width) for end in span if end == end]


def _made(dtype: str, shape: Any, rows: list[Any], span: list[str]) -> dict[str, Any]:
    found = {"kind": "array", "dtype": dtype, "shape": [int(side) for side in shape], "rows": rows}
    return {**found, "range": span} if span else found


def _rows(value: Any, width: int) -> list[Any]:
    sides = len(value.shape)
    if 0 in value.shape:
        return []
    if sides == 0:
        return [texts.item(_plain(value), width)]
    if sides == 1:
        return texts.row(_plain(value[:_ITEMS]), width)
    corner = value[(0,) * (sides - 2)][:_ROWS, :_COLUMNS]
    return [texts.row(row, width) for row in _plain(corner)]


def _plain(part: Any) -> Any:
    """As lists of Python's own numbers; moments stay numpy's, which would become mere integers."""
    moments = type(part).__name__ == "ndarray" and part.dtype.kind in "Mm"
    if not moments:
        return part.tolist()
    if part.ndim == 0:
        return part[()]
    return [_plain(one) if one.ndim else one for one in part]


@lru_cache(256)
def dtype_name(dtype: Any) -> str:
    """The name of numpy's dtype; numpy takes 20 us to make one up."""
    return texts.cut(str(dtype), 40)
