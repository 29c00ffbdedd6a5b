"""The batteries of `tests/cases`: what a fingerprint tells apart has a diff, and nothing else has."""

import json

import pytest

from cashet_jupyter.diffs.compare import compare
from cashet_jupyter.fingerprint.values import fingerprint_value
from cashet_jupyter.render.diff_data import value_data
from tests.cases.distinctions import build, must_differ, must_equal, roundtrip


def named(case):
    return case.id


@pytest.mark.parametrize("pair", must_differ(), ids=named)
def test_what_a_cell_can_tell_apart_has_a_diff(pair):
    old, new = build(pair.a, pair.needs), build(pair.b, pair.needs)
    for diff in (compare(old, new, fingerprint=fingerprint_value), compare(new, old, fingerprint=fingerprint_value)):
        assert (diff.verdict, bool(diff.change)) == ("different", True)
        json.dumps(value_data(diff), allow_nan=False)


@pytest.mark.parametrize("pair", must_equal(), ids=named)
def test_what_no_cell_can_tell_apart_has_none(pair):
    diff = compare(build(pair.a, pair.needs), build(pair.b, pair.needs), fingerprint=fingerprint_value)
    assert (diff.verdict, diff.change) == ("equal", "")


@pytest.mark.parametrize("value", roundtrip(), ids=named)
def test_a_value_that_is_made_twice_has_no_diff(value):
    old, new = build(value.make, value.needs), build(value.make, value.needs)
    assert compare(old, new, fingerprint=fingerprint_value).verdict == "equal"
