"""A front end may ask that one run of a cell is stored anew, and leaves the cell itself as it is."""

from __future__ import annotations

import pytest

from tests.kernels import kernel_in

ANEW = {"refresh": True}
OUTCOMES = "[(one.status, one.stored) for one in __import__('cashet_jupyter').outcomes()]"


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with kernel_in(tmp_path_factory.mktemp("anew"), load=True) as kernel:
        yield kernel


def _run(kernel, code, **metadata):
    result = kernel.wait(kernel.send_from("cell", code, **metadata))
    assert result.status == "ok"
    return result


@pytest.mark.parametrize(
    "code",
    [
        "%%cashet\nmarked = [1]\nprint('ran')",
        "# cashet\ncommented = [1]\nprint('ran')",
        "%%cashet --tag a=b\ntagged = [1]",
    ],
)
def test_it_runs_once_more_and_is_stored_and_hits_after_that(live, code):
    for metadata in ({}, {}, {"cashet": ANEW}, {}):
        _run(live, code, **metadata)
    outcomes = live.value(OUTCOMES)[-4:]
    assert [status for status, _ in outcomes] == ["miss", "hit", "miss", "hit"]
    assert outcomes[2] == ("miss", True)


def test_the_newest_run_is_the_one_that_is_restored(live):
    code = "%%cashet --allow clock\nimport time\nat = time.time()\nat"
    first = _run(live, code).text
    anew = _run(live, code, cashet=ANEW).text
    assert anew != first
    assert _run(live, code).text == anew


def test_a_cell_that_is_cached_because_all_are_is_stored_however_short_it_is(live):
    live.run("%cashet auto on --min-time 10s")
    try:
        _run(live, "short = [1, 2]")
        assert live.value(OUTCOMES)[-1][1] is False
        _run(live, "short = [1, 2]", cashet=ANEW)
        assert live.value(OUTCOMES)[-1] == ("miss", True)
    finally:
        live.run("%cashet auto off")


def test_a_plain_cell_stays_a_plain_cell(live):
    before = live.value(f"len({OUTCOMES})")
    _run(live, "plain = 1", cashet=ANEW)
    assert live.value(f"len({OUTCOMES})") == before


@pytest.mark.parametrize("odd", [None, 7, "refresh", [], ["refresh"], {}, {"refresh": "yes"}, {"refresh": 1}])
def test_anything_else_in_its_place_is_no_wish(live, odd):
    code = "%%cashet\nodd = [1]"
    _run(live, code)
    _run(live, code, cashet=odd)
    assert live.value(OUTCOMES)[-1][0] == "hit"
