"""Plain data: what msgpack carries, with every distinction kept."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.serialize import plain

atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.binary()
    | st.text(st.characters(codec=None))
    | st.just(...)
    | st.just(NotImplemented)
)
keys = st.recursive(atoms, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4)
data = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | st.tuples(inner, inner)
        | st.sets(keys, max_size=3)
    ),
    max_leaves=20,
)


def written(value: object) -> str:
    """A text that two plain values share only if they cannot be told apart: types, signs of zeros, order of dicts."""
    kind = type(value).__name__
    if isinstance(value, list | tuple):
        return f"{kind}({', '.join(map(written, value))})"
    if isinstance(value, dict):
        return f"{kind}({', '.join(f'{written(key)}: {written(item)}' for key, item in value.items())})"
    if isinstance(value, set | frozenset):
        return f"{kind}({', '.join(sorted(map(written, value)))})"
    if isinstance(value, complex):
        return f"{kind}({written(value.real)}, {written(value.imag)})"
    sign = math.copysign(1, value) if isinstance(value, float) else ""
    return f"{kind}({value!r}{sign})"


@given(data)
def test_plain_data_comes_back_exactly(value):
    assert plain.survey(value, set())
    assert written(plain.unpack(plain.pack(value))) == written(value)


@given(data)
def test_a_survey_finds_every_mutable_part_once(value):
    seen: set[int] = set()
    assert plain.survey([value, 1], seen)
    assert not plain.survey([value], seen) or not seen & {id(value)}


class Number(int):
    pass


@pytest.mark.parametrize(
    "value", [object(), Number(1), [Number(1)], {"k": (1, [len])}, bytearray(b"x"), {(1, Number(2)): 1}]
)
def test_what_is_not_plain_is_not_taken(value):
    assert not plain.survey(value, set())


def test_what_is_met_twice_is_not_a_tree():
    inner = [1]
    assert not plain.survey([inner, inner], set())
    assert not plain.survey([inner, (inner,)], set())
    loop: list[object] = []
    loop.append(loop)
    assert not plain.survey(loop, set())


def test_nesting_is_taken_only_so_deep():
    value: list[object] = []
    for _ in range(plain.MAX_DEPTH + 1):
        value = [value]
    assert not plain.survey(value, set())
