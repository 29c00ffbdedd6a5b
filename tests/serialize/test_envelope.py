"""The envelope: what goes in comes out, as data where it can, and damage never gets through."""

from __future__ import annotations

import random
import sys

import msgpack
import numpy as np
import pandas as pd
import pytest

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Effects, Payload, Shown
from cashet_jupyter.serialize.buffers import BIG, SMALL_PACK
from cashet_jupyter.serialize.envelope import FORMAT, dumps, dumps_shown, loads, loads_data, loads_shown
from cashet_jupyter.serialize.references import References


class Inputs:
    """A graph over a few objects."""

    def __init__(self, *nodes: object) -> None:
        self.nodes = list(nodes)

    def number(self, obj: object) -> int | None:
        return next((number for number, node in enumerate(self.nodes) if node is obj), None)

    def changed(self) -> list[int]:
        return []


def references(*nodes: object) -> References:
    return References(Inputs(*nodes), {"__name__": "__main__"})


def stored(*nodes: object, **outputs: object) -> Payload:
    return dumps(Effects(outputs), (), references(*nodes))


def mapped(payload: Payload, *, writable: bool = True) -> Payload:
    kind = bytearray if writable else bytes
    return Payload(
        payload.skeleton, payload.shown, tuple(memoryview(kind(bytes(buffer))) for buffer in payload.buffers)
    )


def back(payload: Payload, *nodes: object, writable: bool = True) -> dict[str, object]:
    return dict(loads(mapped(payload, writable=writable), references(*nodes)).outputs)


def header(payload: Payload) -> dict[str, object]:
    size = int.from_bytes(payload.skeleton[:8], "little")
    return msgpack.unpackb(payload.skeleton[8 : 8 + size], strict_map_key=False)


def ways(payload: Payload) -> list[str]:
    return [value[0] for value in header(payload)["values"]]


# ------------------------------------------------------------------------------------------------------- what is data
def test_plain_data_and_arrays_of_their_own_can_be_read_without_pickle():
    payload = stored(a=[1, {"k": (2.5, None)}], b=np.arange(5), c="text", d={1, 2})
    assert ways(payload) == ["plain", "array", "plain", "plain"]
    assert header(payload)["pickle"] == 0
    assert header(payload)["format"] == FORMAT


def test_what_shares_goes_into_one_pickle():
    inner, array = [1], np.arange(4)
    shared = {"both": [inner, array]}
    payload = stored(a=inner, b=array, c=shared, d=Exception(shared))
    assert ways(payload) == ["graph", "graph", "graph", "graph"]
    a, b, c, d = back(payload).values()
    assert c["both"][0] is a
    assert c["both"][1] is b
    assert d.args[0] is c


def test_plain_outputs_that_share_parts_still_do():
    inner = [1]
    values = back(stored(a=inner, b=[inner], c=[inner, 2]))
    assert values["b"][0] is values["a"] is values["c"][0]


def test_inputs_are_referred_to_never_copied():
    x, array = [1], np.arange(3)
    values = back(stored(x, array, a=x, b={"k": x}, c=array, d=array[1:]), x, array)
    assert values["a"] is x
    assert values["b"]["k"] is x
    assert values["c"] is array
    assert values["d"].base is array


def test_names_deletions_and_imports_keep_their_order():
    effects = Effects({"b": 1, "a": [2], "c": object}, deletions=("z", "y"), imports=("math", "json"))
    restored = loads(dumps(effects, (), references()), references())
    assert list(restored.outputs) == ["b", "a", "c"]
    assert restored.deletions == ("z", "y")
    assert restored.imports == ("math", "json")
    assert restored.result == ()


def test_the_result_is_part_of_the_same_graph():
    frame = pd.DataFrame({"a": [1]})
    restored = loads(mapped(dumps(Effects({"df": frame}, result=(frame,)), (), references())), references())
    assert restored.result[0] is restored.outputs["df"]
    assert loads(dumps(Effects(result=(None,)), (), references()), references()).result == (None,)


