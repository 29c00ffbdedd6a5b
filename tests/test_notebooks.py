"""The promise as a law: a notebook ends with the same variables and the same outputs, with the cache and without."""

from __future__ import annotations

import re

import pytest

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint.graph import InputGraph
from tests.notebooks import edited, notebook
from tests.shells import shell, use_store


def run(cells: list[str], *, cached: bool) -> tuple[str, list[str], list[str]]:
    """Fingerprint of all variables at the end, what each cell showed, and what became of it."""
    with shell() as ip:
        ip.run("%cashet auto on --min-time 0\n%config Cashet.badge = 'off'" if cached else "pass")
        ran = [ip.run(cell) for cell in cells]
        try:
            left = InputGraph(ip.extension.session.user_variables(), ip.namespace).joint
        except NotFingerprintable as refused:
            left = str(refused)
        shown = [
            re.sub(r"0x[0-9a-f]+|\[\d+\]|ipython-input-\d+", "", one.text.replace("cashet: not stored", ""))
            for one in ran
        ]
        return left, shown, [one.status for one in ran]


def check(seed: int) -> int:
    """Plain, cold, warm and after an edit; the number of hits."""
    cells = ["import random, numpy as np\nrandom.seed(0)\nnp.random.seed(0)", *notebook(seed)]
    plain = run(cells, cached=False)
    cold = run(cells, cached=True)
    warm = run(cells, cached=True)
    assert cold[:2] == plain[:2], f"seed {seed}, first run"
    assert warm[:2] == plain[:2], f"seed {seed}, second run"
    again = edited(cells, seed)
    assert run(again, cached=True)[:2] == run(again, cached=False)[:2], f"seed {seed}, after an edit"
    return warm[2].count("hit")


def _many(seeds: range) -> None:
    hits = sum(check(seed) for seed in seeds)
    assert hits > 3 * len(seeds)  # else this shows nothing


@pytest.mark.parametrize("start", range(0, 12, 4))
def test_a_notebook_ends_as_without_the_cache(start, tmp_path, monkeypatch):
    use_store(monkeypatch, tmp_path)
    _many(range(start, start + 4))


@pytest.mark.soak
@pytest.mark.parametrize("start", range(1000, 3000, 50))
def test_two_thousand_notebooks_end_as_without_the_cache(start, tmp_path, monkeypatch):
    use_store(monkeypatch, tmp_path)
    _many(range(start, start + 50))
