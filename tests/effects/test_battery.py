"""The battery of effects: a restored effect is what a run's is."""

from __future__ import annotations

import pytest

from tests.cases.effects import EFFECTS, Effect
from tests.cases.source import installed
from tests.effects.notebook import joint, new_namespace, restore, run, variables


@pytest.mark.parametrize("effect", [effect for effect in EFFECTS if installed(effect.needs)], ids=lambda e: e.id)
def test_a_restored_effect_is_that_of_a_run(effect: Effect):
    plain, fresh = new_namespace(effect.setup), new_namespace(effect.setup)
    done = run(effect.cell, plain)
    restore(done, fresh, effect.cell)
    assert list(variables(fresh)) == list(variables(plain))
    assert joint(fresh) == joint(plain)
    wanted = eval(effect.probe, plain)
    assert repr(eval(effect.probe, fresh)) == repr(wanted)
