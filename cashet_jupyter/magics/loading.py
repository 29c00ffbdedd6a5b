"""Putting the values of a past run into the notebook: under new names, so that nothing is lost."""

from __future__ import annotations

from cashet_jupyter.errors import NotFound
from cashet_jupyter.history.recall import recall
from cashet_jupyter.models import RETURNED, Commit
from cashet_jupyter.session import Session
from cashet_jupyter.widgets.actions import Loaded


def load_under_new_names(session: Session, commit: Commit) -> Loaded:
    """Bind the outputs of a run to names that nothing has yet: `df` of the run 3f9a2c becomes `df_3f9a2c`.

    Raises `NotFound` if it left no values, `StoreError` if they cannot be read.
    """
    if not commit.outputs:
        msg = f"{commit.short} left no variables"
        raise NotFound(msg)
    found = recall(session.store(), commit, session.namespace)
    names: dict[str, str] = {}
    for output, value in found.values.items():
        name = _free(_base(commit, output), commit, session)
        session.namespace[name] = value
        names[output] = name
    session.note_produced(commit, {names[output]: value for output, value in found.values.items()})
    return Loaded(names, found.missing)


def _base(commit: Commit, output: str) -> str:
    """The name of an output, or of the function that returned it."""
    if output != RETURNED:
        return output
    name = commit.function.rpartition(".")[2]
    return name if name.isidentifier() else "result"


def _free(base: str, commit: Commit, session: Session) -> str:
    name, number = f"{base}_{commit.short}", 2
    while name in session.namespace:
        name, number = f"{base}_{commit.short}_{number}", number + 1
    return name
