"""The errors of the project, all below one base.

    CashetError                     shown to the user as one line, without a traceback
    ├── OptionError                 an option of a magic, a setting or an environment variable is wrong
    ├── Refused                     a cell cannot be cached: why, where, and what allows it
    │   ├── NotFingerprintable      an input has no fingerprint
    │   └── NotSerializable         an output cannot be stored
    ├── NotFound                    no commit or variable of that name
    └── StoreError                  the store cannot be used, or an entry of it cannot
        └── Damaged                 bytes are not what their name says: a miss, never a wrong value

The cache never breaks the cell: `Refused` and `StoreError` end in the pipeline as a line under the cell.
"""

from __future__ import annotations


class CashetError(Exception):
    """Base of all errors of the project; its text is meant for the user."""

    def _render_traceback_(self) -> list[str]:
        """One line instead of a traceback, in IPython."""
        return [f"cashet: {self}"]


class OptionError(CashetError):
    """An option is wrong; the text names it and what is allowed."""


class Refused(CashetError):
    """A cell cannot be cached.

    `path` names the thing (`model.logger.handlers[0].lock`), `why` says why, `advice` what to do about it.
    """

    def __init__(self, path: str, why: str, advice: str = "") -> None:
        self.path = path
        self.why = why
        self.advice = advice
        super().__init__(f"{path}: {why}" if path else why)


class NotFingerprintable(Refused):
    """An input has no fingerprint, so nothing can be known about the cell that reads it."""


class NotSerializable(Refused):
    """An output cannot be stored."""


class NotFound(CashetError):
    """No commit or variable of that name."""


class StoreError(CashetError):
    """The store cannot be used; cells run uncached."""


class Damaged(StoreError):
    """An entry of the store is not what it should be; whoever reads it takes it as a miss."""
