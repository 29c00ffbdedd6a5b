"""Hidden states put back as they were after a run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cashet_jupyter.errors import Refused
from cashet_jupyter.trace.providers import load, loaded, providers


def restore_states(states: Mapping[str, Any]) -> Callable[[], None]:
    """Make the hidden states what they were after the run: all of them or, raising `Refused`, none.

    Gives what takes it all back.
    """
    steps = [(name, *_step(name, state)) for name, state in states.items()]
    done: list[Callable[[], object]] = []
    for name, apply, undo in steps:
        done.append(undo)
        try:
            apply()
        except Exception as error:
            _take_back(done)
            raise Refused(name, f"its state cannot be restored: {type(error).__name__}: {error}") from error
    return lambda: _take_back(done)


def _take_back(done: Sequence[Callable[[], object]]) -> None:
    for back in reversed(done):
        _try(back)


def _try(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception:  # the others must still be taken back
        return


def _step(name: str, state: Any) -> tuple[Callable[[], object], Callable[[], object]]:
    """What sets a state, and what sets it back to what it is now. Raises `Refused`."""
    if (pair := _OF_PROCESS.get(name)) is not None:
        take, put = pair
        return lambda: put(state), _putting(put, take(state))
    provider = providers().get(name)
    if provider is None:
        raise Refused(name, "there is no such state")
    try:
        if not loaded(provider):
            load(provider)
        before = provider.take()
    except Exception as error:
        raise Refused(name, f"it cannot be loaded: {type(error).__name__}: {error}") from error
    if isinstance(before, dict) and isinstance(state, dict) and hasattr(provider, "depends"):
        before = {key: before[key] for key in state if key in before}
    return lambda: provider.put(state), _putting(provider.put, before)


def _putting(put: Callable[[Any], object], state: Any) -> Callable[[], object]:
    return lambda: put(state)


def _variables_now(state: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in state}


def _set_variables(state: Mapping[str, str | None]) -> None:
    for name, value in state.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _set_path(state: Mapping[str, list[str]] | list[str]) -> None:
    if isinstance(state, list):
        sys.path[:] = state
        return
    kept = [entry for entry in sys.path if entry not in state["removed"]]
    first = [entry for entry in state["first"] if entry not in kept]
    sys.path[:] = [*first, *kept, *(entry for entry in state["last"] if entry not in kept)]


def _set_arguments(state: list[str]) -> None:
    sys.argv[:] = state


_OF_PROCESS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], None]]] = {
    "environ": (_variables_now, _set_variables),
    "cwd": (lambda _: os.getcwd(), os.chdir),
    "argv": (lambda _: list(sys.argv), _set_arguments),
    "sys.path": (lambda _: list(sys.path), _set_path),
}
