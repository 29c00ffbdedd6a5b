"""What is to be reached: each row of the table, and what its figures are compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.figures import LIMIT, OURS, PLAIN, UNKNOWN

#: the peer that is best among the sound ones
BEST = "best sound peer"
#: no comparison: the figure itself, in its own unit
ITSELF = "itself"


@dataclass(frozen=True)
class Criterion:
    """Ours divided by a figure of somebody else, and the most that it may be."""

    against: str
    """An engine, `BEST`, or `ITSELF`: then `bound` is in seconds or bytes."""
    bound: float | None
    """None where the ratio is only shown."""
    measure: str = ""
    """Theirs, where it is called otherwise than ours; limits always are."""


@dataclass(frozen=True)
class Row:
    """One figure of ours."""

    name: str
    measure: str
    criteria: tuple[Criterion, ...]
    unit: str = "s"
    engine: str = OURS

    @property
    def workload(self) -> str:
        """The first word, and whether it is the way out or in where a workload has both."""
        return workload_of(self.measure)


def workload_of(measure: str) -> str:
    """The workload that a measure belongs to: `W4 out hit` belongs to `W4 out`."""
    first, _, rest = measure.partition(" ")
    second = rest.partition(" ")[0]
    return f"{first} {second}" if second in ("out", "in") else first


def _best(bound: float | None) -> Criterion:
    return Criterion(BEST, bound)


def _peer(name: str, bound: float | None) -> Criterion:
    return Criterion(name, bound)


def _plain(bound: float | None) -> Criterion:
    return Criterion(PLAIN, bound)


def _limit(measure: str, bound: float | None) -> Criterion:
    return Criterion(LIMIT, bound, measure)


#: in the order of the table; those whose criteria have no bound are there to be seen
ROWS: Sequence[Row] = (
    Row("W1 hit", "W1 hit", (_peer("joblib", 0.25), _peer("cashet", 0.1), _limit("W1 lookup", 4), _best(None))),
    Row("W1 miss", "W1 miss", (_best(0.6), _limit("W1 commit", 3))),
    Row("whole trivial cell, hit: more than a plain one", "cell hit", (_limit("cell round trip", 0.3),)),
    Row("whole trivial cell, miss: more than a plain one", "cell miss", (_limit("cell round trip", 0.5),)),
    Row("W2 1 GiB out, miss", "W2 miss", (_peer("joblib mmap", 1.0), _limit("W2 write", 1.7), _best(None))),
    Row("W2 hit", "W2 hit", (_peer("np.save", 1.0), _peer("joblib", 0.005))),
    Row("W2 first hit of a process", "W2 fresh", (_peer("np.save", None), _peer("joblib", None))),
    Row("W2 first sum after a hit", "W2 touch", (_limit("W2 sum", 1.1),)),
    Row("W2 miss in a notebook, until the prompt is back", "prompt back", (_limit("prompt write", 0.1),)),
    Row("W2 miss in a notebook, until the next cell has run", "prompt next", (_limit("prompt write", None),)),
    Row("W3 1 GiB in, hit", "W3 hit", (_peer("joblib", 0.15), _limit("W3 blake3", 1.3), _best(None))),
    Row("W3 hit, untouched since it was restored", "W3 untouched", (_limit("W3 blake3", 0.05),)),
    Row("W4 5M x 8 frame out, miss", "W4 out miss", (_peer("feather", 1.0), _limit("W4 write", 2.5), _best(None))),
    Row("W4 out, hit", "W4 out hit", (_peer("feather", 0.05), _best(None))),
    Row("W4 out, first hit of a process", "W4 out fresh", (_peer("feather", None), _best(None))),
    Row("W4 in, hit", "W4 in hit", (_peer("joblib", 0.2), _limit("W4 blake3", 2.5), _best(None))),
    Row("W5 one column of 20 changed", "W5 column", (_best(0.12), _limit("W5 column", 1.05)), "B"),
    Row("W5 1,000 rows appended", "W5 append", (_best(0.1),), "B"),
    Row("W5 one column dropped", "W5 drop", (_best(None),), "B"),
    Row("W5 one cell changed (.loc)", "W5 cell", (_best(None),), "B"),
    Row("W6 200k dicts out, miss", "W6 out miss", (_peer("pickle-5", 0.6), _best(None))),
    Row("W6 out, hit and first touch", "W6 out hit+touch", (_peer("pickle-5", 0.5), _limit("W6 marshal", 2))),
    Row("W6 in, hit", "W6 in hit", (_peer("pickle-5", 0.5), _limit("W6 walk", None), _best(None))),
    Row("W7 forest of 200, miss", "W7 miss", (_peer("pickle-5", 1.3), _best(None))),
    Row("W7 hit", "W7 hit", (_peer("pickle-5", 1.3), _best(None))),
    Row("W8 30 x 50 MB, fresh process", "W8 fresh", (_peer("joblib", 0.1), Criterion(ITSELF, 0.05), _best(None))),
    Row("W8 without known digests", "W8 fresh", (_limit("W8 blake3", 3), _peer("joblib", None)), engine=UNKNOWN),
    Row("W8 first run", "W8 cold", (_peer("joblib", None), _best(None))),
    Row("W9 100k commits, lookup (median)", "W9 lookup", (_peer("diskcache", 0.7), _limit("W9 lookup", None))),
    Row("W9 lookup (99 %)", "W9 lookup99", (_peer("diskcache", None),)),
    Row("W9 lookup and the value", "W9 value", (_peer("diskcache", None), _peer("cashet", None))),
    Row("W9 newest 50", "W9 newest", (_peer("diskcache", 0.7), _peer("cashet", None))),
    Row("W9 50 by tag", "W9 tag", (_peer("cashet", 0.02),)),
    Row("W9 collection of half", "W9 gc", (_peer("cashet", 0.2), _peer("diskcache", None))),
    Row("store after 50 edits of one column of 20", "edits bytes", (_best(None),), "B"),
    Row("`%load_ext` in a new kernel", "start load", (Criterion(ITSELF, 0.06), _limit("start round trip", None))),
    Row("hit of 1 GiB after a restart, whole cell", "start hit", (_plain(None), _limit("start round trip", None))),
    Row("a miss that says why (-v), more than one that does not", "why line", (_limit("why round trip", None),)),
    Row("`%cashet why`, more than a plain cell", "why asked", (_limit("why round trip", None),)),
    Row("notebook of 30 x 300 MB, restart and run all", "notebook again", (_plain(None),)),
    Row("the same, first run", "notebook first", (_plain(None),)),
    Row("anonymous memory of the restart, at most", "notebook again memory", (_plain(None),), "B"),
)

#: why a target is not reached, where that is known; `measure / against`, as the table's data call it
REASONS: Mapping[str, str] = {}
