"""How one NumPy array lies in the memory of another, said so that it can be found again.

Imported only when numpy is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cashet_jupyter.errors import Damaged

#: numpy's own types cannot say what is done to arrays here
Array = Any

#: per axis of a view: (axis of the base, step in elements), or None where the element repeats
Steps = tuple[tuple[int, int] | None, ...]


def extent(array: Array) -> tuple[int, int]:
    """First address and the one after the last of the memory that an array covers."""
    address: int = array.__array_interface__["data"][0]
    if array.flags.c_contiguous or array.flags.f_contiguous:
        return address, address + array.nbytes
    low = high = address
    for stride, size in zip(array.strides, array.shape, strict=True):
        reach = stride * (size - 1)
        low, high = (low + reach, high) if reach < 0 else (low, high + reach)
    return low, high + array.itemsize


def as_steps(base: Array, view: Array) -> tuple[tuple[int, ...], Steps] | None:
    """A view in elements of its base: where it starts and how each axis goes on; None if it is not so simple.

    Does not depend on how the base lies in memory, which a fingerprint does not fix for strided arrays.
    """
    if base.dtype != view.dtype:
        return None
    start = _start(base, view)
    if start is None:
        return None
    steps: list[tuple[int, int] | None] = []
    lows, highs = list(start), list(start)
    for stride, size in zip(view.strides, view.shape, strict=True):
        if size <= 1 or stride == 0:
            steps.append(None)
            continue
        found = _step(base, stride, size, lows, highs)
        if found is None:
            return None
        steps.append(found)
    return start, tuple(steps)


def _start(base: Array, view: Array) -> tuple[int, ...] | None:
    """Index in `base` of the first element of `view`."""
    rest = view.__array_interface__["data"][0] - extent(base)[0]
    start = [0] * base.ndim
    for axis in sorted(range(base.ndim), key=lambda axis: -abs(base.strides[axis])):
        stride, size = base.strides[axis], base.shape[axis]
        if size == 1:
            continue
        if stride == 0:
            return None
        index, rest = divmod(rest, abs(stride))
        if not 0 <= index < size:
            return None
        start[axis] = index if stride > 0 else size - 1 - index
    return tuple(start) if rest == 0 else None


def _step(base: Array, stride: int, size: int, lows: list[int], highs: list[int]) -> tuple[int, int] | None:
    """The axis of `base` along which a stride goes, staying inside it; `lows` and `highs` are how far others went."""
    for axis in sorted(range(base.ndim), key=lambda axis: -abs(base.strides[axis])):
        if base.shape[axis] == 1 or stride % base.strides[axis]:
            continue
        step = stride // base.strides[axis]
        low, high = lows[axis] + min(0, step * (size - 1)), highs[axis] + max(0, step * (size - 1))
        if low >= 0 and high < base.shape[axis]:
            lows[axis], highs[axis] = low, high
            return axis, step
    return None


def by_steps(base: Array, shape: Any, start: Any, steps: Any, writeable: bool) -> Array:
    """The view that `as_steps` described."""
    if len(start) != base.ndim or any(index >= size for index, size in zip(start, base.shape, strict=True)):
        msg = "an input does not have the shape that a stored view of it needs"
        raise Damaged(msg)
    taken = [step[0] for step in steps if step is not None]
    simple = len(set(taken)) == len(taken)
    simple = simple and all(size == 1 for size, step in zip(shape, steps, strict=True) if step is None)
    view = _indexed(base, shape, start, steps) if simple else _strided(base, shape, start, steps)
    return _with_flag(base, view, writeable)


def _indexed(base: Array, shape: Any, start: Any, steps: Any) -> Array:
    """A view by slices: what numpy itself would make, so that it knows its base."""
    index: list[Any] = list(start)
    axes: list[tuple[int, int]] = []
    for axis, (size, step) in enumerate(zip(shape, steps, strict=True)):
        if step is not None:
            first, stop = start[step[0]], start[step[0]] + step[1] * size
            index[step[0]] = slice(first, stop if stop >= 0 else None, step[1])
            axes.append((step[0], axis))
    view = base[(*index, ...)]
    view = view.transpose([sorted(axes).index(pair) for pair in sorted(axes, key=lambda pair: pair[1])])
    view = view[tuple(None if step is None else slice(None) for step in steps)] if None in steps else view
    if view.shape != tuple(shape):
        msg = "an input does not have the shape that a stored view of it needs"
        raise Damaged(msg)
    return view


def _strided(base: Array, shape: Any, start: Any, steps: Any) -> Array:
    """A view that uses an axis of its base twice (windows) or not at all (repeated elements)."""
    for axis in range(base.ndim):
        reach = [start[axis]]
        for size, step in zip(shape, steps, strict=True):
            if step is not None and step[0] == axis:
                reach = [index + move for index in reach for move in (0, step[1] * (size - 1))]
        if not 0 <= min(reach) <= max(reach) < base.shape[axis]:
            msg = "an input does not have the shape that a stored view of it needs"
            raise Damaged(msg)
    anchor = base[(*(slice(index, index + 1) for index in start), ...)]
    strides = tuple(0 if step is None else step[1] * base.strides[step[0]] for step in steps)
    return np.lib.stride_tricks.as_strided(anchor, shape, strides)


def memory_order(base: Array) -> Array:
    """All of a contiguous array as bytes, in place."""
    return in_memory_order(base).view(np.ndarray).view(np.uint8)


def in_memory_order(base: Array) -> Array:
    """The elements of a contiguous array, in place."""
    return base.reshape(-1) if base.flags.c_contiguous else base.T.reshape(-1)


def by_bytes(base: Array, size: int, offset: int, shape: Any, strides: Any, dtype: Any, writeable: bool) -> Array:
    """A view of the memory of a contiguous base of `size` bytes."""
    if base.nbytes != size or not (base.flags.c_contiguous or base.flags.f_contiguous):
        msg = "an input does not lie in memory as a stored view of it needs"
        raise Damaged(msg)
    view: Array = np.ndarray(shape, dtype, buffer=memory_order(base), offset=offset, strides=strides)
    return _with_flag(base, view, writeable)


def _with_flag(base: Array, view: Array, writeable: bool) -> Array:
    """Give a view its flag: it can be writeable although its base is not, if it was made first."""
    if writeable and not view.flags.writeable:
        msg = "an input cannot be written to, a stored view of it can"
        raise Damaged(msg)
    if not writeable:
        view.setflags(write=False)
    del base
    return view
