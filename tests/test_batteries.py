"""The batteries of `tests/cases`, through `%%cashet` in a shell: what a user would see."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator

import pytest

from cashet_jupyter.fingerprint.graph import InputGraph
from tests.cases.distinctions import Missing, Pair, Value, imports, must_differ, must_equal, roundtrip
from tests.cases.effects import EFFECTS, Effect
from tests.cases.functions import EDITS, Edit
from tests.cases.scoping import PRELUDE, SCOPING, Scope, supported
from tests.cases.source import installed
from tests.shells import Ran, Shell, shell, use_store


@pytest.fixture(autouse=True)
def _store(tmp_path, monkeypatch):
    use_store(monkeypatch, tmp_path)


def _fresh(*cells: str) -> Iterator[Shell]:
    with shell() as fresh:
        for cell in cells:
            ran = fresh.run(cell)
            assert ran.success, ran.text
        yield fresh


def _named(case) -> str:
    return case.id


# --------------------------------------------------------------------------------------------------------- scoping
def _givens(given: dict[str, str]) -> list[str]:
    return [f"{name} = {expression}" for name, expression in given.items()]


def _scope_run(scope: Scope, given: dict[str, str], *, cached: bool) -> tuple[Ran, str]:
    """Run a scope's cell in a fresh shell; what came of it and the fingerprint of everything it left."""
    with shell() as fresh:
        for cell in [PRELUDE, *_givens(given)]:
            assert fresh.run(cell).success
        ran = fresh.cached(scope.source) if cached else fresh.run(scope.source)
        names = fresh.extension.session.user_variables()
        return ran, InputGraph(names, fresh.namespace).joint


SCOPES = supported(SCOPING)


@pytest.mark.parametrize("scope", SCOPES, ids=_named)
def test_a_cell_hits_on_the_same_inputs_and_ends_as_a_plain_run_on_others(scope):
    first, _ = _scope_run(scope, dict(scope.given), cached=True)
    assert first.status == "miss", first.outcome
    again, left = _scope_run(scope, dict(scope.given), cached=True)
    assert again.status == "hit", again.outcome
    assert left == _scope_run(scope, dict(scope.given), cached=False)[1]
    for name, other in scope.vary.items():
        given = {**scope.given, name: other}
        assert _scope_run(scope, given, cached=True)[1] == _scope_run(scope, given, cached=False)[1], name


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope.unread()], ids=_named)
def test_a_name_that_the_cell_does_not_read_does_not_matter(scope):
    _scope_run(scope, dict(scope.given), cached=True)
    for name in sorted(scope.unread()):
        ran, _ = _scope_run(scope, {**scope.given, name: "'something else'"}, cached=True)
        assert ran.status == "hit", (name, ran.outcome)


# ------------------------------------------------------------------------------------------------------- functions
@pytest.mark.parametrize("edit", [edit for edit in EDITS if installed(edit.needs)], ids=_named)
def test_an_edit_of_a_function_runs_the_cell_again_if_it_changes_what_the_call_does(edit: Edit):
    for fresh in _fresh(edit.before):
        assert fresh.cached(f"result = {edit.call}").status == "miss"
        assert fresh.cached(f"result = {edit.call}").status == "hit"
        assert fresh.run(edit.after).success
        ran = fresh.cached(f"result = {edit.call}")
        assert ran.status == ("miss" if edit.changes else "hit"), ran.outcome
        assert fresh.value("result") == fresh.value(edit.call)


# --------------------------------------------------------------------------------------------------------- effects
@pytest.mark.parametrize("effect", [effect for effect in EFFECTS if installed(effect.needs)], ids=_named)
def test_a_restored_effect_is_seen_wherever_that_of_a_run_is(effect: Effect):
    for plain in _fresh(effect.setup, effect.cell):
        wanted = plain.value(effect.probe)
    for fresh in _fresh(effect.setup):
        ran = fresh.cached(effect.cell)
        assert ran.status == "miss", ran.outcome
        assert ran.outcome is not None
        assert ran.outcome.stored, ran.outcome
        assert fresh.value(effect.probe) == wanted
    for fresh in _fresh(effect.setup):
        ran = fresh.cached(effect.cell)
        assert ran.status == "hit", ran.outcome
        assert fresh.value(effect.probe) == wanted


# --------------------------------------------------------------------------------------------------------- values
def _observed(source: str, observe: str, needs: tuple[str, ...], *, cached: bool) -> Ran:
    """Make a value in one cell and look at it in the next."""
    with shell() as fresh:
        for cell in (imports(needs), source):
            assert fresh.run(cell).success
        return fresh.cached(observe) if cached else fresh.run(observe)


def _plain(source: str, observe: str, needs: tuple[str, ...]) -> str:
    return repr(_observed(source, observe, needs, cached=False).result)


@pytest.mark.parametrize("pair", must_differ(), ids=_named)
def test_values_that_a_cell_can_tell_apart_never_share_a_result(pair: Pair):
    try:
        first = _observed(pair.a, pair.observe, pair.needs, cached=True)
    except Missing as missing:
        pytest.skip(f"{missing} is not installed")
    assert first.status == "miss", first.outcome
    other = _observed(pair.b, pair.observe, pair.needs, cached=True)
    assert other.status == "miss", other.outcome
    if "object at 0x" not in repr(other.result):
        assert repr(other.result) == _plain(pair.b, pair.observe, pair.needs)


@pytest.mark.parametrize("pair", must_equal(), ids=_named)
def test_values_that_no_cell_can_tell_apart_share_a_result(pair: Pair):
    assert _observed(pair.a, pair.observe, pair.needs, cached=True).status == "miss"
    ran = _observed(pair.b, pair.observe, pair.needs, cached=True)
    assert ran.status == "hit", ran.outcome


@pytest.mark.parametrize("value", roundtrip(), ids=_named)
def test_a_value_comes_back_as_it_was(value: Value):
    def made() -> tuple[Ran, str, str]:
        with shell() as fresh:
            assert fresh.run(imports(value.needs)).success
            ran = fresh.cached(value.make)
            digest = InputGraph(["v"], fresh.namespace).joint
            seen = fresh.run(value.observe)
            assert seen.success, seen.text
            return ran, digest, repr((type(fresh.value("v")).__name__, seen.result))

    ran, digest, seen = made()
    assert ran.status == "miss", ran.outcome
    assert ran.outcome is not None
    assert ran.outcome.stored, ran.outcome
    again, digest_again, seen_again = made()
    assert again.status == "hit", again.outcome
    assert (digest_again, seen_again) == (digest, seen)


def test_the_process_is_left_as_it_was():
    before = sys.modules["__main__"], sys.displayhook, hasattr(builtins, "get_ipython")
    for _ in _fresh("x = 1"):
        pass
    assert (sys.modules["__main__"], sys.displayhook, hasattr(builtins, "get_ipython")) == before
