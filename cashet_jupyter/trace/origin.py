"""On whose behalf something happens: found by walking the stack up to the first frame of the user's code."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Literal

Origin = Literal["user", "library", "noise"]
_Kind = Literal["user", "library", "noise", "plumbing"]

#: whose own reading is none of the user's: the import system, the shell's history and tracebacks, caches of libraries
_NOISE = (
    "importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport", "pkgutil", "zoneinfo", "gettext",
    "platform", "ctypes.util", "sysconfig", "_sysconfigdata", "mimetypes", "ensurepip", "runpy._",
    "IPython.core.history", "IPython.core.completer", "IPython.core.compilerop", "IPython.core.ultratb",
    "IPython.core.tbtools", "ipykernel.iostream", "ipykernel.compiler", "ipykernel.ipkernel", "ipykernel.kernelbase",
    "ipykernel.kernelapp", "ipykernel.displayhook", "ipykernel.comm", "ipykernel.pylab", "ipykernel.debugger", "zmq",
    "jupyter_client", "matplotlib_inline", "debugpy", "pydevd",
    "_pydevd_bundle", "_pydev_bundle", "matplotlib.font_manager", "matplotlib.style", "matplotlib.texmanager",
    "dateutil.tz", "dateutil.zoneinfo", "pytz", "tzdata", "certifi", "threadpoolctl",
    "importlib_metadata", "importlib_resources", "pkg_resources", "setuptools", "_distutils_hack",
    "joblib.externals.loky.backend", "multiprocessing.resource_tracker", "numba.core.caching", "triton",
)  # fmt: skip
#: lines of code for tracebacks and warnings; `inspect` asks it on behalf of a program
_LINES = ("linecache", "tokenize", "traceback", "warnings")
#: where this package lies
OWN = str(Path(__file__).parent.parent) + os.sep
#: frames of ours that stand between a caller and what it calls; all others are the cache's own doings
_BETWEEN_NAMES = ("patches.py", "environment.py", "imports.py", "natives/sqlite.py")
#: where a submitted function is called: what a library does below that, the user has asked for
_CALLS = OWN + os.path.join("functions", "calling.py")
_BETWEEN = tuple(str(Path(__file__).parent / name) for name in _BETWEEN_NAMES)


def origin(frame: FrameType | None) -> Origin:
    """Who caused what happens in `frame`.

    The user's code itself (perhaps through the standard library), an installed library (perhaps called by the user's
    code), or machinery whose doings are nobody's inputs. A stack without any known frame counts as the user's.
    """
    found: Origin = "user"
    lines = inspected = False
    while frame is not None:
        name = frame.f_globals.get("__name__")
        kind = _kind(frame.f_code.co_filename, name if isinstance(name, str) else "")
        if kind == "noise":
            return "noise"
        if kind == "user":
            break
        if kind == "library":
            found = "library"
        elif name in _LINES:
            lines = True
        elif name == "inspect":
            inspected = True
        frame = frame.f_back
    return "noise" if lines and not inspected else found


@lru_cache(maxsize=20_000)
def _kind(filename: str, module: str) -> _Kind:
    if filename == _CALLS:
        return "user"
    if filename.startswith(OWN):
        return "plumbing" if filename in _BETWEEN else "noise"
    if any(module == name or module.startswith(name + ".") for name in _NOISE):
        return "noise"
    if filename.startswith("<frozen importlib"):
        return "noise"
    if filename.startswith(("<frozen", "<string>", "<attrs", "<__array", "<call>")):
        return "plumbing"
    if filename.startswith(library_folders()):
        return "library"
    return "plumbing" if filename.startswith(stdlib_folders()) else "user"


def is_library(path: str) -> bool:
    """Whether a file belongs to Python or to an installed distribution."""
    return path.startswith(library_folders()) or path.startswith(stdlib_folders())


@lru_cache(maxsize=1)
def library_folders() -> tuple[str, ...]:
    """Where installed distributions lie, each with a separator at its end."""
    paths = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), site.getusersitepackages()]
    paths += site.getsitepackages()
    paths += [path for path in sys.path if path.rstrip(os.sep).endswith(("site-packages", "dist-packages"))]
    return _with_real(paths)


@lru_cache(maxsize=1)
def stdlib_folders() -> tuple[str, ...]:
    """Where the standard library lies, each with a separator at its end."""
    return _with_real([sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), str(Path(os.__file__).parent)])


def _with_real(paths: list[str]) -> tuple[str, ...]:
    both = {path for given in paths if given for path in (given, os.path.realpath(given))}
    return tuple(sorted(path.rstrip(os.sep) + os.sep for path in both))
