"""What can be asked of the process: variables, working directory, arguments; as digests, for dependencies."""

from __future__ import annotations

import os
import sys

from cashet_jupyter.digest import digest
from cashet_jupyter.trace.environment import variable


def variable_digest(name: str) -> str:
    """The digest of an environment variable's value; `*` is all of them."""
    return digest("variable", variable(name))


def cwd_digest() -> str:
    """The digest of the working directory."""
    try:
        return digest("cwd", os.getcwd())
    except OSError:
        return digest("cwd", None)


def argv_digest() -> str:
    """The digest of `sys.argv`."""
    return digest("argv", [str(argument) for argument in sys.argv])
