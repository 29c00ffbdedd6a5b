"""Which names a run left, and what it did to its inputs."""

from __future__ import annotations

import collections

import pytest

from cashet_jupyter.effects.capture import capture
from cashet_jupyter.effects.inplace import kind_of
from cashet_jupyter.errors import NotSerializable
from cashet_jupyter.fingerprint.graph import InputGraph


def taken(before: dict, after: dict, **options):
    return capture(InputGraph([], {}), before, after, **options)


def test_outputs_are_names_that_are_new_or_bound_to_another_object():
    x, y = [1], [2]
    effects = taken({"x": x, "y": y, "z": 1}, {"x": x, "y": [2], "z": 1, "new": x})
    assert list(effects.outputs) == ["y", "new"]
    assert effects.deletions == ()


def test_a_name_that_was_bound_to_the_same_object_again_is_an_output_only_if_that_is_known():
    x = [1]
    assert not taken({"x": x}, {"x": x}).outputs
    assert taken({"x": x}, {"x": x}, bound={"x"}).outputs == {"x": x}


def test_what_is_gone_is_a_deletion():
    assert taken({"x": 1, "y": 2}, {"y": 2}).deletions == ("x",)


def test_a_name_that_was_deleted_and_bound_again_moves_to_the_end():
    effects = taken({"x": 1, "y": 2, "z": 3}, {"y": 2, "z": 3, "t": 1, "x": 1})
    assert list(effects.outputs) == ["t", "x"]
    assert effects.deletions == ("x",)


def test_new_names_between_old_ones_do_not_count_as_moved():
    effects = taken({"x": 1, "y": 2}, {"x": 1, "y": 2, "a": 1, "b": 2})
    assert list(effects.outputs) == ["a", "b"]
    assert effects.deletions == ()


def test_changes_of_inputs_are_their_content_and_refer_to_their_parts():
    part = [1]
    namespace = {"x": [part], "d": {}}
    graph = InputGraph(namespace, namespace)
    namespace["x"].append(part)
    (patch,) = capture(graph, namespace, namespace).patches
    assert graph.nodes[patch.node] is namespace["x"]
    assert patch.content[0][0] is part


def test_an_input_that_cannot_be_changed_in_place_is_refused_with_its_path():
    namespace = {"deep": {"it": [iter([1, 2])]}}
    graph = InputGraph(namespace, namespace)
    next(namespace["deep"]["it"][0])
    with pytest.raises(NotSerializable) as refused:
        capture(graph, namespace, namespace)
    assert refused.value.path == "deep['it'][0]"


class Loud(collections.OrderedDict):
    def __setitem__(self, key, value):
        raise AssertionError("no code of the class runs")

    clear = update = __iter__ = items = keys = __setitem__


def test_the_content_of_a_container_is_read_and_written_past_its_class():
    loud = Loud()
    collections.OrderedDict.__setitem__(loud, "a", 1)
    kind = kind_of(loud)
    content = kind.get(loud)
    collections.OrderedDict.__setitem__(loud, "b", 2)
    kind.put(loud, content)
    assert list(collections.OrderedDict.items(loud)) == [("a", 1)]
