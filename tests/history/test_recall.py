"""The values of a past run, read where its inputs are not."""

import numpy as np
import pandas as pd
import pytest

from cashet_jupyter.errors import NotFound
from cashet_jupyter.history.recall import recall, recall_one, recall_shown


@pytest.fixture
def store(ip):
    return ip.extension.session.store()


def newest(store):
    return store.log(limit=1)[0]


def test_values_of_every_way_of_storing_come_back_without_the_inputs(ip, store):
    ip.run("import pandas as pd, numpy as np\nframe = pd.DataFrame({'a': range(5)})\nbase = [1, 2]")
    ip.cached(
        "n = len(frame)\narray = np.arange(200_000)\nown = frame.assign(b=2.5).copy(deep=True)\n"
        "text = str(base)\nclass Box: pass\nbox = Box()\nbox.n = n\nmany = [{'i': i} for i in range(9000)]\nprint('shown')\nn"
    )
    found = recall(store, newest(store))
    assert found.missing == {}
    assert (found.values["n"], found.values["text"], found.values["box"].n) == (5, "[1, 2]", 5)
    assert np.array_equal(found.values["array"], np.arange(200_000))
    pd.testing.assert_frame_equal(found.values["own"], pd.DataFrame({"a": range(5), "b": 2.5}))
    assert found.values["many"][-1] == {"i": 8999}
    assert found.result == (5,)
    assert [item.kind for item in recall_shown(store, newest(store))] == ["stream", "result"]


@pytest.mark.parametrize(
    "cell",
    [
        "held = [base, 1]",
        "held = {'deep': {'er': (base,)}}",
        "held = np.array([None, base], dtype=object)",
        "class Box: pass\nheld = Box()\nheld.base = base",
        "held = lambda: base_of(base)\nheld.base = base",
        "held = base",
    ],
)
def test_an_output_that_holds_an_input_is_left_out_and_the_others_are_not(ip, store, cell):
    ip.run("import numpy as np\nbase = [1, 2]")
    ip.cached(f"{cell}\nseen = len(base)\nfine = {{'own': object}}")
    found = recall(store, newest(store))
    assert found.missing.keys() == {"held"}
    assert (found.values["seen"], found.values["fine"]) == (2, {"own": object})
    with pytest.raises(NotFound, match=r"held of .* holds an input of the run"):
        recall_one(store, newest(store), "held")


def test_a_view_of_an_input_is_left_out(ip, store):
    ip.run("import numpy as np\nbase = np.arange(10)")
    ip.cached("view = base[2:5]\nown = base * 2\ntotal = int(base.sum())")
    found = recall(store, newest(store))
    assert "view" in found.missing
    assert found.values["total"] == 45


def test_an_output_that_is_not_there_is_named_with_those_that_are(ip, store):
    ip.cached("a = 1\nb = 2")
    with pytest.raises(NotFound, match=r"no output 'c'; its outputs: a, b"):
        recall_one(store, newest(store), "c")
