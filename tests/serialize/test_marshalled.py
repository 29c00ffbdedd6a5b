"""Big plain data: exact, quickly, and only where nobody else can have written it."""

from __future__ import annotations

import array
import collections
import copy
import gc
import marshal
from typing import NamedTuple

import numpy as np
import pytest

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Effects, Payload
from cashet_jupyter.serialize import marshalled
from cashet_jupyter.serialize.envelope import dumps, loads, loads_data
from cashet_jupyter.serialize.marshalled import FEWEST, VERSION
from tests.serialize.test_envelope import back, header, mapped, references, stored, ways


def rows(many=FEWEST // 8):
    return [
        {
            "id": i,
            "name": f"üser{i}",
            "score": i * -0.5,
            "tags": ["a", f"t{i % 7}"],
            "big": 2**70 + i,
            "pos": (i, [None]),
        }
        for i in range(many)
    ]


def test_big_trees_are_marshalled_and_small_ones_are_not():
    payload = stored(
        big=rows(), small=rows(5), table=dict(enumerate(rows())), row=tuple(rows()), flat=list(range(FEWEST))
    )
    assert ways(payload) == ["marshal", "plain", "marshal", "marshal", "marshal"]
    assert header(payload)["pickle"] == 0
    values = back(payload, writable=False)
    expected = {"big": rows(), "small": rows(5), "table": dict(enumerate(rows())), "row": tuple(rows())}
    assert repr({name: values[name] for name in expected}) == repr(expected)
    assert values["flat"] == list(range(FEWEST))


def test_data_comes_back_with_every_distinction():
    odd = [
        True,
        1,
        1.0,
        -0.0,
        float("nan"),
        None,
        "",
        "\udc80",
        "a\0b",
        b"",
        b"a",
        (),
        [],
        {},
        {1: 2, True + 1: 3},
        {(1, "x"): [()]},
    ]
    value = [odd, *rows()]
    again = back(stored(v=value))["v"]
    assert repr(again) == repr(value)
    assert list(map(type, again[0])) == list(map(type, odd))


class Point(NamedTuple):
    x: int
    y: int


ODD = {
    "bytearray": bytearray(b"a"),
    "array": array.array("d", [1.0]),
    "numpy array": np.zeros(2),
    "number of numpy": np.float64(1),
    "text of numpy": np.str_("a"),
    "subclass": collections.OrderedDict(a=1),
    "named tuple": Point(1, 2),
    "frozen set": frozenset({1, "a"}),
    "set": {"b", 2},
    "complex": 1j,
    "type": StopIteration,
    "code": copy.copy.__code__,
}


@pytest.mark.parametrize("name", ODD)
def test_what_marshal_would_change_or_refuse_goes_another_way(name):
    value = [*rows(), {"odd": ODD[name]}]
    payload = stored(v=value)
    assert ways(payload) != ["marshal"]
    again = back(payload)["v"]
    assert type(again[-1]["odd"]) is type(ODD[name])
    assert repr(again[:-1]) == repr(value[:-1])


# ------------------------------------------------------------------------------------------------------------ sharing
def test_a_list_that_is_held_twice_is_one_again():
    data, inner = rows(), ["x"]
    data += [inner, (inner,)]
    values = back(stored(data=data))
    assert values["data"][-2] is values["data"][-1][0]


def test_outputs_that_share_parts_still_do():
    data = rows()
    pairs = {"row": data[7], "tags": data[7]["tags"], "more": [data[5]], "half": data[::2], "same": data}
    for order in (("data", *pairs), (*pairs, "data")):
        values = back(stored(**{name: {"data": data, **pairs}[name] for name in order}))
        assert values["row"] is values["data"][7]
        assert values["tags"] is values["row"]["tags"]
        assert values["more"][0] is values["data"][5]
        assert values["half"][1] is values["data"][2]
        assert values["same"] is values["data"]


def test_what_a_pickled_output_holds_of_it_is_the_same_again():
    data = rows()
    payload = stored(data=data, error=ValueError(data[3]))
    values = back(payload)
    assert values["error"].args[0] is values["data"][3]
    assert ways(payload) == ["graph", "graph"]
    data = rows()
    assert ways(stored(data=data, error=ValueError(data))) == ["graph", "graph"]


def test_two_big_trees_that_share_nothing_are_both_marshalled():
    payload = stored(a=rows(), b=rows(), c=ValueError(rows(3)))
    assert ways(payload) == ["marshal", "marshal", "graph"]
    assert repr(back(payload)["b"]) == repr(rows())


def test_parts_of_inputs_are_those_very_objects():
    inner = {"live": 1}
    data = [inner, *rows()]
    payload = stored(inner, data=data)
    assert ways(payload) == ["graph"]
    assert back(payload, inner)["data"][0] is inner


def test_an_input_itself_is_never_copied():
    data = rows()
    payload = stored(data, *data, out=data)
    assert back(payload, data, *data)["out"] is data


# ------------------------------------------------------------------------------------------------------------- reading
def test_data_of_others_is_never_given_to_marshal(monkeypatch):
    payload = mapped(stored(big=rows(), small=[1]), writable=False)

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(marshal, "loads", never)
    assert loads_data(payload) == {"small": [1]}
    with pytest.raises(Damaged):
        loads(payload, references())


def forged(payload: Payload, old: bytes, new: bytes) -> Payload:
    assert bytes(payload.skeleton).count(old) == 1
    return Payload(bytes(payload.skeleton).replace(old, new), payload.shown, payload.buffers)


def test_a_version_that_is_not_known_is_damage(monkeypatch):
    monkeypatch.setattr(marshalled, "VERSION", VERSION + 1)
    with pytest.raises(Damaged, match="version 4 of marshal is not known"):
        loads(mapped(stored(v=rows())), references())


def test_another_type_than_the_header_says_is_damage():
    payload = stored(v=rows())
    with pytest.raises(Damaged, match="a list where a dict should be"):
        loads(forged(payload, b"\xa4list", b"\xa4dict"), references())
    with pytest.raises(Damaged, match="a list where a lisp should be"):
        loads(forged(payload, b"\xa4list", b"\xa4lisp"), references())


def test_bytes_that_end_too_early_are_damage():
    payload = stored(v=rows(20_000))
    assert len(payload.buffers) == 1
    for size in (0, 1, 1000, payload.buffers[0].nbytes - 1):
        with pytest.raises(Damaged):
            loads(Payload(payload.skeleton, payload.shown, (payload.buffers[0][:size],)), references())


def test_a_big_one_has_a_buffer_of_its_own_that_is_read_in_place(monkeypatch):
    payload = mapped(stored(v=rows(20_000)), writable=False)
    assert len(payload.skeleton) < 1000
    given = []
    real = marshal.loads
    monkeypatch.setattr(marshal, "loads", lambda data: given.append(data) or real(data))
    loads(payload, references())
    assert given[0].obj is payload.buffers[0].obj


def test_decoded_data_counts_as_old_and_the_collector_is_on_again():
    payload = stored(v=rows(20_000))
    gc.collect()
    before = len(gc.get_objects(generation=2))
    values = loads(payload, references()).outputs
    assert gc.isenabled()
    assert len(gc.get_objects(generation=2)) >= before + len(values["v"])
    assert gc.get_freeze_count() == 0


def test_objects_that_the_program_has_frozen_stay_frozen():
    payload = stored(v=rows())
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        loads(payload, references())
        assert gc.get_freeze_count() > frozen * 0.9
    finally:
        gc.unfreeze()


def test_results_go_the_same_way():
    payload = dumps(Effects({"x": 1}, result=(rows(),)), (), references())
    assert ways(payload) == ["plain", "marshal"]
    assert repr(loads(payload, references()).result[0]) == repr(rows())
