"""What can be asked of the file system, by kind of dependency: the recorder and a later lookup ask it alike.

Every function takes the dependency's name and gives a digest, never an exception: what cannot be found out is a
digest of its own. Names are as the program gave them: a relative one is asked of the working directory of the moment,
so that a project's results hold in every copy of the project.
"""

from __future__ import annotations

import glob
import json
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cashet_jupyter.digest import Part, digest
from cashet_jupyter.trace.digests import file_digest

#: the digest of a file that does not exist
ABSENT = "absent"


def content(path: str) -> str:
    """A file's content."""
    try:
        return file_digest(path)[0]
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except (OSError, ValueError) as error:
        return f"unreadable: {type(error).__name__}"


def kind(path: str) -> str:
    """Whether there is a file, a folder, something else, or nothing."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return ABSENT
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def link(path: str) -> str:
    """Whether there is an entry of that name, and where it leads if it is a link."""
    try:
        return f"link: {os.readlink(path)}"
    except (OSError, ValueError):
        return "entry" if os.path.lexists(path) else ABSENT


def size(path: str) -> str:
    """A file's size in bytes."""
    try:
        return str(os.stat(path).st_size)
    except (OSError, ValueError):
        return ABSENT


def status(path: str) -> str:
    """What `os.stat` shows of a file: its type and permissions, its size, when it was written."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ABSENT
    # a folder's size and time change with what lies in it, which is asked for by listings
    return f"{found.st_mode:o} {'' if stat.S_ISDIR(found.st_mode) else (found.st_size, found.st_mtime_ns)}"


def access(name: str) -> str:
    """`os.access`; the name is the mode and the path."""
    mode, _, path = name.partition(" ")
    return str(os.access(path, int(mode)))


def listing(path: str) -> str:
    """The names in a folder."""
    try:
        return _digest("listing", os.listdir(path))
    except (OSError, ValueError):
        return ABSENT


def entries(path: str) -> str:
    """The names in a folder and which of them are folders: what `os.walk` goes by."""
    try:
        with os.scandir(path) as found:
            return _digest("entries", [(entry.name, entry.is_dir()) for entry in found])
    except (OSError, ValueError):
        return ABSENT


def details(path: str) -> str:
    """What `os.scandir` shows of a folder: names, types, sizes, times."""
    try:
        with os.scandir(path) as found:
            return _digest("details", [(entry.name, status(entry.path)) for entry in found])
    except (OSError, ValueError):
        return ABSENT


def tree(path: str) -> str:
    """The names of all files below a folder."""
    if not os.path.isdir(path):
        return ABSENT
    return _digest("tree", [os.path.join(folder, name) for folder, _, files in os.walk(path) for name in files])


def pattern(name: str) -> str:
    """The result of `glob.glob`; the name is its pattern, or JSON of its arguments."""
    given: dict[str, Any] = json.loads(name) if name.startswith("{") else {"pathname": name, "recursive": True}
    return _digest("glob", glob.glob(given.pop("pathname"), **given))


def path_pattern(name: str) -> str:
    """The result of `Path.glob`; the name is JSON of folder and pattern."""
    folder, wanted = json.loads(name)
    try:
        return _digest("path glob", [str(path) for path in Path(folder).glob(wanted)])
    except (OSError, ValueError, NotImplementedError, IndexError) as error:
        return f"wrong: {type(error).__name__}"


def _digest(tag: str, names: Iterable[Any]) -> str:
    """The digest of names in any order: a file system gives them in its own."""
    found: list[Part] = sorted(names)
    return digest(tag, found)


FACTS: dict[str, Callable[[str], str]] = {
    "file": content,
    "absent": kind,
    "exists": kind,
    "link": link,
    "size": size,
    "stat": status,
    "access": access,
    "listing": listing,
    "entries": entries,
    "details": details,
    "tree": tree,
    "glob": pattern,
    "path-glob": path_pattern,
}
