"""Models of scikit-learn: the parameters that they were given, then what they learned."""

from __future__ import annotations

from typing import Any

from cashet_jupyter.diffs.comparing import Comparing, Gathering, typed
from cashet_jupyter.diffs.instances import by_name, state_of
from cashet_jupyter.diffs.model import ValueDiff


def compare_estimators(old: Any, new: Any, comparing: Comparing) -> ValueDiff | None:
    """Two models of one class; None for others, which are then told by their types."""
    if type(old).__qualname__ != type(new).__qualname__:
        return None
    states = [state_of(value) or {} for value in (old, new)]
    given, learned = ([_part(state, fitted=fitted) for state in states] for fitted in (False, True))
    parameters, fitted = Gathering(comparing), Gathering(comparing)
    by_name(parameters, *given)
    by_name(fitted, *learned)
    first, second = parameters.finish("model", old, new), fitted.finish("model", old, new)
    gathering = Gathering(comparing)
    for part in (*first.parts, *second.parts):
        gathering.take(part)
    gathering.changed(first.total + second.total - len(first.parts) - len(second.parts))
    gathering.notes += [*first.notes, *second.notes]
    said = [f"parameters: {first.change}"] if first.change else []
    said += [f"fitted: {second.change}"] if second.change else []
    figures = {"parameters": first.total, "fitted": second.total}
    found = gathering.finish("model", old, new, figures)
    words = _words(old, learned[0]), _words(new, learned[1])
    found = ValueDiff(
        "model",
        found.verdict,
        *words,
        "; ".join(said),
        figures,
        found.parts,
        found.total,
        notes=found.notes,
    )
    return typed(found, old, new)


def _words(value: Any, learned: dict[str, Any]) -> str:
    return f"{type(value).__name__} (fitted)" if learned else type(value).__name__


def _part(state: dict[str, Any], *, fitted: bool) -> dict[str, Any]:
    """Attributes that end in an underscore were learned; so were private ones, which the parameters are not."""
    return {
        name: value
        for name, value in state.items()
        if (name.endswith("_") or name.startswith("_")) == fitted and name != "_sklearn_version"
    }
