from __future__ import annotations

import pytest

from cashet_jupyter.trace.recorder import Recorder


@pytest.mark.parametrize(
    ("source", "stored"),
    [
        ("np.random.RandomState(0).rand()", True),
        ("np.random.RandomState(seed).rand()", True),
        ("np.random.RandomState(np.random.MT19937(3)).rand()", True),
        ("[np.random.RandomState(i).rand() for i in range(600)]", True),
        ("np.random.RandomState().rand()", False),
        ("np.random.RandomState(nothing).rand()", False),
        ("[np.random.RandomState(i or None).rand() for i in reversed(range(600))]", False),
        ("np.random.default_rng(nothing).random()", False),
        ("np.random.seed(3)", True),
    ],
)
def test_a_generator_with_a_seed_needs_no_entropy_though_numpy_asks_for_it(source, stored):
    np = pytest.importorskip("numpy")
    state = np.random.get_state()
    recorder = Recorder()
    recorder.start()
    try:
        eval(source, {"__name__": "__main__", "np": np, "seed": 7, "nothing": None})
    finally:
        recorded = recorder.stop()
        np.random.set_state(state)
    assert ("entropy" not in {refusal.kind for refusal in recorded.refusals}) is stored
    assert isinstance(np.random.mtrand._MT19937, type)
