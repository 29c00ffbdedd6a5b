"""The questions about the file system, the folder and the terminal that raise no audit event."""

from __future__ import annotations

import builtins
import os
import sys
from functools import partial
from types import FrameType
from typing import Any

from cashet_jupyter.trace.audit import path_at
from cashet_jupyter.trace.bus import report
from cashet_jupyter.trace.origin import is_library, origin
from cashet_jupyter.trace.patches import Patches, Watched

#: the functions of `genericpath`, `posixpath` and `pathlib` that ask for a file's state, and how much of it they tell
_TELL = {
    "exists": "exists", "isfile": "exists", "isdir": "exists", "is_file": "exists", "is_dir": "exists",
    "samefile": "exists", "ismount": "exists", "is_mount": "exists", "is_fifo": "exists", "is_socket": "exists",
    "is_block_device": "exists", "is_char_device": "exists",
    "lexists": "link", "islink": "link", "is_symlink": "link",
    "getsize": "size", "getmtime": "stat", "getatime": "stat", "getctime": "stat",
}  # fmt: skip
#: parts of writing, of resolving, and of patterns (the pattern is the dependency)
_SILENT = {
    "makedirs", "mkdir", "realpath", "_joinrealpath", "resolve", "_iglob", "_glob0", "_glob1", "_glob2", "glob",
    "rglob", "walk", "_walk", "rmtree", "_rmtree_safe_fd", "_select_from", "_iterate_directories", "select_exists",
    "select_wildcard", "select_recursive", "select_recursive_step", "select_literal", "select_special",
}  # fmt: skip
_PATHS = {"genericpath", "posixpath", "ntpath", "pathlib", "pathlib._local", "pathlib._abc", "pathlib._os", "glob",
          "os", "shutil"}  # fmt: skip
_FRAMES = 8


def watch_system(patches: Patches) -> None:
    """Tell of `os.stat` and its like, and of the working directory."""
    for name in ("stat", "lstat"):
        _watch(patches, name, _stat)
    _watch(patches, "access", _access)
    _watch(patches, "readlink", _readlink)
    _watch(patches, "getcwd", _getcwd)
    _watch(patches, "getcwdb", _getcwd)


def watch_input(patches: Patches) -> None:
    """Tell of questions to the user. A kernel sets an `input` of its own for every cell."""
    patches.replace(builtins, "input", Watched(builtins.input, _input))


def _watch(patches: Patches, name: str, note: Any) -> None:
    original = getattr(os, name)
    stand_in: Any = patches.call(os, name, note)
    # `shutil` asks whether `os.stat` is one of those that take a descriptor
    for group in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        if stand_in is not None and original in group:
            patches.other(partial(group.add, stand_in), partial(group.discard, stand_in))


def _stat(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    path = args[0] if args else kwargs.get("path")
    # `os.stat` stands two frames up: this note, then the stand-in
    frame = sys._getframe(2)
    if path is None or isinstance(path, int) or origin(frame) == "noise":
        return
    if kinds := _kinds(frame):
        soft = _soft(frame)
        for kind in kinds:
            report("fact", kind, path_at(path, kwargs.get("dir_fd")), soft)


def _soft(frame: FrameType) -> bool:
    """Whether a library asks for itself: if the run then makes the file, the answer did not matter."""
    return origin(frame) == "library" or _copies(frame)


def _copies(frame: FrameType | None) -> bool:
    for _ in range(_FRAMES):
        if frame is None or frame.f_globals.get("__name__") not in _PATHS:
            return False
        if frame.f_globals.get("__name__") == "shutil":
            return True
        frame = frame.f_back
    return False


def _kinds(frame: FrameType) -> tuple[str, ...]:
    """What the asker learns of the file."""
    told: str | None = None
    caller: FrameType | None = frame
    for _ in range(_FRAMES):
        if caller is None or caller.f_globals.get("__name__") not in _PATHS:
            break
        name = caller.f_code.co_name
        if name in _SILENT:
            return ()
        told = told or _TELL.get(name)
        caller = caller.f_back
    if told is not None:
        return (told,)
    return ("link", "stat") if origin(frame) == "user" and caller is not None and _is_users(caller) else ("exists",)


def _is_users(frame: FrameType) -> bool:
    """Whether this very frame is the user's: what other modules ask a file's times for does not reach the result."""
    filename = frame.f_code.co_filename
    return not is_library(filename) and not filename.startswith("<frozen")


def _access(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    path = args[0] if args else kwargs.get("path")
    mode = args[1] if len(args) > 1 else kwargs.get("mode", os.F_OK)
    if path is not None and not isinstance(path, int) and origin(sys._getframe(2)) != "noise":
        report("asked_access", path_at(path, kwargs.get("dir_fd")), int(mode))


def _readlink(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    path = args[0] if args else kwargs.get("path")
    if path is not None and origin(sys._getframe(2)) != "noise":
        report("fact", "link", path_at(path, kwargs.get("dir_fd")))


def _getcwd(_args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
    frame: FrameType | None = sys._getframe(2)
    who = origin(frame)
    while frame is not None and frame.f_globals.get("__name__") in _PATHS:
        if frame.f_code.co_name in _SILENT - {"resolve", "realpath"}:
            return
        frame = frame.f_back
    # `inspect` makes the names of source files absolute, to compare them
    if who != "noise" and (frame is None or frame.f_globals.get("__name__") not in {"inspect", "linecache"}):
        report("folder_asked", who == "library")


def _input(_args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
    report("refuse", "stdin", "it asks for input")
