"""What the controls of a panel may do, given to them by whoever has a kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cashet_jupyter.models import Commit
from cashet_jupyter.render.answer import Answer
from cashet_jupyter.store.protocol import Store


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was put into the notebook."""

    names: Mapping[str, str]
    """Name of an output -> the new name that it has now."""
    missing: Mapping[str, str]
    """Name of an output -> why it could not be read."""


@dataclass(frozen=True, slots=True)
class Actions:
    """What can be done from a panel. Each raises `CashetError` with a line for the user."""

    store: Callable[[], Store]
    load: Callable[[Commit], Loaded]
    """Puts the values of a past run into the notebook, under names that nothing has yet."""
    show: Callable[[Commit], Answer]
    diff: Callable[[Commit, Commit], Answer]
