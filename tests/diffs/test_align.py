"""Which items of two sequences belong together."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.diffs.align import align

small = st.lists(st.integers(0, 3), max_size=12)


def longest(old, new):
    """How many items can be kept in order at most."""
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, j in itertools.product(range(len(old)), range(len(new))):
        table[i + 1][j + 1] = table[i][j] + 1 if old[i] == new[j] else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


def sound(old, new, runs):
    """Whether the runs cover both sides, in order, and say the truth about what is the same."""
    at = to = 0
    for run in runs:
        assert (run.a, run.c) == (at, to)
        at, to = run.b, run.d
        if run.same:
            assert old[run.a : run.b] == new[run.c : run.d]
    assert (at, to) == (len(old), len(new))
    assert all(one.same != other.same for one, other in itertools.pairwise(runs))


@given(small, small)
def test_as_many_items_as_possible_stay_together(old, new):
    runs = align(old, new)
    sound(old, new, runs)
    assert sum(run.b - run.a for run in runs if run.same) == longest(old, new)


@given(small)
def test_a_sequence_is_the_same_as_itself(items):
    assert all(run.same for run in align(items, list(items)))


@pytest.mark.parametrize("seed", range(3))
def test_an_edit_that_is_too_long_for_the_exact_answer_is_held_by_what_occurs_once(seed):
    chance = random.Random(seed)
    old = list(range(4000))
    new = [item for item in old if chance.random() > 0.3]
    runs = align(old, new)
    sound(old, new, runs)
    assert sum(run.b - run.a for run in runs if run.same) == len(new)


def test_sequences_with_nothing_in_common_are_one_replacement():
    runs = align(list(range(5000)), list(range(5000, 9000)))
    assert [(run.same, run.b, run.d) for run in runs] == [(False, 5000, 4000)]


def test_repeated_items_everywhere_give_a_sound_answer():
    chance = random.Random(0)
    old, new = ([chance.randrange(50) for _ in range(20_000)] for _ in range(2))
    sound(old, new, align(old, new))
