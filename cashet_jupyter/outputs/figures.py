"""Figures of matplotlib's inline backend, which are shown after the cell, in `post_execute`."""

from __future__ import annotations

import sys
from typing import Any

_BACKEND = "matplotlib_inline.backend_inline"


def flush_figures(shell: Any) -> bool:
    """Show the figures that wait, if the shell would do so after the cell; its own turn then finds nothing.

    Returns whether any waited.
    """
    backend = sys.modules.get(_BACKEND)
    flush = getattr(backend, "flush_figures", None)
    if flush is None or flush not in shell.events.callbacks["post_execute"]:
        return False
    waited = bool(getattr(getattr(backend, "show", None), "_draw_called", True))
    flush()
    return waited


def forget_figures() -> None:
    """Have no figure shown after this cell: a restored figure counts as drawn, and has been replayed."""
    show: Any = getattr(sys.modules.get(_BACKEND), "show", None)
    if show is not None:
        show._to_draw = []
        show._draw_called = False
