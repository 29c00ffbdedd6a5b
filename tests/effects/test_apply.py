"""Effects are put back as a whole or not at all."""

from __future__ import annotations

import types

import numpy as np
import pytest

from cashet_jupyter.effects.apply import apply
from cashet_jupyter.effects.inplace import kind_of
from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Effects, Patch


class Inputs:
    def __init__(self, *nodes: object) -> None:
        self.nodes = list(nodes)

    def number(self, obj: object) -> int | None:
        return next((number for number, node in enumerate(self.nodes) if node is obj), None)

    def changed(self) -> list[int]:
        return []


def patch(number: int, model: object) -> Patch:
    """The change that makes node `number` what `model` is."""
    kind = kind_of(model)
    return Patch(number, kind.name, kind.get(model))


def test_names_come_in_the_order_of_the_run_and_known_names_stay_where_they_are():
    namespace = {"b": 0, "x": 1}
    apply(Effects({"c": 1, "b": 2, "a": 3}, deletions=("x", "never there")), Inputs(), namespace)
    assert list(namespace.items()) == [("b", 2), ("c", 1), ("a", 3)]


def test_a_name_that_was_deleted_and_bound_again_moves_to_the_end():
    namespace = {"x": 1, "y": 2}
    apply(Effects({"x": 3}, deletions=("x",)), Inputs(), namespace)
    assert list(namespace.items()) == [("y", 2), ("x", 3)]


class Fussy:
    """Takes a state only once it likes it."""

    def __init__(self) -> None:
        self.value = 0

    def __reduce__(self):
        return Fussy, (), {"value": self.value}

    def __setstate__(self, state):
        if state["value"] == 13:
            raise ValueError("not this one")
        self.value = state["value"]


def test_a_change_that_fails_takes_all_others_back():
    items, array, table, odd = [1], np.arange(3), {"k": 1}, Fussy()
    new = types.SimpleNamespace(items=[1, 2], array=np.array([7, 8, 9]), table={"z": 0})
    bad = Fussy()
    bad.value = 13
    patches = (patch(0, new.items), patch(1, new.array), patch(2, new.table), patch(3, bad))
    namespace: dict[str, object] = {}
    with pytest.raises(Damaged, match="not this one"):
        apply(Effects({"x": 1}, patches), Inputs(items, array, table, odd), namespace)
    assert (items, array.tolist(), table, odd.value, namespace) == ([1], [0, 1, 2], {"k": 1}, 0, {})


@pytest.mark.parametrize(
    ("node", "change"),
    [
        ([1], patch(0, {"k": 1})),
        ([1], Patch(1, "list", ([], None))),
        (np.frombuffer(b"abc", np.uint8), patch(0, np.zeros(3, np.uint8))),
        (np.arange(3)[::2], patch(0, np.zeros((2, 3)))),
        (np.random.default_rng(0), patch(0, np.random.Generator(np.random.MT19937(1)))),
    ],
    ids=["another kind", "no such node", "memory that is not its own", "another shape", "another generator"],
)
def test_what_the_live_object_cannot_take_is_found_before_anything_changes(node: object, change: Patch):
    other = [1]
    graph = Inputs(node) if change.node else Inputs(node, other)
    patches = (patch(1, [2]), change) if len(graph.nodes) > 1 else (change,)
    with pytest.raises(Damaged):
        apply(Effects({"x": 1}, patches), graph, {})
    assert other == [1]


def test_an_import_that_fails_now_changes_nothing():
    items, namespace = [1], {}
    with pytest.raises(Damaged, match="no_such_module"):
        apply(Effects({"x": 1}, (patch(0, [2]),), imports=("no_such_module",)), Inputs(items), namespace)
    assert (items, namespace) == ([1], {})


def test_a_module_of_the_cell_is_imported_before_anything_else(tmp_path, monkeypatch):
    (tmp_path / "cell_module.py").write_text("loaded = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    namespace: dict[str, object] = {}
    apply(Effects({"x": 1}, imports=("cell_module",)), Inputs(), namespace)
    import sys

    assert sys.modules["cell_module"].loaded


def test_an_array_is_not_moved_in_memory_while_views_of_it_live():
    array = np.arange(4)
    view = array[1:]
    with pytest.raises(Damaged, match="size"):
        apply(Effects(patches=(patch(0, np.arange(100)),)), Inputs(array), {})
    assert view.tolist() == [1, 2, 3]


def test_an_array_that_nobody_views_is_resized_in_place():
    graph = Inputs(np.arange(4))
    apply(Effects(patches=(patch(0, np.arange(6)),)), graph, {})
    assert graph.nodes[0].tolist() == [0, 1, 2, 3, 4, 5]


def test_no_code_of_a_class_runs_when_its_objects_are_changed():
    class Watched:
        def __setattr__(self, name, value):
            raise AssertionError

        __delattr__ = __setattr__

        @property
        def value(self):
            raise AssertionError

    obj, model = Watched(), Watched()
    vars(model)["value"] = 5
    apply(Effects(patches=(patch(0, model),)), Inputs(obj), {})
    assert vars(obj) == {"value": 5}
