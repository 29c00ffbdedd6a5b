"""What tells sooner that settings are as they were must tell of every change of them."""

from __future__ import annotations

import decimal
import locale
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cashet_jupyter.trace.providers import Options, providers


def _context(**fields: Any) -> Callable[[], object]:
    return lambda: [setattr(decimal.getcontext(), name, value) for name, value in fields.items()]


def _trap(on: bool) -> Callable[[], object]:
    return lambda: decimal.getcontext().traps.__setitem__(decimal.Inexact, on)


CHANGES: dict[str, list[Callable[[], object]]] = {
    "decimal": [
        _context(prec=7),
        _context(rounding=decimal.ROUND_UP),
        _context(Emin=-10, Emax=10),
        _context(capitals=0),
        _context(clamp=1),
        _trap(True),
        _trap(False),
        lambda: setattr(decimal.DefaultContext, "prec", 7),
        lambda: decimal.setcontext(decimal.Context(prec=3)),
    ],
    "warnings": [
        lambda: warnings.simplefilter("error"),
        lambda: warnings.filterwarnings("ignore", category=UserWarning),
        lambda: warnings.filterwarnings("ignore", message="some words"),
        lambda: warnings.simplefilter("default", lineno=3),
        lambda: warnings.filters.append(("ignore", None, [], None, 0)),  # type: ignore[attr-defined]  # it has no hash
        warnings.resetwarnings,
    ],
    "locale": [lambda: locale.setlocale(locale.LC_ALL, "C"), lambda: locale.setlocale(locale.LC_NUMERIC, "C.UTF-8")],
}


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    before, prec = locale.setlocale(locale.LC_ALL), decimal.DefaultContext.prec
    with warnings.catch_warnings(), decimal.localcontext():
        yield
    locale.setlocale(locale.LC_ALL, before)
    decimal.DefaultContext.prec = prec


def _options(name: str) -> Options:
    provider = providers()[name]
    assert isinstance(provider, Options)
    return provider


def test_every_library_with_a_stamp_is_tested() -> None:
    stamped = {name for name, one in providers().items() if isinstance(one, Options) and one.stamp is not None}
    assert stamped == set(CHANGES)


@pytest.mark.parametrize("name", CHANGES)
def test_the_quick_answer_is_the_one_that_looking_at_everything_gives(name: str) -> None:
    provider = _options(name)
    for change in (lambda: None, *CHANGES[name]):
        try:
            change()
        except locale.Error:
            continue
        for _ in range(2):
            assert _agrees(provider)


def _agrees(provider: Options) -> bool:
    try:
        expected = provider.fingerprint(provider.take())
    except Exception as error:  # what cannot be told cannot be told by the quick way either
        with pytest.raises(type(error)):
            provider.now()
        return True
    return provider.now() == expected


def test_a_context_as_it_was_before_has_the_digest_that_it_had() -> None:
    provider = _options("decimal")
    before = provider.now()
    with decimal.localcontext(prec=5):
        assert provider.now() != before
    decimal.getcontext().flags[decimal.Inexact] = True  # that something happened is no setting
    assert provider.now() == before


def test_lists_of_texts_count_by_their_types_too() -> None:
    state: dict[str, Any] = {}
    provider = Options("one", "sys", lambda: state, lambda _: None, lambda: {"a": ["x", 1], "b": (1.0,)})
    state.update(a=["x", 1], b=(1.0,))
    assert provider.now() == provider.fresh
    for different in ({"a": ["x", True]}, {"a": ("x", 1)}, {"a": ["x"]}, {"a": ["x", 1, 2]}, {"b": (1,)}):
        state.update({"a": ["x", 1], "b": (1.0,)} | different)
        assert provider.now() != provider.fresh
