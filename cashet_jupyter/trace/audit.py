"""What the audit hook sees, and what each event means. Events come before what they announce happens."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from importlib.util import source_from_cache
from threading import get_ident
from types import FrameType
from typing import Any

from cashet_jupyter.trace.bus import BUSY, report
from cashet_jupyter.trace.hook import Handler
from cashet_jupyter.trace.infrastructure import of_shell
from cashet_jupyter.trace.origin import OWN, is_library, origin

_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
_NO_CONTENT = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", 0)
_TEMPORARY = getattr(os, "O_TMPFILE", 0)


def handlers() -> dict[str, Handler]:
    """The handler of every event that matters."""
    table: dict[str, Callable[[tuple[Any, ...], FrameType], object]] = {
        "open": _open,
        "os.listdir": _listdir,
        "os.scandir": _scandir,
        "glob.glob/2": _glob,
        "pathlib.Path.glob": _path_glob,
        "pathlib.Path.rglob": _path_rglob,
        "os.remove": lambda args, _: _changed("remove", args[0], args[1]),
        "os.rmdir": lambda args, _: _changed("remove", args[0], args[1]),
        "os.mkdir": lambda args, _: _changed("make_folder", args[0], args[2]),
        "os.truncate": lambda args, _: _changed("update", args[0]),
        "os.chmod": lambda args, _: _changed("update", args[0], args[2]),
        "os.symlink": lambda args, _: _changed("write", args[1], args[2]),
        "os.link": _link,
        "os.rename": _rename,
        "os.chdir": lambda *_: report("changed_folder"),
        "sqlite3.connect": _sqlite,
        "subprocess.Popen": lambda args, _: _refuse("subprocess", f"it starts a program, {_program(args[1])}"),
        "os.system": lambda args, _: _refuse("subprocess", f"it starts a program, {_program(args[0])}"),
        "os.posix_spawn": lambda args, _: _refuse("subprocess", f"it starts a program, {_program(args[0])}"),
        "os.spawn": lambda args, _: _refuse("subprocess", f"it starts a program, {_program(args[1])}"),
        "os.fork": lambda *_: _refuse("subprocess", "it starts another process"),
        "os.forkpty": lambda *_: _refuse("subprocess", "it starts another process"),
        "socket.connect": _connect,
        "socket.sendto": _connect,
        "socket.getaddrinfo": lambda args, _: _refuse("network", f"it connects to {_host(args[0])}"),
        "socket.gethostbyname": lambda args, _: _refuse("network", f"it asks for the address of {_host(args[0])}"),
        "urllib.Request": _request,
        "_thread.start_new_thread": _thread,
        "_thread.start_joinable_thread": _thread,
        "builtins.input": lambda *_: _refuse("stdin", "it asks for input"),
    }
    for event in ("dlopen", "dlsym", "dlsym/handle", "cdata", "string_at", "wstring_at", "memoryview_at"):
        table[f"ctypes.{event}"] = _ctypes
    return {event: _guarded(handler) for event, handler in table.items()}


def _guarded(handler: Callable[[tuple[Any, ...], FrameType], object]) -> Handler:
    """The handler, for what the run does: not the recorder itself, nor the threads of the shell."""

    def guarded(args: tuple[Any, ...]) -> None:
        if (me := get_ident()) in BUSY or of_shell(me):
            return
        try:
            handler(args, sys._getframe(2))
        except Exception as error:  # an exception here would become one of the user's code
            report("failed", error)

    return guarded


# ------------------------------------------------------------------------------------------------------- files
def _open(args: tuple[Any, ...], frame: FrameType) -> None:
    path, mode, flags = args
    if path is None or isinstance(path, int) or flags & _NO_CONTENT == _NO_CONTENT != 0:
        return
    text = os.fsdecode(path)
    if frame.f_code.co_filename.startswith("<frozen importlib"):
        _imported(text)
        return
    if mode is None and not os.path.isabs(text) and frame.f_globals.get("__name__") in {"shutil", "os"}:
        return  # relative to a descriptor that the event does not tell; they open folders only, and list them
    if origin(frame) == "noise":
        return
    access = flags & _ACCESS
    if access == os.O_RDONLY:
        report("read", text)
    elif _TEMPORARY and flags & _TEMPORARY == _TEMPORARY:
        return
    elif flags & os.O_EXCL and flags & os.O_CREAT:
        if frame.f_globals.get("__name__") != "tempfile":
            report("fact", "absent", text)
        report("write", text)
    else:
        report("write" if flags & os.O_TRUNC else "update", text)


def _imported(path: str) -> None:
    """The import system reads a module: its source counts if it belongs to no library."""
    if is_library(path) or path.startswith(OWN) or not path.endswith((".py", ".pyc")):
        return
    if path.endswith(".pyc"):
        try:
            path = source_from_cache(path)
        except ValueError:
            return
    report("imported", path)


def _listdir(args: tuple[Any, ...], frame: FrameType) -> None:
    if origin(frame) != "noise":
        report("fact", "listing", _folder(args[0]))


def _scandir(args: tuple[Any, ...], frame: FrameType) -> None:
    caller: FrameType | None = frame
    while caller is not None and caller.f_globals.get("__name__", "").partition(".")[0] in {"pathlib", "glob"}:
        name = caller.f_code.co_name
        if name in {"glob", "rglob", "iglob", "_iglob", "_listdir"} or name.startswith(("select_", "_select_")):
            return  # the pattern is the dependency: other files in the folder may come and go
        caller = caller.f_back
    if (who := origin(frame)) == "noise":
        return
    direct = who == "user" and frame.f_globals.get("__name__") not in {"os", "shutil", "pathlib"}
    report("fact", "details" if direct else "entries", _folder(args[0]))


def _glob(args: tuple[Any, ...], frame: FrameType) -> None:
    pathname, recursive, root, dir_fd = args
    if origin(frame) == "noise" or dir_fd is not None:
        return
    given = {"pathname": os.fsdecode(pathname), "recursive": bool(recursive)}
    if root is not None:
        given["root_dir"] = os.fsdecode(root)
    hidden = frame.f_locals.get("include_hidden")
    if hidden:
        given["include_hidden"] = True
    report("named", "glob", json.dumps(given, sort_keys=True))


def _path_glob(args: tuple[Any, ...], frame: FrameType, prefix: str = "") -> None:
    if origin(frame) != "noise":
        report("named", "path-glob", json.dumps([os.fsdecode(args[0]), prefix + os.fspath(args[1])]))


def _path_rglob(args: tuple[Any, ...], frame: FrameType) -> None:
    _path_glob(args, frame, "**/")


def _changed(what: str, path: Any, dir_fd: Any = -1) -> None:
    if not isinstance(path, int):
        report(what, path_at(path, dir_fd))


def _rename(args: tuple[Any, ...], _frame: FrameType) -> None:
    source, target = path_at(args[0], args[2]), path_at(args[1], args[3])
    report("read", source)
    report("remove", source)
    report("write", target)


def _link(args: tuple[Any, ...], _frame: FrameType) -> None:
    report("read", path_at(args[0], args[2]))
    report("write", path_at(args[1], args[3]))


def _sqlite(args: tuple[Any, ...], frame: FrameType) -> None:
    if origin(frame) != "noise":
        report("database", os.fsdecode(args[0]))


def _folder(path: Any) -> str:
    if path is None:
        return "."
    return _descriptor(path) if isinstance(path, int) else os.fsdecode(path)


def path_at(path: Any, dir_fd: Any = None) -> str:
    """The path that a name relative to an open folder stands for."""
    text = os.fsdecode(path)
    if isinstance(dir_fd, int) and dir_fd >= 0 and not os.path.isabs(text):
        return os.path.join(_descriptor(dir_fd), text)
    return text


def _descriptor(number: int) -> str:
    """The path of an open descriptor."""
    if sys.platform == "darwin":
        import fcntl

        return os.fsdecode(fcntl.fcntl(number, fcntl.F_GETPATH, b"\0" * 1024).rstrip(b"\0"))
    return os.readlink(f"/proc/self/fd/{number}")


# ------------------------------------------------------------------------------------------ beyond this process
def _refuse(kind: str, what: str) -> None:
    # three frames up: the handler, its guard, the hook
    if origin(sys._getframe(4)) != "noise":
        report("refuse", kind, what)


def _program(args: Any) -> str:
    if isinstance(args, str | bytes | os.PathLike):
        return os.fsdecode(args).partition(" ")[0]
    if isinstance(args, Mapping) or not args:
        return "another"
    return os.fsdecode(args[0]).partition(" ")[0]


def _host(host: Any) -> str:
    return os.fsdecode(host) if isinstance(host, str | bytes) else "this machine"


def _connect(args: tuple[Any, ...], frame: FrameType) -> None:
    address = args[1]
    if origin(frame) == "noise" or address is None:
        return
    where = address[0] if isinstance(address, tuple) else address
    report("refuse", "network", f"it connects to {_host(where)}")


def _request(args: tuple[Any, ...], frame: FrameType) -> None:
    url = str(args[0])
    if not url.startswith(("file:", "data:")) and origin(frame) != "noise":
        report("refuse", "network", f"it asks for {url.partition('?')[0]}")


def _thread(args: tuple[Any, ...], _frame: FrameType) -> None:
    if (thread := getattr(args[0], "__self__", None)) is not None:
        report("thread", thread)


def _ctypes(_args: tuple[Any, ...], frame: FrameType) -> None:
    if origin(frame) == "user":
        report("refuse", "ctypes", "it calls C code through ctypes")
