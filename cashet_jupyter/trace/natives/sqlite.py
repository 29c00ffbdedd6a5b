"""Databases that a connection of `sqlite3` attaches: SQLite opens them itself."""

from __future__ import annotations

import contextlib
from typing import Any

from cashet_jupyter.trace.bus import LISTENERS, report
from cashet_jupyter.trace.natives.sql import tell_database
from cashet_jupyter.trace.patches import Patches, Watched

#: `sqlite3` has no name for it
_ATTACH = 24


class _Connecting(Watched):
    """`sqlite3.connect`, whose connections tell what they attach.

    The audit event for a new connection comes too early: the connection cannot be used yet.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        connection = super().__call__(*args, **kwargs)
        if LISTENERS:
            with contextlib.suppress(Exception):  # a connection class of the user's own may not have it
                connection.set_authorizer(_authorize)
                report("connection", connection)
        return connection


def _authorize(action: int, first: str | None, *_: Any) -> int:
    if action == _ATTACH and first:
        tell_database(first)
    return 0


def watch_sqlite(patches: Patches, module: Any) -> None:
    """Tell of attached databases."""
    patches.replace(module, "connect", _Connecting(module.connect, lambda _args, _kwargs: None))
