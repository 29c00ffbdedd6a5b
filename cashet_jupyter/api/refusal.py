"""Why a question has no answer: a status as of HTTP, and a line to be shown."""

from __future__ import annotations

from cashet_jupyter.errors import CashetError, Damaged, NotFound, OptionError

#: characters of the line
_MOST = 300

NOTHING = "nothing is stored yet"


class Refusal(Exception):
    """There is no answer, and nothing was changed.

    400: the question is wrong; 404: what it is about is not there (any more); 409: it cannot be read; 413: too much;
    500: a mistake of ours; 503: the store cannot be used.
    """

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = one_line(reason)
        super().__init__(self.reason)

    @classmethod
    def of(cls, error: CashetError) -> Refusal:
        """The refusal that an error of a store means."""
        return cls(_status(error), str(error))


def _status(error: CashetError) -> int:
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, OptionError):
        return 400
    return 409 if isinstance(error, Damaged) else 503


def one_line(text: str) -> str:
    """What may stand in the first line of an HTTP answer: one short line of ASCII without control characters."""
    line = next(iter(text.splitlines()), "").encode("ascii", "replace").decode()
    return "".join(sign for sign in line if sign.isprintable())[:_MOST] or "not possible"