def test_what_was_shown_can_be_looked_at_on_its_own():
    shown = (
        Shown("stream", {"name": "stdout", "text": "a\ud800"}),
        Shown("display", {"data": {"image/png": b"\x89", "text/plain": "x"}, "metadata": {"w": [1, 2.5, None]}}),
    )
    payload = dumps(Effects(), shown, references())
    assert loads_shown(payload.shown) == shown == loads_shown(memoryview(dumps_shown(shown)))
    with pytest.raises(Damaged):
        loads_shown(b"\xc1")


# ------------------------------------------------------------------------------------------------------------- buffers
def test_big_arrays_are_buffers_of_their_own_and_small_ones_are_packed():
    big = np.arange(BIG, dtype="u1")
    small = [np.arange(9000, dtype="u1") + k for k in range(3)]
    payload = stored(big=big, small=small)
    assert [buffer.nbytes for buffer in payload.buffers] == [BIG]
    assert payload.buffers[0].obj is not None
    many = stored(many=[np.arange(9000) for _ in range(SMALL_PACK // 9000)])
    assert len(many.buffers) == 1
    assert [place % 64 for place in header(many)["places"][1::3]] == [0] * (SMALL_PACK // 9000)


def test_a_big_array_is_not_copied_on_its_way_out():
    array = np.zeros(BIG)
    buffer = stored(a=array, b=[array]).buffers[0]
    assert np.shares_memory(np.frombuffer(buffer, np.uint8), array)


@pytest.mark.parametrize("writable", [True, False])
def test_arrays_come_back_writable_and_apart_from_the_store(writable: bool):
    outputs = {"big": np.ones(BIG // 4), "small": np.arange(5000), "tiny": np.arange(3), "list": [np.ones(BIG // 8)]}
    payload = mapped(stored(**outputs), writable=writable)
    first = loads(payload, references()).outputs
    assert first["small"].flags.owndata
    first["small"].resize(6000, refcheck=False)
    for array in (first["big"], first["tiny"], first["list"][0]):
        array[...] = 7
        assert array.flags.aligned
    if not writable:
        again = loads(payload, references()).outputs
        assert again["big"][0] == 1


def test_two_values_never_get_one_mapping():
    buffer = np.ones(BIG // 8)
    payload = stored(a=[buffer], b=[buffer.copy()])
    same = memoryview(bytearray(payload.buffers[0]))
    values = loads(Payload(payload.skeleton, payload.shown, (same, same)), references()).outputs
    values["a"][0][0] = 9
    assert values["b"][0][0] == 1


def test_a_big_frame_is_stored_column_by_column_and_comes_back_consolidated():
    rows = BIG // 8
    frame = pd.DataFrame({f"c{k}": np.arange(rows) + k for k in range(3)}).copy()
    assert len(frame._mgr.blocks) == 1
    payload = stored(df=frame)
    assert [buffer.nbytes for buffer in payload.buffers] == [BIG, BIG, BIG]
    restored = back(payload)["df"]
    assert restored.equals(frame)
    assert len(restored._mgr.blocks) == 1
    assert restored._mgr.blocks[0].values.flags.c_contiguous


def test_equal_columns_of_two_frames_are_equal_buffers():
    rows = BIG // 8
    one = pd.DataFrame({"a": np.arange(rows), "b": np.ones(rows, int)}).copy()
    two = one.assign(b=2).copy()
    payload = stored(one=one, two=two)
    assert len(payload.buffers) == 4
    assert len({bytes(buffer) for buffer in payload.buffers}) == 3


def test_rows_that_lie_side_by_side_are_mapped_and_not_copied():
    rows, page = BIG // 8 + 100, 4096
    frame = pd.DataFrame({f"c{k}": np.arange(rows) + k for k in range(3)}).copy()
    payload = stored(df=frame)
    size = payload.buffers[0].nbytes
    step = -(-size // page) * page
    memory = bytearray(3 * step)
    for index, buffer in enumerate(payload.buffers):
        memory[index * step : index * step + size] = buffer
    views = tuple(memoryview(memory)[index * step : index * step + size] for index in range(3))
    restored = loads(Payload(payload.skeleton, payload.shown, views), references()).outputs["df"]
    assert restored.equals(frame)
    assert np.shares_memory(np.frombuffer(memory, np.uint8), restored._mgr.blocks[0].values)


def test_arrow_columns_travel_in_buffers():
    pytest.importorskip("pyarrow")
    series = pd.Series([f"text {k}" for k in range(200_000)])
    payload = stored(s=series)
    assert sum(buffer.nbytes for buffer in payload.buffers) > 2 * BIG
    assert len(payload.skeleton) < 10_000
    assert back(payload, writable=False)["s"].equals(series)


def test_data_of_others_is_read_without_unpickling(monkeypatch):
    payload = stored(a=[1, (2,)], b=np.arange(5), c=ValueError("x"))

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("cashet_jupyter.serialize.envelope.load", never)
    values = loads_data(mapped(payload, writable=False))
    assert values["a"] == [1, (2,)]
    assert values["b"].tolist() == [0, 1, 2, 3, 4]
    assert list(values) == ["a", "b"]


def test_raw_memory_is_never_taken_for_objects():
    payload = stored(b=np.arange(5))
    forged = Payload(payload.skeleton.replace(b"<i8", b"|O8"), payload.shown, payload.buffers)
    for read in (loads_data, lambda forged: loads(forged, references())):
        with pytest.raises(Damaged):
            read(forged)


# -------------------------------------------------------------------------------------------------------------- damage
def _payload() -> Payload:
    x = np.arange(BIG // 8)
    return stored(
        plain={"k": [1, 2]},
        array=x,
        graph=[x[1:], {"e": ValueError("x")}, np.arange(3000)],
        frame=pd.DataFrame({"a": [1]}),
    )


def test_bytes_of_another_format_are_not_read(monkeypatch):
    monkeypatch.setattr("cashet_jupyter.serialize.envelope.FORMAT", FORMAT + 1)
    payload = _payload()
    monkeypatch.undo()
    with pytest.raises(Damaged, match="format"):
        loads(payload, references())


def test_a_cut_anywhere_is_damage():
    payload = _payload()
    for end in range(0, len(payload.skeleton), 7):
        with pytest.raises(Damaged):
            loads(Payload(payload.skeleton[:end], payload.shown, payload.buffers), references())
    with pytest.raises(Damaged):
        loads(Payload(payload.skeleton, payload.shown, payload.buffers[:-1]), references())
    with pytest.raises(Damaged):
        loads(Payload(payload.skeleton, payload.shown, tuple(b[:-1] for b in payload.buffers)), references())


def test_a_flipped_bit_is_damage_or_another_value_never_another_error():
    payload, dice = _payload(), random.Random(0)
    for _ in range(200):
        data = bytearray(payload.skeleton)
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        try:
            loads(Payload(bytes(data), payload.shown, payload.buffers), references())
        except Damaged:
            continue


def test_bytes_of_other_inputs_are_damage():
    x = [1]
    payload = stored(x, a=[x])
    with pytest.raises(Damaged):
        loads(payload, references(x, [2]))


def test_a_class_that_is_gone_is_damage(monkeypatch):
    import fractions

    payload = stored(f=fractions.Fraction(1, 2))
    monkeypatch.delattr(fractions, "Fraction")
    with pytest.raises(Damaged):
        loads(payload, references())


def test_the_collector_is_as_it_was_afterwards():
    import gc

    for on in (True, False):
        (gc.enable if on else gc.disable)()
        payload = stored(a=[1])
        loads(payload, references())
        with pytest.raises(Damaged):
            loads(Payload(b"", b""), references())
        assert gc.isenabled() is on
    gc.enable()


def test_libraries_are_not_loaded_for_values_of_the_standard_library():
    code = (
        "import sys\n"
        "from tests.serialize.light import check\n"
        "check()\n"
        "assert not {'numpy', 'pandas', 'torch'} & sys.modules.keys()\n"
    )
    import subprocess

    subprocess.run([sys.executable, "-c", code], check=True)
