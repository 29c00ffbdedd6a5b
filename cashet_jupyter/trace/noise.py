"""Paths that are no file of a user, whoever opens them: parts of Python, of libraries, of the system, of the cache."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import lru_cache

from cashet_jupyter.trace.origin import library_folders, stdlib_folders

_SYSTEM = (
    "/proc/", "/sys/", "/dev/pts/", "/dev/dri/", "/dev/nvidia", "/usr/share/zoneinfo/", "/usr/share/fonts/",
    "/usr/local/share/fonts/",
    "/usr/lib/locale/", "/usr/share/locale/", "/usr/share/fontconfig/", "/etc/fonts/", "/etc/ssl/",
    "/System/Library/", "/Library/Fonts/",
)  # fmt: skip
_SYSTEM_FILES = frozenset({
    "/dev/null", "/dev/zero", "/dev/tty", "/dev/kfd",
    "/etc/localtime", "/etc/timezone", "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf",
    "/etc/os-release", "/usr/lib/os-release", "/etc/mime.types", "/etc/gai.conf", "/etc/ld.so.cache",
})  # fmt: skip
#: of the home folder
_HOME = (
    ".cache/matplotlib/", ".config/matplotlib/", ".cache/fontconfig/", ".ipython/", ".jupyter/",
    ".local/share/jupyter/",
    ".cache/pip/", ".cache/torch/kernels/", ".fonts/", ".local/share/fonts/", ".cache/cashet/", ".local/share/cashet/",
)  # fmt: skip
#: folders that say who they belong to, wherever they lie
_ANYWHERE = ("/__pycache__/", "/.cashet/", "/joblib_memmapping_folder_", "/ipykernel_", "/.ipynb_checkpoints/")
_ENDINGS = (".pyc", ".pyo")


_VARIABLES = ("MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "CASHET_DIR")


class Noise:
    """Tells the paths that are no file of a user, with the settings of the moment that it is made."""

    def __init__(self) -> None:
        places = [os.path.abspath(value) + os.sep for name in _VARIABLES if (value := os.environ.get(name))]
        key = os.environ.get("CASHET_KEY_FILE")
        own = sys.executable, tempfile.gettempdir(), os.path.abspath(key) if key else ""
        self._folders, self._files = _places(os.path.expanduser("~") + os.sep, tuple(places), own)

    def __contains__(self, path: str) -> bool:
        """Whether an absolute path is none of the user's."""
        return (
            path.startswith(self._folders)
            or path in self._files
            or path.endswith(_ENDINGS)
            or any(part in path for part in _ANYWHERE)
        )


@lru_cache(maxsize=4)
def _places(home: str, places: tuple[str, ...], own: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The folders and files; `own` are the interpreter, the folder of temporary files and the user's key."""
    folders = (*_SYSTEM, *library_folders(), *stdlib_folders(), *(home + name for name in _HOME), *places)
    # the zipped standard library, `pyvenv.cfg`, and what the interpreter itself is made of
    return folders, _SYSTEM_FILES | {*own, os.path.realpath(own[0])} - {""}
