"""The callable that stored bytes ask for what depends on where they are read.

It sits in a slot of its own (see references.py), so a pickle can call it like any function.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from cashet_jupyter.errors import Damaged
from cashet_jupyter.serialize.buffers import BufferReader
from cashet_jupyter.serialize.references import References


class Resolver:
    """Resolves what a stored run asks for: code as it stands now, docstrings, modules, buffers.

    While values are stored it has no reader and only stands for the one that will resolve.
    """

    def __init__(self, references: References, reader: BufferReader | None = None) -> None:
        self.references = references
        self.reader = reader
        self._kinds: dict[str, Callable[..., Any]] = {
            "code": references.code,
            "line": references.class_line,
            "doc": self._docstring,
            "module": importlib.import_module,
            "globals": self._module_globals,
            "copy": lambda: dict(references.namespace),
        }
        if reader is not None:
            self._kinds |= {"peek": reader.peek, "own": reader.own, "rows": reader.own_rows}

    def __call__(self, kind: str, *args: Any) -> Any:
        """Resolve one thing; raises `Damaged` for a kind that there is not."""
        if kind not in self._kinds:
            msg = f"unknown reference {kind!r}"
            raise Damaged(msg)
        return self._kinds[kind](*args)

    def _docstring(self, qualname: str, stored: str | None, generated: str | None) -> str | None:
        """The docstring of a class of the cell as it stands now.

        `generated` is what the class shows when it has none (a dataclass shows its signature).
        """
        docstrings = self.references.docstrings
        now = docstrings.get(qualname, stored)
        return generated if now is None else now

    @staticmethod
    def _module_globals(name: str) -> dict[str, Any]:
        return vars(importlib.import_module(name))
