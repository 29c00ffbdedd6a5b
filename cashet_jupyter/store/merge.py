"""The records of all logs in the order in which the changes were made, whichever session made them.

A record is in its log before its transaction is committed. If the process dies in between, or the commit fails, the
change never was, and the next one, of whatever session, bears the same number. So of several records with one number,
what takes something away counts only if it came last. What adds something always counts: it does no harm, and it may
come from another store whose log was copied here.
"""

from __future__ import annotations

import heapq
import itertools
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
    merged = heapq.merge(*logs, key=lambda item: item[0])
    for (seq, compacted), group in itertools.groupby(merged, key=lambda item: item[0]):
        if compacted:
            yield from ((seq, op) for _, op in group)
            continue
        *others, last = sorted((op for _, op in group), key=lambda op: op.get("at", 0))
        yield from ((seq, op) for op in others if not takes(op))
        yield seq, last


def takes(op: Mapping[str, Any]) -> bool:
    """Whether a record takes something away; one of the first version does not say when, and always counts."""
    return "at" in op and (op["op"] in ("rm", "evict", "lost", "untag") or (op["op"] == "pin" and not op["pinned"]))


def _read(path: Path, start: int) -> Iterator[tuple[tuple[int, bool], dict[str, Any]]]:
    compacted = log.is_compacted(path.name)
    for body in log.read(path, start):
        try:
            op = records.unpack(body)
            seq = op["seq"]
            whole = isinstance(op["op"], str) and isinstance(seq, int) and isinstance(op.get("at", 0), int)
            if whole and 0 <= seq < 2 * FAR and (op["op"] != "pin" or "pinned" in op):
                yield (seq, compacted), op
        except BAD_RECORD:
            continue
