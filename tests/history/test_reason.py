from __future__ import annotations

import pytest

from cashet_jupyter.history.reason import reason_for_run
from cashet_jupyter.models import Cell, Commit, Fingerprint, Value


class Log:
    """A store that only remembers."""

    def __init__(self, *commits: Commit) -> None:
        self._commits = commits

    def log(self, *, code=None, cell_id=None, notebook=None, limit=50, before=None):
        wanted = [c for c in self._commits if c.code == code or (cell_id is not None and c.cell.id == cell_id)]
        return wanted[:limit]


CELL = Cell("y = x", id="c1")


def _run(code="code", key="key", **inputs: tuple[str, str]) -> Commit:
    return Commit(key, code, CELL, 0.0, 1.0, inputs=_values(inputs))


def _values(inputs) -> tuple[Value, ...]:
    return tuple(Value(name, digest, "int", summary) for name, (digest, summary) in inputs.items())


def _key(**inputs) -> Fingerprint:
    return Fingerprint("another key", "code", _values(inputs))


@pytest.mark.parametrize(
    ("earlier", "now", "reason"),
    [
        ([], {"x": ("1", "1")}, "first run"),
        ([_run(code="old")], {"x": ("1", "1")}, "code changed"),
        ([_run(x=("1", "0.5"))], {"x": ("2", "0.7")}, "x 0.5 -> 0.7"),
        ([_run(x=("1", "10 items"))], {"x": ("2", "10 items")}, "x changed"),
        ([_run(x=("1", "a" * 30))], {"x": ("2", "b")}, "x changed"),
        ([_run(x=("1", "1"))], {"x": ("1", "1"), "w": ("9", "9")}, "w is new"),
        ([_run(x=("1", "1"), w=("2", "2"))], {"x": ("1", "1")}, "w is gone"),
        ([_run(x=("1", "1"))], {"x": ("1", "1")}, "the environment changed"),
        ([_run(key="another key", x=("1", "1"))], {"x": ("1", "1")}, "the earlier run no longer counts"),
        ([_run(a=("1", "1"), b=("1", "1")), _run(a=("1", "1"), b=("2", "2"))], {"a": ("3", "3"), "b": ("2", "2")},
         "a 1 -> 3"),
        ([_run(a=("1", ""), b=("1", ""), c=("1", ""), d=("1", ""))],
         {"a": ("2", ""), "b": ("2", ""), "c": ("2", ""), "d": ("2", "")}, "a changed, b changed, c changed and 1 more"),
    ],
)  # fmt: skip
def test_the_reason_is_what_differs_from_the_nearest_earlier_run(earlier, now, reason):
    assert reason_for_run(Log(*earlier), _key(**now), CELL) == reason
