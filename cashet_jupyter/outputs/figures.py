"""Figures of matplotlib's inline backend, which are shown after the cell, in `post_execute`."""

from __future__ import annotations

import sys
from typing import Any

_BACKEND = "matplotlib_inline.backend_inline"


def flush_figures(shell: Any) -> None:
    """Show the open figures now, if the shell would do so after the cell; its own turn then finds nothing."""
    backend = sys.modules.get(_BACKEND)
    flush = getattr(backend, "flush_figures", None)
    if flush is not None and flush in shell.events.callbacks["post_execute"]:
        flush()


def forget_figures() -> None:
    """Have no figure shown after this cell: a restored figure counts as drawn, and has been replayed."""
    show: Any = getattr(sys.modules.get(_BACKEND), "show", None)
    if show is not None:
        show._to_draw = []
        show._draw_called = False
