"""Text line by line, then word by word within a line; bytes by how many differ and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from cashet_jupyter.diffs.align import Run, align
from cashet_jupyter.diffs.model import Budget, Hunk, Line, ValueDiff, equal
from cashet_jupyter.diffs.words import brief, counted, cut, share, spaced

_CONTEXT = 3
#: characters of what differs that are split into lines; a longer rest is not looked at
_MOST = 8_000_000
_CHUNK = 1 << 16
#: lines longer than this are not compared word by word
_WORDY = 2000
#: share of a line that must be equal for its words to be compared
_ALIKE = 0.4
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


def compare_text(old: str, new: str, budget: Budget) -> ValueDiff:
    """Two texts: the lines that differ."""
    words = brief(old, budget.width), brief(new, budget.width)
    if old == new:
        return equal("text", words[1])
    if "\n" not in old and "\n" not in new and max(len(old), len(new)) <= budget.width:
        before, after = marked(old, new)
        lines = (Line("-", old, 1, 0, before), Line("+", new, 0, 1, after))
        return ValueDiff(
            "text",
            "different",
            *words,
            f"{words[0]} -> {words[1]}",
            {"lines_added": 1, "lines_removed": 1},
            hunks=(Hunk(lines),),
        )
    hunks, added, removed, notes = hunks_of(old, new, budget)
    figures = {
        "lines_added": added,
        "lines_removed": removed,
        "characters_old": len(old),
        "characters_new": len(new),
    }
    return ValueDiff("text", "different", *words, _change(added, removed), figures, hunks=hunks, notes=notes)


def _change(added: int, removed: int) -> str:
    words = [f"{counted(removed, 'line')} removed"] if removed else []
    words += [f"{counted(added, 'line')} added"] if added else []
    return ", ".join(words)


def hunks_of(old: str, new: str, budget: Budget) -> tuple[tuple[Hunk, ...], int, int, tuple[str, ...]]:
    """The lines that differ with what is around them; how many were added and removed; what was not looked at."""
    start, end_old, end_new = _window(old, new)
    first = old.count("\n", 0, start)
    notes: list[str] = []
    if max(end_old, end_new) - start > _MOST:
        end_old, end_new = min(end_old, start + _MOST), min(end_new, start + _MOST)
        notes.append(f"compared the first {spaced(_MOST)} characters from where the texts begin to differ")
    before, after = (_lines(text[start:end]) for text, end in ((old, end_old), (new, end_new)))
    runs = align(before, after)
    added = sum(run.d - run.c for run in runs if not run.same)
    removed = sum(run.b - run.a for run in runs if not run.same)
    hunks, left = _hunks(before, after, runs, first, budget)
    if left:
        notes.append(f"{counted(left, 'more line')} that differ are not shown")
    return hunks, added, removed, tuple(notes)


def _lines(text: str) -> list[str]:
    """The lines; the end of the last one is told where it is missing."""
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1]
    return lines


def _window(old: str, new: str) -> tuple[int, int, int]:
    """Whole lines around everything that differs: begin, end in the old text, end in the new one."""
    shorter = min(len(old), len(new))
    head = 0
    while head + _CHUNK <= shorter and old[head : head + _CHUNK] == new[head : head + _CHUNK]:
        head += _CHUNK
    tail = 0
    while (
        tail + _CHUNK <= shorter - head
        and old[-tail - _CHUNK : len(old) - tail] == new[-tail - _CHUNK : len(new) - tail]
    ):
        tail += _CHUNK
    for _ in range(_CONTEXT + 1):
        head = old.rfind("\n", 0, max(0, head - 1)) + 1 if head else 0
    end_old, end_new = len(old) - tail, len(new) - tail
    if tail:  # up to the end of a line, and a few more
        for _ in range(_CONTEXT + 1):
            step = old.find("\n", end_old)
            length = (step + 1 if step >= 0 else len(old)) - end_old
            end_old, end_new = end_old + length, end_new + length
    return head, end_old, end_new


def _hunks(
    old: Sequence[str], new: Sequence[str], runs: Sequence[Run], first: int, budget: Budget
) -> tuple[tuple[Hunk, ...], int]:
    """Hunks as far as there is room, and how many lines that differ had none."""
    hunks: list[Hunk] = []
    lines: list[Line] = []
    left, room = 0, budget.lines
    for index, run in enumerate(runs):
        if not run.same:
            changed = _changed(old, new, run, first, budget, room)
            lines += changed
            room -= len(changed)
            left += (run.b - run.a) + (run.d - run.c) - len(changed)
            continue
        length = run.b - run.a
        head = min(length, _CONTEXT) if index else 0
        tail = min(length - head, _CONTEXT) if index < len(runs) - 1 else 0
        lines += _context(old, run, range(head), first, budget)
        if head + tail < length:
            if lines and any(line.sign != " " for line in lines):
                hunks.append(Hunk(tuple(lines)))
            lines = []
        if room > 0:
            lines += _context(old, run, range(length - tail, length), first, budget)
    if any(line.sign != " " for line in lines):
        hunks.append(Hunk(tuple(lines)))
    return tuple(hunks), left


def _context(old: Sequence[str], run: Run, offsets: range, first: int, budget: Budget) -> list[Line]:
    return [
        Line(" ", cut(old[run.a + at], budget.width * 2), first + run.a + at + 1, first + run.c + at + 1)
        for at in offsets
    ]


def _changed(old: Sequence[str], new: Sequence[str], run: Run, first: int, budget: Budget, room: int) -> list[Line]:
    """Lines that are gone, then those that came, with the words that differ between two of the same place."""
    gone, come = run.b - run.a, run.d - run.c
    gone_shown = min(gone, max(0, room if not come else max(room // 2, room - come)))
    come_shown = min(come, max(0, room - gone_shown))
    width = budget.width * 2
    marks = [
        marked(cut(old[run.a + at], width), cut(new[run.c + at], width)) for at in range(min(gone_shown, come_shown))
    ]
    removed = [
        Line("-", cut(old[run.a + at], width), first + run.a + at + 1, 0, marks[at][0] if at < len(marks) else ())
        for at in range(gone_shown)
    ]
    added = [
        Line("+", cut(new[run.c + at], width), 0, first + run.c + at + 1, marks[at][1] if at < len(marks) else ())
        for at in range(come_shown)
    ]
    return removed + added


Marks = tuple[tuple[int, int], ...]


def marked(old: str, new: str) -> tuple[Marks, Marks]:
    """The words that differ between two lines; none where the lines have little in common."""
    if not old or not new or max(len(old), len(new)) > _WORDY:
        return (), ()
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return (), ()
    starts_old, starts_new = _starts(before), _starts(after)
    gone: list[tuple[int, int]] = []
    come: list[tuple[int, int]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            gone += [(starts_old[a], starts_old[b])] if b > a else []
            come += [(starts_new[c], starts_new[d])] if d > c else []
    return tuple(gone), tuple(come)


def _starts(words: Sequence[str]) -> list[int]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def compare_bytes(old: Any, new: Any, budget: Budget) -> ValueDiff:
    """Two buffers of bytes: how many differ where both have one, and where the first is."""
    before, after = memoryview(old).cast("B"), memoryview(new).cast("B")
    words = brief(old, budget.width), brief(new, budget.width)
    shorter = min(len(before), len(after))
    differ, first = 0, -1
    for at in range(0, shorter, _CHUNK):
        end = min(at + _CHUNK, shorter)
        a, b = bytes(before[at:end]), bytes(after[at:end])
        if a == b:
            continue
        # exclusive or, at C speed: what is not zero differs
        mixed = (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).to_bytes(end - at, "big")
        differ += end - at - mixed.count(0)
        if first < 0:
            first = at + len(mixed) - len(mixed.lstrip(b"\0"))
    if not differ and len(before) == len(after):
        return equal("bytes", words[1])
    first = first if first >= 0 else shorter
    figures = {"differ": differ, "first": first, "length_old": len(before), "length_new": len(after)}
    said = [f"{spaced(len(before))} -> {counted(len(after), 'byte')}"] if len(before) != len(after) else []
    said += [f"{share(differ, shorter, 'byte')}, from byte {spaced(first)} on"] if differ else []
    return ValueDiff("bytes", "different", *words, ", ".join(said), figures)
