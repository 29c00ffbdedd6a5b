"""A few megabytes kept aside: removing something from a full disk needs a little room first.

SQLite changes rows by writing their pages anew, and says "disk is full" even to a deletion.
"""

from __future__ import annotations

import contextlib
import os

from cashet_jupyter.store.layout import Layout

SIZE = 4 << 20
#: less free room than this, and the ballast is left out: it would be what fills the disk
_LEAST_FREE = 4 * SIZE


def lay(layout: Layout, *, least_free: int = _LEAST_FREE) -> None:
    """Have the ballast, if there is room for it and that much is free."""
    path = layout.ballast
    with contextlib.suppress(OSError):
        if path.exists() or not hasattr(os, "posix_fallocate"):
            return
        free = os.statvfs(layout.root)
        if free.f_bavail * free.f_frsize < least_free:
            return
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(fd, 0, SIZE)
        except OSError:
            path.unlink(missing_ok=True)
        finally:
            os.close(fd)


def drop(layout: Layout) -> None:
    """Give the room back."""
    with contextlib.suppress(OSError):
        layout.ballast.unlink(missing_ok=True)
