"""Something done as soon as a library has been imported, while a run is recorded."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import get_ident
from types import ModuleType
from typing import Any

from cashet_jupyter.trace.origin import is_library


class _Telling(Loader):
    """A module's own loader, which tells when it begins and ends; the module never sees this one."""

    def __init__(self, loader: Any, watch: ImportWatch, outermost: bool) -> None:
        self._loader = loader
        self._watch = watch
        self._outermost = outermost

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the module's own loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As the module's own loader does, and tell."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        if not self._outermost:
            self._loader.exec_module(module)
            self._watch.done(module.__name__)
            return
        self._watch.begin()
        try:
            self._loader.exec_module(module)
            self._watch.done(module.__name__)
        finally:
            self._watch.end()


class ImportWatch(MetaPathFinder):
    """Stands in front of the other finders and asks them.

    `done(name)` is called when a watched module is there, `around(True)` before the outermost of nested imports of
    libraries and `around(False)` after it.
    """

    def __init__(self, names: frozenset[str], done: Callable[[str], object], around: Callable[[bool], object]) -> None:
        self._names = names
        self._done = done
        self._around = around
        self._importing: set[int] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that the other finders have, with a loader that tells."""
        outermost = get_ident() not in self._importing
        if not outermost and fullname not in self._names:
            return None
        for finder in list(sys.meta_path):
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec = find(fullname, path, target)
            if spec is not None:
                library = outermost and (not spec.has_location or is_library(spec.origin or ""))
                if hasattr(spec.loader, "exec_module") and (library or fullname in self._names):
                    spec.loader = _Telling(spec.loader, self, library)
                return spec
        return None

    def begin(self) -> None:
        """A library begins to be imported by something else than a library."""
        self._importing.add(get_ident())
        self._around(True)

    def end(self) -> None:
        """It has been imported, or not."""
        self._importing.discard(get_ident())
        self._around(False)

    def done(self, name: str) -> None:
        """A module is there."""
        if name in self._names:
            self._done(name)

    def start(self) -> None:
        """Watch from now on."""
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Watch no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
