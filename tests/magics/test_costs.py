"""Under auto, what takes longer to store than to run is not stored again; and what is said to be saved was saved."""

from __future__ import annotations

import time

import pytest

from cashet_jupyter.store.store import Store
from tests.shells import shell, use_store

CELL = "import time\ntime.sleep({})\nx = [y]"
WHY = "auto does not store it again"


@pytest.fixture(autouse=True)
def _store(tmp_path, monkeypatch):
    use_store(monkeypatch, tmp_path)


@pytest.fixture
def slow(monkeypatch):
    """Let storing take 0.3 seconds more."""
    real = Store.put

    def put(*args, **options):
        time.sleep(0.3)
        return real(*args, **options)

    monkeypatch.setattr(Store, "put", put)


def run(ip, y, seconds=0.05, auto=True):
    ip.run(f"y = {y}")
    if auto:
        ip.run("%cashet auto on --min-time 10ms")
        return ip.run(CELL.format(seconds))
    ip.run("%cashet auto off")
    return ip.cached(CELL.format(seconds))


def test_storing_that_took_longer_than_running_is_not_done_again_and_that_is_said_once(slow):
    with shell() as ip:
        first, second, third = (run(ip, y) for y in range(3))
        assert [ran.outcome.stored for ran in (first, second, third)] == [True, False, False]
        assert second.outcome.not_stored.startswith("storing took 0.")
        assert ", running 5" in second.outcome.not_stored or ", running 6" in second.outcome.not_stored
        assert second.text.count(f"{WHY} - %%cashet does") == 1
        assert WHY not in first.text + third.text
        assert WHY in third.outcome.not_stored
        assert third.outcome.status == "miss"


def test_what_is_there_is_still_a_hit(slow):
    with shell() as ip:
        run(ip, 1)
        assert run(ip, 2).outcome.stored is False
        again = run(ip, 1)
        assert again.status == "hit"
        assert ip.value("x") == [1]


def test_later_kernels_know_it(slow):
    with shell() as ip:
        run(ip, 1)
    with shell() as ip:
        ran = run(ip, 2)
        assert ran.outcome.stored is False
        assert ran.text.count(WHY) == 1


def test_a_marked_cell_is_always_stored(slow):
    with shell() as ip:
        assert run(ip, 1).outcome.stored
        assert run(ip, 2, auto=False).outcome.stored
        assert run(ip, 3, auto=False).outcome.stored


def test_a_cell_that_takes_long_is_stored_whatever_storing_costs(slow):
    with shell() as ip:
        assert [run(ip, y, seconds=0.8).outcome.stored for y in range(2)] == [True, True]


def test_a_cell_that_came_to_take_longer_is_stored_again(slow):
    with shell() as ip:
        ip.run("wait = 0.05")
        assert run(ip, 1, "wait").outcome.stored
        assert run(ip, 2, "wait").outcome.stored is False
        ip.run("wait = 0.9")
        run(ip, 3, "wait")  # only now it is known
        assert run(ip, 4, "wait").outcome.stored


def test_nobody_waits_for_a_cell_that_will_not_be_stored(slow, tmp_path):
    with shell() as ip:
        run(ip, 1)
        run(ip, 2)
        assert list((tmp_path / ".cashet" / "locks" / "flight").iterdir()) == []


def test_a_hit_that_took_longer_than_the_run_has_saved_nothing(monkeypatch):
    from cashet_jupyter import pipeline

    real = pipeline.apply

    def slowly(*args):
        time.sleep(0.3)
        return real(*args)

    with shell() as ip:
        assert ip.cached("import time\ntime.sleep(0.1)\nx = 1").status == "miss"
        monkeypatch.setattr(pipeline, "apply", slowly)
        hit = ip.cached("import time\ntime.sleep(0.1)\nx = 1")
        assert hit.status == "hit"
        assert hit.outcome.seconds >= 0.3
        assert hit.outcome.saved == 0.0
        assert ip.extension.session.store().stats().saved == 0.0
        monkeypatch.undo()
