"""What a kernel adds to names: what its variables hold now, and what became of its cells."""

from __future__ import annotations

from cashet_jupyter.errors import NotFound
from cashet_jupyter.history.naming import Here, find
from cashet_jupyter.magics.cell import notebook_name
from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.session import Session


def here(session: Session) -> Here:
    """What this kernel knows of itself."""
    newest = next((outcome.commit for outcome in reversed(session.outcomes) if outcome.commit), "")
    return Here(newest or "", notebook_name(session.namespace), session.produced())


def find_commit(session: Session, text: str) -> Commit:
    """The commit that a text stands for, by what `history.naming` understands.

    Without text, the newest one. Raises `NotFound` with what can be named instead.
    """
    return find(session.store(), text, here(session))


def find_run(session: Session, text: str) -> tuple[Commit | None, Outcome | None]:
    """The commit, what became of the cell in this kernel, or both: by what `find_commit` takes, or a cell's label.

    Without text, the newest cell of this kernel. Raises `NotFound` with what can be named instead.
    """
    store, outcomes = session.store(), session.outcomes
    outcome = outcomes[-1] if outcomes and not text else None
    if outcome is None and text:
        outcome = next((one for one in reversed(outcomes) if one.cell and text in one.cell), None)
        if outcome is None or outcome.cell != text:  # a cell of just that text comes before a variable's name
            try:
                return _with_outcome(session, find_commit(session, text))
            except NotFound:
                if outcome is None:
                    raise
    if outcome is None:
        return _with_outcome(session, find_commit(session, ""))
    return (store.resolve(outcome.commit) if outcome.commit else None), outcome


def _with_outcome(session: Session, commit: Commit) -> tuple[Commit, Outcome | None]:
    """A commit with the newest outcome that is about it."""
    return commit, next((one for one in reversed(session.outcomes) if one.commit == commit.id), None)
