"""What SQLite and the operating system raise, in the words of this project.

A damaged database raises nearly anything: flipping one bit at a time brought `UnicodeDecodeError` and `TypeError`
beside SQLite's own errors. So the door of the store catches by this list, and nothing else leaves it.
"""

from __future__ import annotations

import errno
import os

import apsw
import msgpack

from cashet_jupyter.errors import StoreError


class IndexDamaged(Exception):
    """The index is not what it should be, found by ourselves; it never leaves the store."""


#: what means that the index has to be made anew. `SQLError` is "no such table": the schema is gone or another one.
INDEX_FAULTS: tuple[type[BaseException], ...] = (IndexDamaged, apsw.CorruptError, apsw.NotADBError, apsw.SQLError)

#: everything that becomes a `StoreError` at the door
FAULTS: tuple[type[BaseException], ...] = (
    *INDEX_FAULTS,
    apsw.Error,
    OSError,
    ValueError,
    TypeError,
    ArithmeticError,
    MemoryError,
    RuntimeError,
    LookupError,
    AttributeError,
    msgpack.exceptions.UnpackException,
)

_SQLITE_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (IndexDamaged, "its index is damaged"),
    (apsw.CorruptError, "its index is damaged"),
    (apsw.NotADBError, "its index is damaged"),
    (apsw.FullError, "the disk is full"),
    (apsw.ReadOnlyError, "it is read-only"),
    (apsw.PermissionsError, "no permission"),
    (apsw.BusyError, "another process has kept it locked"),
    (apsw.LockedError, "another process has kept it locked"),
    (apsw.CantOpenError, "its index cannot be opened"),
    (apsw.IOError, "its index cannot be read or written"),
    (MemoryError, "not enough memory"),
)

#: nothing can be written there, though reading may well go on
_UNWRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT})


def store_error(error: BaseException, path: os.PathLike[str]) -> StoreError:
    """One clear line for whatever went wrong with the store at `path`."""
    return StoreError(f"the store {os.fspath(path)} cannot be used: {words(error, path)}")


def words(error: BaseException, path: os.PathLike[str]) -> str:
    """What an error means for the store at `path`, in a few words."""
    if isinstance(error, (apsw.IOError, apsw.CantOpenError)) and _no_room(path):
        return "the disk is full"
    for kind, text in _SQLITE_WORDS:
        if isinstance(error, kind):
            return text
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower() + (f" ({error.filename})" if error.filename else "")
    return f"{type(error).__name__}: {error}"


def disk_full(error: BaseException, path: os.PathLike[str]) -> bool:
    """Whether an error of the system or of SQLite means that."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, apsw.FullError) or (isinstance(error, apsw.IOError) and _no_room(path))


def _no_room(path: os.PathLike[str]) -> bool:
    """Whether the disk is full: SQLite calls it an I/O error when its shared memory does not fit."""
    try:
        found = os.statvfs(path)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < 1 << 16


def unwritable(error: BaseException) -> bool:
    """Whether an error says that the store cannot be written, rather than that it is damaged."""
    if isinstance(error, OSError):
        return error.errno in _UNWRITABLE
    kinds = (apsw.ReadOnlyError, apsw.PermissionsError, apsw.FullError, apsw.CantOpenError, apsw.IOError)
    return isinstance(error, kinds)
