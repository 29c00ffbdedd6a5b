"""Telling a Jupyter server which store this kernel uses.

The server looks for the nearest `.cashet` of a notebook itself. It cannot know of a store that lies elsewhere:
`CASHET_DIR`, a `.cashet` above the folder that it serves, a kernel that has changed its directory. So a small file
beside the connection file says it, in a folder that belongs to the user alone; it goes with the kernel.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from pathlib import Path
from typing import Any

_CONNECTION = re.compile(r"kernel-(?P<id>[0-9A-Za-z-]{1,100})\.json")
#: of the file's content
VERSION = 1


class Registration:
    """The file of one kernel; without a connection file (a terminal) there is none. It never fails its caller."""

    def __init__(self, shell: Any) -> None:
        self._path = _path(shell)
        self._pid = os.getpid()

    @property
    def path(self) -> Path | None:
        """Where it is written to; None where no server would look for it."""
        return self._path

    def write(self, store: Path) -> None:
        """Say which store is used."""
        if self._path is None or self._pid != os.getpid():
            return
        content = {"version": VERSION, "store": str(store), "pid": os.getpid()}
        draft = self._path.with_name(f".{self._path.name}-{secrets.token_hex(6)}")
        with contextlib.suppress(OSError, ValueError):
            try:
                fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
                with os.fdopen(fd, "w", encoding="ascii") as file:
                    json.dump(content, file)
                draft.replace(self._path)  # at once: a server may read it at this moment
            finally:
                draft.unlink(missing_ok=True)

    def remove(self) -> None:
        """Say nothing any more; a forked child leaves the file to its parent."""
        if self._path is not None and self._pid == os.getpid():
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)


def _path(shell: Any) -> Path | None:
    """Beside the connection file, by the kernel's id; None where there is no such file, or it has a name of its own."""
    try:
        connection = Path(shell.kernel.parent.abs_connection_file)
    except (AttributeError, TypeError):
        return None
    match = _CONNECTION.fullmatch(connection.name)
    return None if match is None else connection.with_name(f"cashet-{match['id']}.json")
