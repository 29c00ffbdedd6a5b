"""The law of the analysis, on random programs: what a cell does not read does not change what it does.

For each program every name that is not among its reads is given another value, or none. Its output, the way in which
it ends, and what it binds must stay the same; what it neither binds nor deletes must not be touched.
"""

from __future__ import annotations

import ast
import random
import warnings
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

import pytest

from cashet_jupyter.analysis.cell import analyze
from cashet_jupyter.models import CellAnalysis
from tests.analysis.programs import KNOWN, NAMES, Runner, Writer, compiled, fresh, plain

SEEDS = 380  # about 300 programs that compile
SOAK_SEEDS = 3000
RUNS = 2
_ABSENT = object()


def programs(first: int, count: int) -> Iterator[tuple[int, str]]:
    """Random programs that compile, with their seeds."""
    for seed in range(first, first + count):
        source = Writer(seed).program()
        try:
            compiled(source)
        except SyntaxError:
            continue
        yield seed, source


def broken(seed: int, source: str, analysis: CellAnalysis) -> str:
    """How a program breaks the law, in words; empty if it keeps it."""
    reads = analysis.reads
    changes = analysis.binds | analysis.deletes
    code = compiled(source)
    chance = random.Random(seed)
    for _ in range(RUNS):
        first = {name: fresh(chance) for name in NAMES if chance.random() < 0.6}
        second = {name: copy(value) for name, value in first.items() if name in reads}
        second |= {name: fresh(chance) for name in NAMES if name not in reads and chance.random() < 0.6}
        one, two = Runner().run(code, dict(first)), Runner().run(code, dict(second))
        if one.stopped or two.stopped:
            continue
        if one.log != two.log or one.ended != two.ended:
            return f"{first} {second}: {one.log[-3:]} {one.ended} against {two.log[-3:]} {two.ended}"
        for name in NAMES:
            before = first.get(name, _ABSENT), second.get(name, _ABSENT)
            after = one.namespace.get(name, _ABSENT), two.namespace.get(name, _ABSENT)
            touched = [now is not was for now, was in zip(after, before, strict=True)]
            if any(touched) and name not in changes:
                return f"{name} was touched"
            if not one.ended and name in analysis.surely and _ABSENT in after:
                return f"{name} is not bound"
            if not one.ended and any(touched) and plain(after[0]) != plain(after[1]):
                return f"{name}: {plain(after[0])} against {plain(after[1])}"
    return ""


def campaign(first: int, count: int) -> tuple[int, float, float]:
    """Number of programs, and the names that they read and load on average; fails at the first that breaks the law."""
    total = reads = loads = 0
    for seed, source in programs(first, count):
        analysis = analyze(ast.parse(source), namespace=KNOWN)
        total += 1
        reads += len(analysis.reads & set(NAMES))
        loads += len(analysis.attributes.keys() & set(NAMES))
        flaw = broken(seed, source, analysis)
        assert not flaw, f"program {seed}\n{source}\nreads {sorted(analysis.reads & set(NAMES))}\n{flaw}"
    return total, reads / max(total, 1), loads / max(total, 1)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the programs call numbers, forget coroutines and so on
        yield


def test_what_a_program_does_not_read_does_not_change_what_it_does() -> None:
    total, reads, loads = campaign(0, SEEDS)
    assert total > SEEDS // 4
    assert reads < loads  # the flow is good for something


def test_the_law_is_broken_by_an_analysis_that_forgets_names() -> None:
    nothing = frozenset[str]()
    flaws = 0
    for seed, source in programs(0, 30):
        forgetful = replace(analyze(ast.parse(source), namespace=KNOWN), reads=nothing)
        flaws += bool(broken(seed, source, forgetful))
    assert flaws > 5


@pytest.mark.soak
def test_the_law_holds_for_thousands_of_programs() -> None:
    total, _, _ = campaign(10_000, SOAK_SEEDS)
    assert total >= 2000
