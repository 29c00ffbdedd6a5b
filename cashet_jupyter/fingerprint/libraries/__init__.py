"""One small file per data library: how its values are encoded.

A file is imported when a value of its library is met for the first time, so never before the kernel itself has
imported the library. Each has one function, `install() -> None`, which registers the library's types.
"""

from __future__ import annotations

import sys
from importlib import import_module

#: top-level import name -> the file here that knows its values
FILES = {
    "PIL": "pillow",
    "attr": "attr",
    "matplotlib": "matplotlib",
    "networkx": "networkx",
    "numpy": "numpy",
    "pandas": "pandas",
    "polars": "polars",
    "pyarrow": "pyarrow",
    "pydantic": "pydantic",
    "pydantic_core": "pydantic",
    "scipy": "scipy",
    "sklearn": "sklearn",
    "sympy": "sympy",
    "torch": "torch",
    "xarray": "xarray",
}

#: libraries that write into classes of the user's
DECORATING = ("attr", "pydantic", "sympy")

_installed: set[str] = set()


def prepare(kind: type) -> None:
    """Install the files of all libraries whose classes stand among the bases of `kind`.

    The metaclass counts too: a class of the user may be an instance of a library's metaclass and nothing else.
    """
    for name in DECORATING:
        if name in sys.modules:
            _install(FILES[name])
    metaclass: type = type(kind)
    for base in (*kind.__mro__, *metaclass.__mro__):
        module = getattr(base, "__module__", None)
        # a class written in C may have a descriptor there, for its instances
        name = module.partition(".")[0] if isinstance(module, str) else ""
        if name in FILES and name in sys.modules:
            _install(FILES[name])


def _install(file: str) -> None:
    if file in _installed:
        return
    _installed.add(file)
    try:
        import_module(f"{__name__}.{file}").install()
    except (ImportError, AttributeError):
        # a version of the library that is too old or too new for its file: its values are encoded by their reductions
        return
