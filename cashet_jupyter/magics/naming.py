"""What a user names: a variable, a commit, a tag, a cell; and the commit or outcome that is meant."""

from __future__ import annotations

from cashet_jupyter.errors import NotFound
from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.session import Session

#: how many commits are searched for a cell's label
_SEARCHED = 500


def find_commit(session: Session, text: str) -> Commit:
    """The commit that a variable's name, an id or its beginning, or a tag `key=value` stands for.

    Without text, the newest one. Raises `NotFound` with what can be named instead.
    """
    store = session.store()
    if not text:
        newest = [outcome.commit for outcome in session.outcomes if outcome.commit] or [
            commit.id for commit in store.log(limit=1)
        ]
        if newest:
            return store.resolve(newest[-1])
        msg = "nothing is stored yet: put %%cashet on a cell and run it"
        raise NotFound(msg)
    if produced := session.produced_by(text):
        return store.resolve(produced)
    if text.isidentifier() and (named := store.log(name=text, limit=1)):
        return named[0]
    try:
        return store.resolve(text)
    except NotFound as error:
        msg = f"{error}; name a variable that a cached cell made, a commit (4 characters or more), or a tag k=v"
        raise NotFound(msg) from None


def find_run(session: Session, text: str) -> tuple[Commit | None, Outcome | None]:
    """The commit, what became of the cell in this kernel, or both: by what `find_commit` takes, or a cell's label.

    Without text, the newest cell of this kernel. Raises `NotFound` with what can be named instead.
    """
    store, outcomes = session.store(), session.outcomes
    outcome = outcomes[-1] if outcomes and not text else None
    if outcome is None and text:
        outcome = next((one for one in reversed(outcomes) if one.cell and text in one.cell), None)
        if outcome is None or outcome.cell != text:
            try:
                return _with_outcome(session, find_commit(session, text))
            except NotFound:
                labelled = (commit for commit in store.log(limit=_SEARCHED) if text in commit.cell.label)
                commit = next(labelled, None) if outcome is None else None
                if commit is not None:
                    return _with_outcome(session, commit)
                if outcome is None:
                    raise
    if outcome is None:
        return _with_outcome(session, find_commit(session, ""))
    return (store.resolve(outcome.commit) if outcome.commit else None), outcome


def _with_outcome(session: Session, commit: Commit) -> tuple[Commit, Outcome | None]:
    """A commit with the newest outcome that is about it."""
    return commit, next((one for one in reversed(session.outcomes) if one.commit == commit.id), None)
