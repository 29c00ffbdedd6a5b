"""Registries of the process that a cell may change and that a hit does not bring back: then it is not stored."""

from __future__ import annotations

import copyreg
import logging
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from cashet_jupyter.errors import Refused


def _logging() -> object:
    """Levels, handlers and filters of all loggers."""
    root = logging.root
    named = {
        name: (logger.level, tuple(map(id, logger.handlers)), logger.propagate, logger.disabled)
        for name, logger in list(root.manager.loggerDict.items())
        if isinstance(logger, logging.Logger) and (logger.level or logger.handlers or not logger.propagate)
    }
    return root.level, tuple(map(id, root.handlers)), root.manager.disable, named


def _figures() -> object:
    """The figures that pyplot keeps open; an inline backend has shown and closed them by the end of a cell."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    return () if helpers is None else tuple(helpers.Gcf.figs)


_REGISTRIES: Mapping[str, Callable[[], Any]] = {
    "the settings of logging": _logging,
    "how classes are pickled (copyreg)": lambda: dict(copyreg.dispatch_table),
    "how warnings are shown": lambda: (warnings.showwarning, warnings.formatwarning),
    "pyplot's open figures": _figures,
}


class Registries:
    """The registries as they are before a run."""

    def __init__(self) -> None:
        self._before: dict[str, Any] = {name: take() for name, take in _REGISTRIES.items()}

    def check_unchanged(self) -> None:
        """Raise `Refused` if the run changed one.

        Loggers that a library sets up while it is imported are its own affair: the import is made again on a hit.
        """
        for name, take in _REGISTRIES.items():
            now = take()
            if name == "the settings of logging":
                if not _only_new_loggers(self._before[name], now):
                    raise Refused("", f"it changes {name}", "put it in a cell of its own")
            elif now != self._before[name] and not (
                name.endswith("(copyreg)") and _only_libraries(now, self._before[name])
            ):
                raise Refused("", f"it changes {name}", "put it in a cell of its own")


def _only_new_loggers(before: Any, now: Any) -> bool:
    return (
        before[:3] == now[:3]
        and all(now[3].get(name, state) == state for name, state in before[3].items())
        and all(name.partition(".")[0] in sys.modules for name in now[3].keys() - before[3].keys())
    )


def _only_libraries(now: Mapping[type, Any], before: Mapping[type, Any]) -> bool:
    """Whether all that is new are classes of libraries, which register them when they are imported."""
    changed = [kind for kind in now if now[kind] is not before.get(kind)]
    return before.keys() <= now.keys() and all(kind.__module__ != "__main__" for kind in changed)
