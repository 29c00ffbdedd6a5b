"""Text line by line and word by word; bytes by how many differ."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.diffs.compare import compare
from cashet_jupyter.diffs.model import Budget
from cashet_jupyter.diffs.text import marked

lines = st.lists(st.sampled_from(["a", "b b", "c = 1", ""]), max_size=12).map("\n".join)


def signs(diff):
    return [(line.sign, line.text) for hunk in diff.hunks for line in hunk.lines]


def test_lines_that_differ_stand_with_what_is_around_them_and_with_their_numbers():
    old = "\n".join(f"line {n}" for n in range(100))
    new = old.replace("line 50\n", "line fifty\n")
    diff = compare(old, new)
    (hunk,) = diff.hunks
    assert hunk.heading == "@@ -48,7 +48,7 @@"
    assert [(line.sign, line.old, line.new) for line in hunk.lines if line.sign != " "] == [("-", 51, 0), ("+", 0, 51)]
    assert diff.change == "1 line removed, 1 line added"


def test_the_words_that_differ_are_marked():
    old, new = marked("rate = fit(0.1, n=3)", "rate = fit(0.25, n=3)")
    assert ["rate = fit(0.1, n=3)"[a:b] for a, b in old] == ["1"]
    assert ["rate = fit(0.25, n=3)"[a:b] for a, b in new] == ["25"]


def test_lines_with_little_in_common_are_not_marked():
    assert marked("import numpy", "x = [1, 2, 3]") == ((), ())


@given(lines, lines)
def test_the_hunks_of_short_texts_make_the_new_text_of_the_old_one(old, new):
    diff = compare(old + "\n", new + "\n", Budget(lines=1000))
    assert diff.differs == (old != new)
    patched, at = [], 1
    source = old.split("\n")
    for hunk in diff.hunks:
        start = next((line.old for line in hunk.lines if line.old), at)
        if any(line.old for line in hunk.lines):
            patched += source[at - 1 : start - 1]
            at = start
        for line in hunk.lines:
            if line.sign != "-":
                patched.append(line.text)
            at += line.sign != "+"
    patched += source[at - 1 :]
    if diff.differs:
        assert patched == new.split("\n")


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_text_diff_turned_round_counts_the_same(old, new):
    there, back = compare(old, new), compare(new, old)
    assert there.verdict == back.verdict
    if there.differs:
        assert there.figures["lines_added"] == back.figures["lines_removed"]


def test_a_long_diff_is_cut_off_and_says_so():
    diff = compare("\n".join(map(str, range(5000))), "\n".join(map(str, range(5000, 9000))), Budget(lines=50))
    assert len(signs(diff)) <= 60
    assert "lines that differ are not shown" in " ".join(diff.notes)
    assert (diff.figures["lines_removed"], diff.figures["lines_added"]) == (5000, 4000)


def test_one_line_in_the_middle_of_a_long_text_is_found_with_its_number():
    lines = [f"{n} {'x' * 30}" for n in range(300_000)]
    old = "\n".join(lines)
    lines[123_456] = "changed"
    diff = compare(old, "\n".join(lines))
    assert (diff.figures["lines_added"], diff.figures["lines_removed"]) == (1, 1)
    assert [line.new for hunk in diff.hunks for line in hunk.lines if line.sign == "+"] == [123_457]


def test_a_line_appended_to_a_long_text_is_one_line():
    old = "\n".join(f"{n} {'x' * 30}" for n in range(50_000)) + "\n"
    diff = compare(old, old + "more\n")
    assert [text for sign, text in signs(diff) if sign != " "] == ["more"]


@pytest.mark.parametrize("seed", range(5))
def test_every_byte_that_differs_is_counted(seed):
    chance = random.Random(seed)
    old = bytes(chance.randrange(256) for _ in range(200_000))
    new = bytearray(old)
    places = chance.sample(range(len(new)), 500)
    for place in places:
        new[place] ^= 1 + chance.randrange(255)
    diff = compare(old, bytes(new))
    assert (diff.figures["differ"], diff.figures["first"]) == (500, min(places))


def test_bytes_of_other_lengths_are_compared_where_both_have_some():
    diff = compare(b"abc", b"abcd")
    assert (diff.figures["differ"], diff.figures["first"], diff.change) == (0, 3, "3 -> 4 bytes")
