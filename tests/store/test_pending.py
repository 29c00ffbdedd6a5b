"""What is noted is written once, whoever notes it."""

from __future__ import annotations

from cashet_jupyter.store.pending import Pending

ID = "ab" * 32


def test_hits_on_one_commit_are_added_up() -> None:
    pending = Pending()
    pending.hit(ID, 1.5)
    pending.hit(ID, 2.0)
    pending.hit(ID, float("nan"))
    pending.time("code", 3.0)
    assert pending.totals() == (2, 3.5)
    op = pending.take()
    assert op is not None
    assert op["hits"][0][:3] == [bytes.fromhex(ID), 2, 3.5]
    assert op["timings"] == {"code": 3.0}
    assert pending.take() is None
    assert pending.totals() == (0, 0.0)


def test_what_could_not_be_written_is_kept_beside_what_came_since() -> None:
    pending = Pending()
    pending.hit(ID, 1.0)
    pending.time("code", 1.0)
    pending.time("other", 1.0)
    op = pending.take()
    pending.hit(ID, 2.0)
    pending.time("code", 2.0)
    assert op is not None
    pending.give_back(op)
    assert pending.totals() == (2, 3.0)
    assert (pending.timing("code"), pending.timing("other")) == (2.0, 1.0)
