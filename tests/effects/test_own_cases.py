"""Our own effects, beside those of the battery."""

from __future__ import annotations

import pytest

from tests.cases.effects import Effect
from tests.cases.source import installed
from tests.effects.notebook import joint, new_namespace, restore, run, variables
from tests.effects.own_cases import OWN

#: of these only the probe is compared: they have no fingerprint, or one that says which immutable memory they share
UNKNOWN = frozenset({"dict-views", "matplotlib-figure", "groupby-object"})


@pytest.mark.parametrize("effect", [effect for effect in OWN if installed(effect.needs)], ids=lambda e: e.id)
def test_a_restored_effect_is_that_of_a_run(effect: Effect):
    plain, fresh = new_namespace(effect.setup), new_namespace(effect.setup)
    done = run(effect.cell, plain)
    restore(done, fresh, effect.cell)
    assert list(variables(fresh)) == list(variables(plain))
    if effect.id not in UNKNOWN:
        assert joint(fresh) == joint(plain)
    assert repr(eval(effect.probe, fresh)) == repr(eval(effect.probe, plain))
