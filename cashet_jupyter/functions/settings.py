"""The settings of libraries, taken along to a worker: a function computes there what it would compute here.

Every run depends on them (`trace.options`), so without this the result of a worker that was started afresh would be
none for a notebook that has set an option of pandas, or whose warnings are filtered by its front end.
"""

from __future__ import annotations

import contextlib
import pickle
import threading
from collections.abc import Generator, Mapping
from typing import Any

from cashet_jupyter.errors import Refused
from cashet_jupyter.trace.providers import Options, loaded, providers
from cashet_jupyter.trace.restore import restore_states

#: library -> those of its settings that are not as in a new process
Settings = Mapping[str, Mapping[str, Any]]


def settings_here() -> dict[str, dict[str, Any]]:
    """The settings of this process; those that cannot be sent are left out."""
    found: dict[str, dict[str, Any]] = {}
    for name, provider in _options():
        state = provider.take()
        unusual = {key: state[key] for key in provider.unusual(state)}
        if provider.beside:  # one that can only be set with all of it
            unusual = state
        if unusual and _sendable(unusual):
            found[name] = unusual
    return found


@contextlib.contextmanager
def under(settings: Settings) -> Generator[None]:
    """Have them in this process. In a thread of a worker they stay, because others may be at work under them."""
    take_back = None
    if states := _to_change(settings):
        with contextlib.suppress(Refused):  # then the run depends on other settings, and says so
            take_back = restore_states(states)
    try:
        yield
    finally:
        if take_back is not None and threading.current_thread() is threading.main_thread():
            take_back()


def _to_change(settings: Settings) -> dict[str, dict[str, Any]]:
    changes: dict[str, dict[str, Any]] = {}
    for name, provider in _options():
        wanted, state = dict(settings.get(name, {})), provider.take()
        now = provider.unusual(state)
        if now == provider.unusual({**state, **provider.usual(), **wanted}):
            continue
        usual = provider.usual()
        if not provider.beside or provider.beside in wanted:
            changes[name] = {**{key: usual[key] for key in now if key in usual}, **wanted}
    known = {name for name, _ in _options()}
    return {**changes, **{name: dict(wanted) for name, wanted in settings.items() if name not in known}}


def _options() -> list[tuple[str, Options]]:
    return [
        (name, provider)
        for name, provider in providers().items()
        if isinstance(provider, Options) and provider.depends and loaded(provider)
    ]


def _sendable(values: dict[str, Any]) -> bool:
    try:
        pickle.loads(pickle.dumps(values))
    except Exception:
        return False
    return True
