"""What a submitted function may end in besides a result."""

from __future__ import annotations


class TaskError(RuntimeError):
    """A submitted function failed, or took longer than it was given.

    The text holds the type and the text of the exception, and its traceback; the exception itself is `__cause__`.
    """


class NotCachedWarning(UserWarning):
    """The function has run, but its result will not be served to later calls: the text says why."""


class ClosureWarning(UserWarning):
    """The function changes what it reads itself (its closure, a global, a default): the next call is another one."""
