"""What can be asked of the process: variables, working directory, arguments; as digests, for dependencies."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cashet_jupyter.digest import digest
from cashet_jupyter.trace.environment import variable


def variable_digest(name: str) -> str:
    """The digest of an environment variable's value; `*` is all of them."""
    return digest("variable", variable(name))


def folder() -> str | None:
    """The working directory; None where it has been removed."""
    try:
        return os.getcwd()
    except OSError:
        return None


def cwd_digest(path: str | None) -> str:
    """The digest of a working directory."""
    return digest("cwd", path)


def argv_digest(arguments: Sequence[object]) -> str:
    """The digest of what `sys.argv` held."""
    return digest("argv", [str(argument) for argument in arguments])
