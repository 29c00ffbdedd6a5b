"""Arrays and datasets of xarray: dimensions, coordinates, variables, attributes."""

from __future__ import annotations

from typing import Any

from cashet_jupyter.diffs.comparing import Comparing, Gathering
from cashet_jupyter.diffs.model import ValueDiff


def compare_arrays(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two labelled arrays: the values, then what labels them."""
    gathering = Gathering(comparing)
    extra = _dimensions(old.sizes, new.sizes)
    if old.name != new.name:
        extra.append(f"name {old.name!r} -> {new.name!r}")
    gathering.both(".values", old.variable.to_numpy(), new.variable.to_numpy())
    _mapping(gathering, ".coords", old.coords, new.coords)
    gathering.both(".attrs", old.attrs, new.attrs)
    return gathering.finish("labelled", old, new, None, *extra)


def compare_datasets(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two datasets: variable by variable."""
    gathering = Gathering(comparing)
    _mapping(gathering, "", old.data_vars, new.data_vars)
    _mapping(gathering, ".coords", old.coords, new.coords)
    gathering.both(".attrs", old.attrs, new.attrs)
    return gathering.finish("labelled", old, new, None, *_dimensions(old.sizes, new.sizes))


def _mapping(gathering: Gathering, path: str, old: Any, new: Any) -> None:
    for name in old:
        if name in new:
            before, after = old[name].variable, new[name].variable
            gathering.both(f"{path}[{name!r}]", before.to_numpy(), after.to_numpy())
            if before.attrs or after.attrs:
                gathering.both(f"{path}[{name!r}].attrs", before.attrs, after.attrs)
            if before.dims != after.dims:
                gathering.both(f"{path}[{name!r}].dims", before.dims, after.dims)
        else:
            gathering.removed(f"{path}[{name!r}]", old[name].variable.to_numpy())
    for name in new:
        if name not in old:
            gathering.added(f"{path}[{name!r}]", new[name].variable.to_numpy())


def _dimensions(old: Any, new: Any) -> list[str]:
    before, after = dict(old), dict(new)
    if before == after:
        return list[str]() if list(before) == list(after) else ["dimensions in another order"]
    changed = [
        f"{name} {before.get(name, 'none')} -> {after.get(name, 'none')}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    return [f"dimensions: {', '.join(changed)}"]
