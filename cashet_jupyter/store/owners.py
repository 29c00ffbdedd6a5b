"""What the file of a claim says of its owner: enough to tell those who wait what they wait for.

Anything may lie there - half a description, another program's file, a bomb - so what is read is bounded and checked.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cashet_jupyter.store.answers import Work

#: bytes of a description that are read
_SIZE = 8192
#: characters of each text that are kept
_LONGEST = 200
_LARGEST = 1 << 53
_NAMESPACE = Path("/proc/self/ns/pid")


@dataclass(frozen=True, slots=True)
class Note:
    """What the file of a claim says."""

    work: Work
    space: int
    """The namespace that its process number is of; 0 if unknown."""
    ended: bool

    @property
    def dead(self) -> bool:
        """Whether its process is surely gone, though the lock is held: by a child that a C library forked."""
        work = self.work
        if work.host != platform.node() or not self.space or self.space != namespace():
            return False
        try:
            os.kill(work.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False


def write(fd: int, note: Note) -> None:
    """Say it in the file; a disk that is full is no error: nobody waits long for one who does not say who it is."""
    work = note.work
    fields = {
        "notebook": work.notebook[-_LONGEST:],
        "label": work.label[:_LONGEST],
        "host": work.host[:_LONGEST],
        "pid": work.pid,
        "space": note.space,
        "started": work.started,
        "expected": work.expected,
        "ended": note.ended,
    }
    with contextlib.suppress(OSError, ValueError):
        # Not emptied first: ext4 then writes the file through to the disk when it is closed (3 ms).
        os.ftruncate(fd, os.pwrite(fd, json.dumps(fields).encode(), 0))


def read(fd: int) -> Note | None:
    """What the file says; None if that cannot be understood: it may be half written, or not ours."""
    try:
        fields = json.loads(os.pread(fd, _SIZE, 0))
        return _parsed(fields) if isinstance(fields, dict) else None
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _parsed(fields: dict[str, Any]) -> Note:
    """Raises `ValueError`, `TypeError` or `KeyError` where something is missing or not what it should be."""
    expected = fields["expected"]
    work = Work(
        notebook=_text(fields["notebook"]),
        label=_text(fields["label"]),
        host=_text(fields["host"]),
        pid=int(_number(fields["pid"])),
        started=_number(fields["started"]),
        expected=None if expected is None else _number(expected),
    )
    return Note(work, int(_number(fields["space"])), ended=fields["ended"] is True)


def _text(value: Any) -> str:
    """Text that may be shown in a terminal: what controls it is taken out."""
    if not isinstance(value, str):
        raise TypeError
    return "".join(character for character in value[:_LONGEST] if character.isprintable())


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value < _LARGEST:
        raise ValueError
    return value


def namespace() -> int:
    """The namespace of process numbers: two containers may have one host name, and a number each."""
    try:
        return _NAMESPACE.stat().st_ino
    except OSError:
        return 0
