"""Tensors of torch: as arrays where numpy is there, else by torch's own functions."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from cashet_jupyter.diffs.arrays import compare_arrays
from cashet_jupyter.diffs.comparing import Comparing
from cashet_jupyter.diffs.model import Figure, ValueDiff
from cashet_jupyter.diffs.words import brief, number, plain_figure, share


def compare_tensors(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two tensors: values, and what is said about them: device, whether gradients are wanted, the gradients."""
    words = brief(old), brief(new)
    said = [
        f"{name} {before} -> {after}"
        for name, before, after in (
            ("dtype", old.dtype, new.dtype),
            ("device", old.device, new.device),
            ("requires_grad", old.requires_grad, new.requires_grad),
            ("layout", old.layout, new.layout),
        )
        if before != after
    ]
    torch = sys.modules["torch"]
    with torch.no_grad():
        found = _values(old, new, comparing)
    said += [found.change] if found.change else []
    gradients = old.grad if old.is_leaf else None, new.grad if new.is_leaf else None
    if gradients[0] is not None or gradients[1] is not None:
        inner = comparing.inside(*gradients)
        said += [f"gradients: {inner.change}"] if inner.differs else []
    verdict = "different" if said else found.verdict
    return replace(found, kind="tensor", verdict=verdict, old=words[0], new=words[1], change="; ".join(said))


def _values(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    before, after = (_dense(tensor) for tensor in (old, new))
    if "numpy" in sys.modules:
        try:
            arrays = before.numpy(), after.numpy()
        except (TypeError, RuntimeError):  # bfloat16 and the like: numpy knows no such type
            torch = sys.modules["torch"]
            arrays = before.to(torch.float32).numpy(), after.to(torch.float32).numpy()
        found = compare_arrays(*arrays, comparing)
        return _without_dtype(found, before.dtype != after.dtype)
    return _by_torch(before, after)


def _without_dtype(found: ValueDiff, typed: bool) -> ValueDiff:
    """Without numpy's names of the types, which are told by torch's."""
    if not typed:
        return found
    said = [text for text in found.change.split("; ") if not text.startswith("dtype ")]
    return replace(found, change="; ".join(said))


def _dense(tensor: Any) -> Any:
    torch = sys.modules["torch"]
    tensor = tensor.detach().cpu()
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    return tensor.dequantize() if tensor.is_quantized else tensor.resolve_conj().resolve_neg()


def _by_torch(old: Any, new: Any) -> ValueDiff:
    torch = sys.modules["torch"]
    words = brief(old), brief(new)
    if old.shape != new.shape:
        return ValueDiff("tensor", "different", *words, f"shape {tuple(old.shape)} -> {tuple(new.shape)}")
    mask = (old != new) & ~((old != old) & (new != new))
    differ = int(mask.sum())
    figures: dict[str, Figure] = {"compared": old.numel(), "differ": differ}
    if not differ:
        return ValueDiff("tensor", "equal", *words, "", figures)
    text = share(differ, old.numel(), "element")
    if not old.is_complex() and not new.is_complex():
        by = (new[mask].to(torch.float64) - old[mask].to(torch.float64)).abs()
        by = by[torch.isfinite(by)]
        if by.numel():
            figures["max_abs"] = plain_figure(float(by.max()))
            text += f", by at most {number(float(by.max()))}"
    return ValueDiff("tensor", "different", *words, text, figures)
