from __future__ import annotations

import pytest

from cashet_jupyter.config import CellOptions
from cashet_jupyter.errors import OptionError
from cashet_jupyter.magics.marks import Marked, read_mark
from cashet_jupyter.magics.options import all_flags, parse_options


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("", CellOptions()),
        ("-f", CellOptions(refresh=True)),
        ("--refresh --ttl 1d", CellOptions(refresh=True, ttl=86400.0)),
        ("--tag stage=train --tag who=me", CellOptions(tags=(("stage", "train"), ("who", "me")))),
        ("--tag 'a=b c'", CellOptions(tags=(("a", "b c"),))),
        ("--ignore verbose,n_jobs --ignore x", CellOptions(ignore=frozenset({"verbose", "n_jobs", "x"}))),
        ("--depends 'f(a, b),c'", CellOptions(depends=("f(a, b)", "c"))),
        ("--pin --no-store --partial", CellOptions(pin=True, store=False, partial=True)),
        ("--allow clock,network", CellOptions(allow=frozenset({"clock", "network"}))),
        ("-q -v", CellOptions(quiet=True, verbose=True)),
    ],
)
def test_options_are_read(line, options):
    assert parse_options(line) == options


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--nope", "--nope"), ("--ref", "--ref"), ("--ttl", "--ttl"), ("--ttl soon", "'soon' is not a duration"),
        ("--tag stage", "'stage' is not a tag; write key=value"), ("--ignore a-b", "'a-b' is not a name"),
        ("--depends 'a +'", "is not an expression"), ("--allow everything", "'everything' is none of"),
        ("--tag 'open", "No closing quotation"), ("df", "df"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_named_with_what_is_allowed(line, words):
    with pytest.raises(OptionError) as caught:
        parse_options(line)
    assert words in str(caught.value)
    assert "allowed are --refresh, --ttl, --tag" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("%%cashet\nx = 1", Marked("cache")),
        ("\n\n%%cashet --ttl 1d\nx = 1", Marked("cache", "--ttl 1d")),
        ("# cashet\nx = 1", Marked("cache")),
        ("#cashet: --pin\nx = 1", Marked("cache", "--pin")),
        ("# cashet: off\nx = 1", Marked("leave")),
        ("x = 1\n# cashet", None),
        ("%%cashetx\nx = 1", None),
        ("%%time\nx = 1", None),
        ("# cashet is nice\nx = 1", None),
        ("# cashets", None),
        ("", None),
    ],
)
def test_a_cell_says_what_it_wants_in_its_first_line(cell, mark):
    assert read_mark(cell.splitlines(keepends=True)) == mark


def test_completion_offers_every_option_there_is():
    assert {"-f", "--refresh", "--ttl", "--allow", "-v", "--verbose", "--partial"} <= set(all_flags())
