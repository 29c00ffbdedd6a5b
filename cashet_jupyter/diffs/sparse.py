"""Sparse matrices of scipy: shape, element type, and how many of the stored elements differ."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from cashet_jupyter.diffs.arrays import compare_arrays
from cashet_jupyter.diffs.comparing import Comparing
from cashet_jupyter.diffs.model import Figure, Table, ValueDiff
from cashet_jupyter.diffs.words import brief, counted, number, pair, plain_figure, share, spaced


def compare_sparse(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two of them, whatever the formats; what is not stored is zero. Memory is that of what is stored."""
    numpy = sys.modules["numpy"]
    words = _words(old), _words(new)
    said = [f"format {old.format} -> {new.format}"] if old.format != new.format else []
    said += [f"dtype {old.dtype} -> {new.dtype}"] if old.dtype != new.dtype else []
    if old.shape != new.shape:
        said.insert(0, f"shape {old.shape} -> {new.shape}")
        return ValueDiff("sparse", "different", *words, "; ".join(said), {"stored_old": old.nnz, "stored_new": new.nnz})
    if old.ndim != 2:
        found = compare_arrays(old.toarray(), new.toarray(), comparing)
        return replace(found, kind="sparse", old=words[0], new=words[1])
    before, after = (matrix.tocsr() for matrix in (old, new))
    apart = (after != before).tocoo()
    differ = int(apart.nnz)
    both_nan = 0
    shown: list[tuple[str, str, str]] = []
    for row, column in zip(apart.row.tolist(), apart.col.tolist(), strict=True):
        values = before[row, column], after[row, column]
        if values[0] != values[0] and values[1] != values[1]:
            both_nan += 1
        elif len(shown) < comparing.budget.examples:
            shown.append((f"[{row}, {column}]", *pair(*values)))
        if len(shown) == comparing.budget.examples and not _may_be_nan(before):
            break
    differ -= both_nan
    figures: dict[str, Figure] = {"differ": differ, "stored_old": int(old.nnz), "stored_new": int(new.nnz)}
    if differ:
        size = old.shape[0] * old.shape[1]
        text = share(differ, size, "element")
        if before.dtype.kind in "iuf" and after.dtype.kind in "iuf":
            by = numpy.abs((after.astype(float) - before.astype(float)).data)
            by = by[numpy.isfinite(by)]
            if by.shape[0]:
                figures["max_abs"] = plain_figure(by.max())
                text += f", by at most {number(float(by.max()))}"
        said.append(text)
    elif old.nnz != new.nnz and old.format == new.format:
        said.append(f"stored elements {spaced(int(old.nnz))} -> {spaced(int(new.nnz))}, some of them zero")
    tables = (Table("the first elements that differ", ("index", "old", "new"), tuple(shown)),) if shown else ()
    return ValueDiff("sparse", "different" if said else "equal", *words, "; ".join(said), figures, tables=tables)


def _may_be_nan(matrix: Any) -> bool:
    return matrix.dtype.kind in "fc" and bool((matrix.data != matrix.data).any())


def _words(matrix: Any) -> str:
    return f"{brief(matrix)}, {counted(int(matrix.nnz), 'element')} stored"
