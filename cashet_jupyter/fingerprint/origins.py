"""Where code comes from: the user's own modules, the standard library, or an installed distribution.

The user's code counts by its content. An installed distribution counts by its name and version, as they were when
this kernel saw them first: an upgrade under a running kernel changes the files, but not the code that runs.
"""

from __future__ import annotations

import sys
import sysconfig
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Literal

Origin = Literal["local", "standard", "installed"]

#: a static C type cannot be made by Python code, so its name says it all
_HEAP_TYPE = 1 << 9

#: this package
_OWN = __name__.partition(".")[0]

_origins: dict[tuple[str, str], Origin] = {}
_versions: dict[str, str] = {}


def origin_of(name: str | None) -> Origin:
    """Where the module of that name comes from; an unknown one is taken as the user's."""
    if not isinstance(name, str) or name == "__main__":
        return "local"
    module = sys.modules.get(name)
    if module is None and name.partition(".")[0] != name:
        module = sys.modules.get(name.partition(".")[0])
    place = _place(module)
    key = (name, place)
    known = _origins.get(key)
    if known is None:
        known = _origins[key] = _classify(name, place)
    return known


def is_local(name: str | None) -> bool:
    """Whether a module is the user's own: not of the standard library, not an installed distribution."""
    return origin_of(name) == "local"


def reference(module: str, path: str) -> bytes:
    """The canonical bytes for something that a library calls by this name."""
    text = f"{module}:{path}@{version_of(module)}".encode()
    return b"T" + len(text).to_bytes(4, "little") + text


def version_of(name: str) -> str:
    """The version of the distribution that a module belongs to; empty for the standard library.

    Python's own version is a part of every key already.
    """
    top = name.partition(".")[0]
    version = _versions.get(top)
    if version is None:
        version = _versions[top] = "" if origin_of(name) == "standard" else _version(top)
    return version


def resolves(obj: Any) -> bool:
    """Whether the module and qualified name of an object still lead to it."""
    module = sys.modules.get(getattr(obj, "__module__", None) or "")
    found: Any = None if module is None else vars(module)
    for part in getattr(obj, "__qualname__", "<locals>").split("."):
        inside: Any = vars(found) if isinstance(found, type) else found
        found = inside.get(part) if isinstance(inside, dict | MappingProxyType) else None
        if isinstance(found, staticmethod | classmethod):
            found = found.__func__
    return found is obj


def is_static(kind: type) -> bool:
    """Whether a type is written in C and is not made while the program runs."""
    return not kind.__flags__ & _HEAP_TYPE


def _place(module: ModuleType | None) -> str:
    """The file or folder that a loaded module came from; a word in angle brackets where there is none."""
    if module is None:
        return "<unknown>"
    content = vars(module)
    file = content.get("__file__")
    if isinstance(file, str):
        return file
    for folder in content.get("__path__") or ():
        return str(folder)
    spec = content.get("__spec__")
    return f"<{getattr(spec, 'origin', None) or 'made by hand'}>"


def _classify(name: str, place: str) -> Origin:
    top = name.partition(".")[0]
    if top == _OWN:  # also where it is a development install
        return "installed"
    if place in ("<built-in>", "<frozen>"):
        return "standard"
    if place.startswith("<"):
        return "standard" if top in sys.builtin_module_names else "local"
    parts = Path(place).parts
    if "site-packages" in parts or "dist-packages" in parts:
        return "installed" if _version(top) else "local"
    real = str(Path(place).resolve())
    if any(real.startswith(folder) for folder in _standard_folders()):
        return "installed" if any(mark in real for mark in ("site-packages", "dist-packages")) else "standard"
    return "local"


@lru_cache(maxsize=1)
def _standard_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple({str(Path(paths[name]).resolve()) + "/" for name in ("stdlib", "platstdlib")})


@lru_cache(maxsize=512)
def _version(top: str) -> str:
    """The version that the loaded module itself claims, else that of its distribution; empty if nobody says.

    Only the module's own dict is asked: a module's `__getattr__` may warn or import.
    """
    module = sys.modules.get(top)
    version = None if module is None else vars(module).get("__version__")
    return str(version) if isinstance(version, str) else distribution_version(top)


@lru_cache(maxsize=512)
def distribution_version(top: str) -> str:
    """The version of the distribution of a module, loaded or not; empty if there is none."""
    try:
        return metadata.version(top)
    except (metadata.PackageNotFoundError, ValueError):
        names = _distributions().get(top, [])
        return " ".join(f"{name} {metadata.version(name)}" for name in sorted(set(names)))


@lru_cache(maxsize=1)
def _distributions() -> dict[str, list[str]]:
    """Top-level module -> its distributions. Slow (a quarter of a second): only asked where the names differ."""
    return dict(metadata.packages_distributions())
