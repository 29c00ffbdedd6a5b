"""The last part of a miss: its bytes go to the store, at once or while the user reads the result."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from cashet_jupyter.errors import CashetError, StoreError
from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.session import Session
from cashet_jupyter.steps.request import Miss
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.writing import never

if TYPE_CHECKING:  # loaded with the first run
    from cashet_jupyter.steps.commit import Prepared


class Storing:
    """One run on its way to the store: `write` in any thread, then `settle` in the one where cells run.

    It holds nothing of the run but what is to be stored: the inputs of the cell may be freed meanwhile.
    """

    def __init__(self, miss: Miss, prepared: Prepared, outcome: Outcome, store: Store, spent: float) -> None:
        self.commit: Commit | None = None
        """The commit, once it is stored."""
        self.outcome = replace(outcome, not_stored="it is being stored")
        """What is known of the cell."""
        self.size = prepared.size
        """Bytes that are to be written."""
        self.draft = prepared.commit
        """The commit without id and blobs."""
        self._prepared: Prepared | None = prepared
        self._claim = miss.claim
        self._code = miss.analysis.code_key
        self._auto = miss.request.options.auto
        self._store = store
        self._spent = spent
        self._before = outcome
        self._error: Exception | None = None
        self._outputs = prepared.outputs

    def write(self, stop: Callable[[], bool] = never) -> None:
        """Store it and let those look who wait for it; nothing but the user's own interrupt is raised."""
        prepared = self._prepared
        assert prepared is not None
        began, ended = time.perf_counter(), False
        try:
            self.commit = prepared.put(self._store, stop)
            ended = True
        except Exception as error:
            ended = not stop()
            self._error = error if ended else None
        finally:
            self._prepared = None  # the buffers: the values may change from here on
            self._spent += time.perf_counter() - began
            if self._claim is not None:
                self._claim.release(ended=ended)
            self.outcome = self._concluded()

    def settle(self, session: Session) -> None:
        """Tell the session what became of it."""
        if self.commit is not None:
            session.note_produced(self.commit, self._outputs)
            session.note_storing(self._code, self._spent, auto=self._auto)
        self._outputs = {}

    def _concluded(self) -> Outcome:
        if self.commit is not None:
            left_out = ", ".join(self.commit.not_stored)
            not_stored = f"left out: {left_out}" if left_out else ""
            return replace(self._before, commit=self.commit.id, stored=True, not_stored=not_stored)
        error = self._error
        if isinstance(error, CashetError):
            return replace(self._before, not_stored=str(error), trouble=isinstance(error, StoreError))
        if error is None:
            return replace(self._before, not_stored="it was interrupted")
        return replace(self._before, not_stored=failure(error))


def failure(error: Exception) -> str:
    """The cache failed, not the cell."""
    return f"the cache failed ({type(error).__name__}: {error})"
