"""Which store a request means: the one that a kernel has registered, else the nearest one to a notebook.

The nearest is looked for at and above the notebook's folder, as a kernel does, but never above the folder that the
server serves. A kernel may use a store that lies elsewhere (`CASHET_DIR`, a `.cashet` further up): it says so in a file
beside its connection file, in a folder that belongs to the user alone.
"""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cashet_jupyter.api.stores import is_store

#: what a registration file may hold, in bytes
_MOST = 16 << 10
_KERNEL = re.compile(r"[0-9A-Za-z-]{1,100}")
NAME = ".cashet"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is, or would be."""

    folder: Path
    exists: bool
    notebooks: tuple[str, ...] = ()
    """What a kernel may have called the notebook that was asked about: with links as they are, and resolved."""


class Outside(Exception):
    """A path that is not below the folder that the server serves, or is no path at all."""


def nearest(root: Path, path: str) -> Place:
    """The store for a notebook or folder, by its path as the front end has it. Raises `Outside`."""
    try:
        top = root.resolve()
        given = root / path.strip("/")
        target = given.resolve()
        if "\0" in path or not target.is_relative_to(top):
            raise Outside
        here = _folder_of(target)
    except (OSError, ValueError, RuntimeError) as error:  # too long, a null character, links in a circle
        raise Outside from error
    notebooks = tuple(dict.fromkeys((str(given), str(target))))
    for folder in (here, *here.parents):
        if not folder.is_relative_to(top):
            break
        if _counts(folder / NAME, top, here):
            return Place((folder / NAME).resolve(), exists=True, notebooks=notebooks)
    return Place(here / NAME, exists=False, notebooks=notebooks)


def _folder_of(target: Path) -> Path:
    """The folder of a notebook that need not be there yet. Raises `OSError`, for links in a circle too.

    `resolve` and `is_dir` say nothing of such links from Python 3.13 on.
    """
    try:
        return target if stat.S_ISDIR(target.stat().st_mode) else target.parent
    except (FileNotFoundError, NotADirectoryError):
        return target.parent


def registered(runtime: Path, kernel: str) -> Path | None:
    """The store that a kernel said it uses; None if it said nothing, or is another process by now."""
    if not _KERNEL.fullmatch(kernel):
        return None
    content = _content(runtime / f"cashet-{kernel}.json")
    if content is None or not isinstance(content.get("store"), str) or not _alive(content.get("pid")):
        return None
    folder = Path(cast("str", content["store"]))
    return folder if folder.is_absolute() and is_store(folder) else None


def _counts(folder: Path, top: Path, here: Path) -> bool:
    """Whether a kernel would use it, and the server may: no link out of what it serves, nobody else's further up."""
    try:
        found = folder.stat()
        inside = folder.resolve().is_relative_to(top)
    except OSError:
        return False
    own = folder.parent == here or found.st_uid == os.geteuid()
    return stat.S_ISDIR(found.st_mode) and inside and own and is_store(folder)


def _content(path: Path) -> dict[str, Any] | None:
    """What a file of ours says; None for anything else under its name."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            return None
        content: Any = json.loads(os.read(fd, _MOST))
    except (OSError, ValueError, RecursionError):
        return None
    finally:
        os.close(fd)
    return cast("dict[str, Any]", content) if isinstance(content, dict) else None


def _alive(pid: object) -> bool:
    """Whether a process may still be there; a kernel that was started again has another number."""
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
