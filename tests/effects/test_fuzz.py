"""Random programs, run for real and restored in a fresh namespace: nobody can tell which is which."""

from __future__ import annotations

import pytest

from cashet_jupyter.serialize.references import References
from tests.effects.fuzz import Figures, campaign


def _is_worth_something(figures: Figures, programs: int) -> None:
    """The programs did change inputs in place and were compared: a campaign that only skips shows nothing."""
    assert figures.counts["same"] > programs
    assert figures.counts["changes in place"] > programs
    assert figures.counts["outputs"] > programs / 2
    assert figures.counts["declined"] + figures.counts["refused"] < programs / 10


def test_a_restored_program_is_that_which_ran():
    figures = campaign(0, 150)
    assert figures.differences == []
    _is_worth_something(figures, 150)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(20))
def test_many_restored_programs_are_those_that_ran(part: int):
    figures = campaign(1_000_000 + 500 * part, 500)
    assert figures.differences == []
    _is_worth_something(figures, 500)


def test_copies_instead_of_references_to_inputs_are_noticed(monkeypatch):
    slots = References.slots

    def without_nodes(self: References, resolver: object) -> list[object]:
        return [*slots(self, resolver)[:3], *(object() for _ in self.graph.nodes)]

    monkeypatch.setattr(References, "slots", without_nodes)
    assert campaign(0, 60).differences


def test_a_change_that_is_not_made_is_noticed(monkeypatch):
    monkeypatch.setattr("cashet_jupyter.effects.apply._change", lambda changes, rehashed: None)
    assert campaign(0, 20).differences
