"""What the argument of a native reader or writer names: files, patterns, folders, addresses, or data in memory."""

from __future__ import annotations

import glob
import io
import os
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from cashet_jupyter.trace.bus import report

Access = Literal["read", "write", "update", "folder"]

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://")
_DEEP = 6


def tell(entry: str, value: Any, access: Access, *, patterns: bool = False) -> None:
    """Report what an entry point is given. `patterns`: whether the library expands `*` itself."""
    if not _told(entry, value, access, patterns, 0):
        report("unexplained", f"{entry} was given a {type(value).__name__}")


def _told(entry: str, value: Any, access: Access, patterns: bool, depth: int) -> bool:
    if value is None or depth > _DEEP:
        return value is None
    if isinstance(value, str | os.PathLike):
        tell_path(os.fsdecode(value), access, patterns=patterns)
        return True
    if isinstance(value, list | tuple | set | frozenset):
        return all(_told(entry, item, access, patterns, depth + 1) for item in value)
    if isinstance(value, Mapping):
        return all(_told(entry, item, access, patterns, depth + 1) for item in value.values())
    return _in_memory(value) or _of_library(entry, value, access, depth)


def _in_memory(value: Any) -> bool:
    """Data itself, or an open file: who opened it has been seen."""
    return (
        isinstance(value, bytes | bytearray | memoryview | io.IOBase | int)
        or hasattr(value, "read")
        or hasattr(value, "write")
        or hasattr(value, "__array__")
        or hasattr(value, "__arrow_c_stream__")
        or hasattr(value, "__dataframe__")
        or type(value).__name__ in {"Buffer", "RecordBatch", "Table", "Schema", "FileID"}
    )


def _of_library(entry: str, value: Any, access: Access, depth: int) -> bool:
    """Objects of libraries that stand for files: data sets, selectors, fragments, lists of them."""
    for attribute in ("files", "paths", "path", "base_dir", "name"):
        found = getattr(value, attribute, None)
        if isinstance(found, str | list | tuple) and found:
            return _told(entry, found, access, False, depth + 1)
    children = getattr(value, "children", None)
    return isinstance(children, list | tuple) and _told(entry, children, access, False, depth + 1)


def tell_path(path: str, access: Access, *, patterns: bool = False) -> None:
    """Report a path, pattern or address that a native library is given."""
    if _ADDRESS.match(path):
        parts = urlsplit(path)
        if parts.scheme != "file":
            report("refuse", "network", f"it uses {path.partition('?')[0]}")
            return
        path = unquote(parts.path)
    if path.startswith("~"):
        path = os.path.expanduser(path)
    if access in {"write", "update"}:
        report(access, path)
    elif access == "folder":
        report("write_folder", path)
    elif patterns and glob.has_magic(path) and not os.path.lexists(path):
        report("named", "glob", path)
        for found in sorted(glob.glob(path, recursive=True)):
            _read(found)
    else:
        _read(path)


def _read(path: str) -> None:
    report("folder" if os.path.isdir(path) else "read", path)
