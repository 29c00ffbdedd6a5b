"""Arrays of numpy: every element that differs is counted, by how much, and where the first one is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cashet_jupyter.diffs.compare import compare
from cashet_jupyter.diffs.model import Budget

dtypes = st.sampled_from(["f8", "f4", "i8", "u1", "bool", "c16", "U3", "M8[s]", "m8[ms]", "O"])
shapes = hnp.array_shapes(max_dims=3, max_side=6)
atoms = st.one_of(st.none(), st.integers(-5, 5), st.text(max_size=2), st.floats(allow_nan=True))


@st.composite
def arrays(draw):
    dtype = np.dtype(draw(dtypes))
    elements = atoms if dtype.hasobject else None
    return draw(hnp.arrays(dtype, draw(shapes), elements=elements))


@st.composite
def changed(draw):
    """An array, a changed copy in another order of memory, and where it was changed."""
    old = draw(arrays())
    new = np.array(old, order=draw(st.sampled_from("CF")))
    places = draw(st.sets(st.integers(0, old.size - 1)))
    for place in places:
        new.flat[place] = other(old.flat[place], old.dtype)
    return old, new, places


def other(value, dtype):
    """A value that is surely not that one."""
    if dtype.kind == "b":
        return not value
    if dtype.kind == "U":
        return "zz" if value != "zz" else "y"
    if dtype.kind in "Mm":
        return dtype.type(7, "s") if value != dtype.type(7, "s") else dtype.type(8, "s")
    return 77 if value != 77 else 78


@given(arrays())
def test_equal_arrays_have_an_empty_diff(array):
    diff = compare(array, np.array(array, order="F"))
    assert (diff.verdict, diff.change, diff.tables) == ("equal", "", ())


@given(changed())
def test_every_element_that_changed_is_counted(case):
    old, new, places = case
    diff = compare(old, new)
    assert diff.differs == bool(places)
    if places:
        assert diff.figures["differ"] == len(places)
        first = np.unravel_index(min(places), old.shape)
        assert diff.figures["first"] == f"[{', '.join(map(str, map(int, first)))}]"


@given(changed())
def test_a_diff_is_symmetric_up_to_sign(case):
    there, back = compare(case[0], case[1]), compare(case[1], case[0])
    assert there.verdict == back.verdict
    signed = {name: value for name, value in there.figures.items() if name == "mean_change"}
    if case[0].dtype.kind != "c":
        assert {name: -value for name, value in signed.items()} == {
            name: value for name, value in back.figures.items() if name == "mean_change"
        }
    assert {name: value for name, value in there.figures.items() if name not in signed} == {
        name: value for name, value in back.figures.items() if name != "mean_change"
    }


def test_nan_is_equal_to_nan_and_infinity_to_itself():
    array = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert compare(array, array.copy()).verdict == "equal"
    diff = compare(array, np.array([1.0, np.inf, np.inf, 1.0]))
    assert diff.figures["differ"] == 2
    assert "max_abs" not in diff.figures  # there is no finite distance


def test_the_largest_distance_is_exact_for_integers_of_any_size():
    old, new = np.array([2**62, 5, -(2**63)]), np.array([2**62 + 1, 5, 2**63 - 1])
    diff = compare(old, new)
    assert diff.figures["differ"] == 2
    assert diff.figures["max_abs"] == float(2**64 - 1)
    assert compare(np.array([2**62]), np.array([2**62 + 1])).figures["max_abs"] == 1.0


def test_blocks_do_not_move_what_is_found():
    old = np.zeros((700, 300))
    new = np.asfortranarray(old)
    new = new.copy(order="F")
    new[650, 7], new[3, 299] = 1.0, -3.0
    diff = compare(old, new)
    assert (diff.figures["differ"], diff.figures["first"], diff.figures["largest_at"]) == (2, "[3, 299]", "[3, 299]")
    assert diff.figures["mean_change"] == -1.0


def test_what_both_have_is_compared_where_the_shapes_differ():
    old, new = np.arange(12.0).reshape(3, 4), np.arange(8.0).reshape(2, 4)
    new[1, 1] = 50
    diff = compare(old, new)
    assert diff.change == "shape (3, 4) -> (2, 4); 1 of 8 elements differs, by at most 45"
    assert diff.notes == ("compared where both have elements: 2 x 4",)
    assert compare(old, old.ravel()).change == "shape (3, 4) -> (12)"


def test_another_element_type_with_the_same_values_is_all_that_is_told():
    diff = compare(np.array([1.0, 2.0]), np.array([1, 2]))
    assert diff.change == "dtype float64 -> int64"
    assert diff.figures["differ"] == 0


def test_fields_of_records_are_places():
    old = np.array([(1, 2.0), (3, 4.0)], dtype=[("x", int), ("y", float)])
    new = old.copy()
    new["y"][1] = 5
    assert [(part.path, part.diff.change) for part in compare(old, new).parts] == [
        ("['y']", "1 of 2 elements differs, by at most 1")
    ]


def test_what_is_masked_on_both_sides_does_not_count():
    old = np.ma.array([1, 2, 3, 4], mask=[0, 1, 0, 0])
    new = np.ma.array([1, 9, 3, 5], mask=[0, 1, 1, 0])
    diff = compare(old, new)
    assert diff.change == "1 element masked on one side only; 1 of 4 elements differs, by at most 1"
    assert compare(old, old.copy()).verdict == "equal"


def test_objects_are_compared_one_by_one_without_running_their_code():
    class Loud:
        def __eq__(self, other):
            raise RuntimeError

        __hash__ = None

    old = np.array([1, "a", None, [1, 2], Loud()], dtype=object)
    new = np.array([1, "b", None, [1, 3], Loud()], dtype=object)
    assert compare(old, new).figures["differ"] == 2
    assert compare(np.array([1, True], dtype=object), np.array([True, 1], dtype=object)).figures["differ"] == 2


def test_no_time_is_said_to_be_no_time():
    old = np.zeros(3_000_000)
    diff = compare({"a": old}, {"a": old + 1}, Budget(seconds=-1.0))
    assert diff.verdict == "unknown"
    whole = compare(old, old + 1, Budget(seconds=-1.0))
    assert whole.notes == ("compared the first 65 536 of 3 000 000 elements: the time was up",)
    assert whole.figures["compared"] == 65_536


def test_equal_as_far_as_it_was_compared_is_not_equal():
    old = np.zeros(3_000_000)
    assert compare(old, old.copy(), Budget(seconds=-1.0)).verdict == "unknown"


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1,)])
def test_arrays_of_few_elements(shape):
    array = np.ones(shape)
    assert compare(array, array.copy()).verdict == "equal"
    assert compare(array, array * 2).differs == bool(array.size)


@pytest.mark.parametrize("format", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
def test_sparse_matrices_are_compared_by_what_they_stand_for(format):
    sparse = pytest.importorskip("scipy.sparse")
    old = sparse.random(40, 30, 0.2, format="csr", random_state=0)
    new = old.tolil()
    new[3, 4] = 9.0
    new[5, 6] = -9.0
    diff = compare(old.asformat(format), new.asformat(format))
    assert diff.figures["differ"] == 2
    assert compare(old, old.asformat(format)).change == ("" if format == "csr" else f"format csr -> {format}")
    assert compare(old, sparse.random(40, 31, 0.2, format="csr")).change.startswith("shape (40, 30) -> (40, 31)")


def test_nan_in_sparse_matrices_is_equal_to_nan():
    sparse = pytest.importorskip("scipy.sparse")
    old = sparse.csr_matrix(np.array([[0, np.nan], [1.0, 0]]))
    assert compare(old, old.copy()).verdict == "equal"


def test_tensors():
    torch = pytest.importorskip("torch")
    old = torch.arange(6.0)
    new = old.clone()
    new[2] = 8
    assert compare(old, new).change == "1 of 6 elements differs, by at most 6"
    assert compare(old, old.clone()).verdict == "equal"
    assert compare(old, old.double()).change == "dtype torch.float32 -> torch.float64"
    assert compare(old.bfloat16(), new.bfloat16()).figures["differ"] == 1
    assert compare(old.to_sparse(), new.to_sparse()).figures["differ"] == 1
    assert compare(old, old.clone().requires_grad_()).change == "requires_grad False -> True"


def test_layers_of_torch_differ_by_their_parameters():
    torch = pytest.importorskip("torch")
    old, new = torch.nn.Linear(2, 3), torch.nn.Linear(2, 3)
    new.load_state_dict(old.state_dict())
    assert compare(old, new).verdict == "equal"
    with torch.no_grad():
        new.bias[0] += 1
    assert compare(old, new).change.startswith("._parameters['bias'] 1 of 3 elements differs")


def test_labelled_arrays():
    xarray = pytest.importorskip("xarray")
    old = xarray.DataArray(np.arange(6.0).reshape(2, 3), dims=("a", "b"), coords={"b": [1, 2, 3]}, name="n")
    new = old.copy(deep=True)
    new[0, 1] = 7
    assert compare(old, new).change == ".values 1 of 6 elements differs, by at most 6"
    assert compare(old, old.copy(deep=True)).verdict == "equal"
    assert compare(old, old.rename(a="c")).change.startswith("dimensions: ")
    assert compare(old, old.assign_coords(b=[1, 2, 4])).parts[0].path == ".coords['b']"
    both = compare(old.to_dataset(), new.to_dataset().assign(q=1))
    assert [(part.path, part.status) for part in both.parts] == [("['n']", "changed"), ("['q']", "added")]
