"""Paths for messages."""

from __future__ import annotations

from cashet_jupyter.paths import path_along, path_to, walk


class Thing:
    __slots__ = ("__dict__", "slot")


def test_the_shortest_way_from_a_variable_is_found():
    target = object()
    thing = Thing()
    thing.slot = {"k": [0, (target,)]}
    assert path_to(target, {"a": [[thing]], "b": thing}) == "b.slot['k'][1][0]"
    assert path_to(target, {"x": target, "b": thing}) == "x"


def test_a_search_ends():
    loop: list[object] = []
    loop.append(loop)
    assert path_to(object(), {"loop": loop}) == ""
    assert path_to(object(), {"big": [[k] for k in range(1000)]}, limit=10) == ""


def test_no_code_of_a_class_runs_on_the_way():
    class Trap:
        def __getattribute__(self, name):
            raise AssertionError

        @property
        def prop(self):
            raise AssertionError

    trap = Trap()
    target = object()
    object.__getattribute__(trap, "__dict__")["inner"] = target
    assert path_to(target, {"t": trap}) == "t.inner"


def test_a_trail_through_states_reads_like_attributes():
    thing, inner = Thing(), Thing()
    lock = object()
    inner.lock = lock
    thing.parts = [inner]
    state = dict(vars(thing))
    assert path_along([thing, (Thing, (), state), state, thing.parts, inner, {"lock": lock}, lock]) == ".parts[0].lock"


def test_a_closure_is_named_by_its_variable():
    def make(it: object):
        return lambda: it

    target = object()
    function = make(target)
    cell = function.__closure__[0]
    assert path_along([function, (1, (cell,)), (cell,), cell, (target,), target]) == ".it"
    assert path_to(target, {"f": function}) == "f.it"


def test_all_objects_of_variables_are_walked_once():
    shared = [1]
    assert sum(obj is shared for obj in walk({"a": [shared, shared], "b": {"k": shared}})) == 1
