"""Stop a piece of work at its N-th step: every call that changes a file, and every SQL statement, is a step."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import apsw

#: calls of the system that the store makes
CALLS = ("open", "write", "rename", "fsync", "fchmod", "link", "mkdir", "ftruncate", "unlink", "posix_fallocate")


@contextlib.contextmanager
def watched(step: Callable[[str], None]) -> Iterator[None]:
    """Call `step` with a name before each step."""
    real_connection = apsw.Connection

    class Connection(real_connection):  # type: ignore[misc,valid-type]
        def execute(self, statements: str, *args: Any, **kwargs: Any) -> apsw.Cursor:
            step(statements.split(maxsplit=1)[0])
            return super().execute(statements, *args, **kwargs)

    def replaced(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            step(name)
            return real(*args, **kwargs)

        return call

    with contextlib.ExitStack() as stack:
        for name in CALLS:
            stack.enter_context(mock.patch.object(os, name, replaced(name)))
        stack.enter_context(mock.patch.object(apsw, "Connection", Connection))
        yield


class Stop:
    """A `step` that does something once, at step number `at`, and counts."""

    def __init__(self, at: int, action: Callable[[str], None]) -> None:
        self.count = 0
        self.at = at
        self.action = action

    def __call__(self, name: str) -> None:
        number = self.count
        self.count += 1
        if number == self.at:
            self.action(name)
