"""Run a cell once; get back everything it left, at once, every time after that.

In a notebook: `%load_ext cashet_jupyter`, then `%%cashet` on a slow cell, or `%cashet auto on` once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cashet_jupyter.models import Outcome

__all__ = ["load_ipython_extension", "outcomes", "register", "unload_ipython_extension"]
__version__ = "0.1.0"


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext cashet_jupyter` calls."""
    from cashet_jupyter.magics.extension import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """What `%unload_ext cashet_jupyter` calls: every trace of the extension is removed from the shell."""
    from cashet_jupyter.magics.extension import unload

    unload(shell)


def outcomes() -> list[Outcome]:
    """What became of the cells of this kernel so far, oldest first."""
    from cashet_jupyter.magics.extension import outcomes

    return outcomes()


def register(kind: type | str, encode: Any = None, *, node: bool = True, subclasses: bool = True) -> Any:
    """Say how values of a type are fingerprinted; `kind` is a type or `"module:QualName"`. Also a decorator.

    `encode(encoder, value)` passes what tells two values apart to `encoder.value(...)`. `node=False` is for
    immutable values, whose identity does not matter.
    """
    from cashet_jupyter.fingerprint import register

    return register(kind, encode, node=node, subclasses=subclasses)
