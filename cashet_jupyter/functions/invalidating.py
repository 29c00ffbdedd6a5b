"""Results that are to be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cashet_jupyter import models
from cashet_jupyter.errors import NotFound, Refused
from cashet_jupyter.functions import asking
from cashet_jupyter.functions.engine import Engine
from cashet_jupyter.history.log import is_function, pages


def tagged(engine: Engine, tags: Mapping[str, str | None]) -> int:
    """Remove the runs that have all of some tags; one whose value is None may have any."""
    store = engine.home.store()
    found = [commit for commit in asking.functions(store) if tags and asking.has_tags(commit, tags)]
    for commit in found:
        store.rm(commit)
    return len(found)


def invalidated(engine: Engine, what: Callable[..., Any] | str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """Remove the runs of a function, of one call of it, or those that a name stands for; how many they were."""
    store = engine.home.store()
    if isinstance(what, str):
        found = _named(engine, what)
    elif args or kwargs:
        found = _of_call(engine, what, args, kwargs)
    else:
        found = list(pages(store, cell_id=engine.call(what, (), {}).cell_id))
    for commit in found:
        store.rm(commit)
    return len(found)


def _of_call(
    engine: Engine, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[models.Commit]:
    call = engine.call(func, args, kwargs)
    try:
        return engine.home.store().find(call.key)
    except Refused:  # it was never served, so there is nothing to forget
        return []


def _named(engine: Engine, name: str) -> list[models.Commit]:
    store = engine.home.store()
    runs = [
        commit for commit in asking.functions(store) if commit.cell.label == name or is_function(commit.function, name)
    ]
    if runs:
        return runs
    try:
        return [asking.find(store, name)]
    except NotFound:
        return []
