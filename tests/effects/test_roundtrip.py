"""Values made by a cell and stored come back as they were."""

from __future__ import annotations

import pytest

from cashet_jupyter.fingerprint.graph import InputGraph
from tests.cases.distinctions import Value, imports, must_differ, roundtrip
from tests.effects.notebook import new_namespace, restore, run


def _comes_back(make: str, observe: str, needs: tuple[str, ...]) -> None:
    plain, fresh = new_namespace(imports(needs)), new_namespace(imports(needs))
    done = run(make, plain, names=[])
    restore(done, fresh, make, names=[])
    assert type(fresh["v"]).__qualname__ == type(plain["v"]).__qualname__
    assert InputGraph(["v"], fresh).joint == InputGraph(["v"], plain).joint
    wanted = repr(eval(observe, plain))
    if " at 0x" not in wanted:
        assert repr(eval(observe, fresh)) == wanted


@pytest.mark.parametrize("value", roundtrip(), ids=lambda value: value.id)
def test_a_value_comes_back_as_it_was(value: Value):
    _comes_back(value.make, value.observe, value.needs)


SIDES = [(f"{pair.id}-{side}", getattr(pair, side), pair) for pair in must_differ() for side in ("a", "b")]


@pytest.mark.parametrize(("source", "pair"), [case[1:] for case in SIDES], ids=[case[0] for case in SIDES])
def test_values_that_differ_come_back_different(source: str, pair):
    _comes_back(source, pair.observe, pair.needs)
