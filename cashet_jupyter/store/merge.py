"""The records of all logs in the order in which the changes were made, whichever session made them."""

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
    found = [_read(folder / name, start) for name, start in starts.items()]
    for seq, _, op in heapq.merge(*found, key=lambda item: item[:2]):
        yield seq, op


def _read(path: Path, start: int) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    compacted = log.is_compacted(path.name)
    for body in log.read(path, start):
        try:
            op = records.unpack(body)
            if isinstance(op["op"], str) and isinstance(op["seq"], int) and 0 <= op["seq"] < 2 * FAR:
                yield op["seq"], compacted, op
        except BAD_RECORD:
            continue
