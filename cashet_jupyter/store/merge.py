"""The records of all logs in the order in which the changes were made, whichever session made them.

A record is in its log before its transaction is committed. If the process dies in between, or the commit fails, the
change never was, and the next one, of whatever session, bears the same number. So of several records with one number
the last one counts.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import apsw
import msgpack

from cashet_jupyter.errors import CashetError
from cashet_jupyter.store import log, records

#: what a record that is not what it should be brings; a full disk is not among it
BAD_RECORD = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, CashetError),
    *(msgpack.exceptions.UnpackException, apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError),
)

#: no count gets there: a number beyond it, from a log that came from elsewhere, must not use the counter up
FAR = 1 << 62


def records_of(folder: Path, starts: Mapping[str, int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of these logs, each from a position on, with their numbers; bad ones are left out.

    At one number, a compacted log comes after those that it stands for.
    """
    logs = [_read(folder / name, start) for name, start in starts.items()]
    pending: tuple[int, dict[str, Any]] | None = None
    for (seq, compacted, at), op in heapq.merge(*logs, key=lambda item: item[0]):
        if pending is not None and (pending[0] != seq or compacted or not at):
            yield pending
        pending = seq, op
    if pending is not None:
        yield pending


def _read(path: Path, start: int) -> Iterator[tuple[tuple[int, bool, int], dict[str, Any]]]:
    compacted = log.is_compacted(path.name)
    for body in log.read(path, start):
        try:
            op = records.unpack(body)
            seq, at = op["seq"], op.get("at", 0)  # the first version did not say when
            if isinstance(op["op"], str) and isinstance(seq, int) and 0 <= seq < 2 * FAR and isinstance(at, int):
                yield (seq, compacted, 0 if compacted else at), op
        except BAD_RECORD:
            continue
