"""The one audit hook of the process: it can never be removed, so it is installed once and only looks at a variable.

Idle it costs what CPython takes to make the event and call any hook; a hook that is a C function (a comparison, an
exchangeable `functools.partial`) was measured and gains nothing that is worth its looks: see the benchmark.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

Handler = Callable[[tuple[Any, ...]], object]

_handlers: dict[str, Handler] | None = None
_installed = False


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _handlers is not None and (handler := _handlers.get(event)) is not None:
        handler(args)


def listen(handlers: dict[str, Handler] | None) -> None:
    """Send audit events to the handlers of their names from now on; None: to nobody."""
    global _handlers, _installed  # noqa: PLW0603  # there is one hook per process, made when it is first needed
    _handlers = handlers
    if handlers is not None and not _installed:
        _installed = True
        sys.addaudithook(_hook)
