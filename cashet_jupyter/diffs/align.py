"""Which items of two sequences belong together: Myers' algorithm, bounded.

The time of the exact answer grows with the square of what differs. Where too much does, items that occur once on both
sides hold the rest in place ("patience"), and what lies between them is compared in the same way; what even that does
not bring together counts as replaced. `difflib` was rejected: its worst case is cubic, and it has no bound.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

#: differences up to which the exact answer is looked for
_EXACT = 300
#: steps of the exact search in all, over all segments
_STEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """Items `old[a:b]` against `new[c:d]`: the same, or one replaced by the other (one of them may be empty)."""

    same: bool
    a: int
    b: int
    c: int
    d: int


class _Steps:
    def __init__(self) -> None:
        self.left = _STEPS


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """The runs of two sequences, in order; neighbours are never of the same kind."""
    pairs = _pairs(old, new, 0, 0, _Steps())
    runs: list[Run] = []
    at, to = 0, 0
    for a, c, length in [*_joined(pairs), (len(old), len(new), 0)]:
        if a > at or c > to:
            runs.append(Run(False, at, a, to, c))
        if length:
            runs.append(Run(True, a, a + length, c, c + length))
        at, to = a + length, c + length
    return runs


def _joined(pairs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    joined: list[tuple[int, int, int]] = []
    for a, c, length in pairs:
        if joined and joined[-1][0] + joined[-1][2] == a and joined[-1][1] + joined[-1][2] == c:
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + length)
        elif length:
            joined.append((a, c, length))
    return joined


def _pairs(
    old: Sequence[Hashable], new: Sequence[Hashable], at: int, to: int, steps: _Steps
) -> list[tuple[int, int, int]]:
    """Stretches that are the same, as (begin in old, begin in new, length); `at` and `to` are added to them."""
    head = 0
    while head < len(old) and head < len(new) and old[head] == new[head]:
        head += 1
    tail = 0
    most = min(len(old), len(new)) - head
    while tail < most and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [(at, to, head)]
    if inner_old and inner_new:
        found += _middle(inner_old, inner_new, at + head, to + head, steps)
    return [*found, (at + len(old) - tail, to + len(new) - tail, tail)]


def _middle(
    old: Sequence[Hashable], new: Sequence[Hashable], at: int, to: int, steps: _Steps
) -> list[tuple[int, int, int]]:
    exact = _myers(old, new, steps)
    if exact is not None:
        return [(at + a, to + c, 1) for a, c in exact]
    anchors = _anchors(old, new)
    found: list[tuple[int, int, int]] = []
    a, c = 0, 0
    for next_a, next_c in [*anchors, (len(old), len(new))] if anchors else ():
        found += _pairs(old[a:next_a], new[c:next_c], at + a, to + c, steps)
        if next_a < len(old):
            found.append((at + next_a, to + next_c, 1))
        a, c = next_a + 1, next_c + 1
    return found


def _myers(old: Sequence[Hashable], new: Sequence[Hashable], steps: _Steps) -> list[tuple[int, int]] | None:
    """Pairs of the shortest edit script, or None if it is too far."""
    n, m = len(old), len(new)
    if abs(n - m) > _EXACT:
        return None
    ends: dict[int, int] = {1: 0}
    trace: list[dict[int, int]] = []
    for distance in range(min(n + m, _EXACT) + 1):
        steps.left -= distance + 1
        if steps.left < 0:
            return None
        reached: dict[int, int] = {}
        for k in range(-distance, distance + 1, 2):
            down = k == -distance or (k != distance and ends[k - 1] < ends[k + 1])
            x = ends[k + 1] if down else ends[k - 1] + 1
            y = x - k
            while x < n and y < m and old[x] == new[y]:
                x += 1
                y += 1
            reached[k] = x
            if x >= n and y >= m:
                trace.append(ends)
                return _walked_back(trace, n, m)
        trace.append(ends)
        ends = ends | reached
    return None


def _walked_back(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for distance in range(len(trace) - 1, -1, -1):
        ends, k = trace[distance], x - y
        down = k == -distance or (k != distance and ends[k - 1] < ends[k + 1])
        before = k + 1 if down else k - 1
        from_x = ends[before]
        from_y = from_x - before
        while x > from_x and y > from_y and (distance == 0 or x > (from_x if down else from_x + 1)):
            x, y = x - 1, y - 1
            pairs.append((x, y))
        if distance:
            x, y = from_x, from_y
    pairs.reverse()
    return pairs


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Items that occur once in both, as many as are in the same order."""
    in_old, in_new = Counter(old), Counter(new)
    place = {item: index for index, item in enumerate(new) if in_new[item] == 1}
    common = [(i, place[item]) for i, item in enumerate(old) if in_old[item] == 1 and item in place]
    tails: list[int] = []  # places where an increasing sequence of each length ends
    chosen: list[int] = []  # the index in `common` of each
    before: list[int] = []
    for index, (_, where) in enumerate(common):
        length = bisect_left(tails, where)
        before.append(chosen[length - 1] if length else -1)
        if length == len(tails):
            tails.append(where)
            chosen.append(index)
        else:
            tails[length], chosen[length] = where, index
    found: list[tuple[int, int]] = []
    index = chosen[-1] if chosen else -1
    while index >= 0:
        found.append(common[index])
        index = before[index]
    found.reverse()
    return found
