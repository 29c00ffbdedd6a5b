"""Big plain data through capture and restore: parts of inputs stay parts, and new data comes back as it was."""

from __future__ import annotations

import pytest

from cashet_jupyter.effects.apply import apply
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.serialize.envelope import loads
from tests.effects.notebook import joint, mapped, new_namespace, references, run, variables
from tests.serialize.test_envelope import ways

SETUP = """
class Model: pass
data = [{'id': i, 'tags': ['a', f't{i}'], 'pos': (i, [i])} for i in range(200)]
table = {str(i): {'n': i} for i in range(200)}
keep = data[3]
"""
BIG = "[{'id': i, 'tags': ['a', f't{i}'], 'pos': (i, i + 1)} for i in range(5000)]"

#: cell, what is asked afterwards, and how its outputs are stored
CASES = {
    "a row": ("row = data[7]", "row is data[7]", ["graph"]),
    "a part of a row": ("tags = data[7]['tags']", "tags is data[7]['tags']", ["graph"]),
    "a row that somebody holds": ("row = data[3]", "row is keep is data[3]", ["graph"]),
    "a row changed in place": ("data[7]['tags'].append('new')", "data[7]", []),
    "a row that somebody holds changed": ("data[3]['id'] = -1", "keep, keep is data[3]", []),
    "a row replaced by an equal one": ("data[3] = dict(keep)", "data[3] == keep, data[3] is keep", []),
    "a list in a tuple": ("data[7]['pos'][1].append(5)", "data[7]['pos']", []),
    "rows sorted": ("data.sort(key=lambda row: -row['id'])", "data[-4] is keep, data[0]", []),
    "a dict that grows": ("table['new'] = table['5']", "table['new'] is table['5']", []),
    "rows picked": ("picked = data[::2]", "picked[2] is data[4], len(picked)", ["graph"]),
    "a copy": ("import copy\nagain = copy.deepcopy(data)", "again == data, again[0] is data[0]", ["graph", "plain"]),
    "an object that holds it": (
        "m = Model()\nm.data, m.row = data, data[5]",
        "m.data is data, m.row is data[5]",
        ["graph"],
    ),
    "new data": (f"new = {BIG}", "new[77], len(new)", ["marshal"]),
    "new data with a row of the input": (f"new = [data[0], *{BIG}]", "new[0] is data[0], new[77]", ["graph"]),
    "new data and a row of it": (f"new = {BIG}\nrow = new[7]", "row is new[7], row", ["graph", "graph"]),
    "new data put into the input": (f"data.append({BIG})", "data[-1][77]", []),
    "new data as the result": (f"x = 1\n{BIG}", "x", ["plain", "marshal"]),
    "new data instead of old": (f"data = {BIG}", "data[77], keep", ["marshal"]),
}


@pytest.mark.parametrize("held", ["held", "not held"])
@pytest.mark.parametrize("name", CASES)
def test_a_restored_run_is_that_run(name, held):
    cell, probe, expected = CASES[name]
    setup = SETUP if held == "held" else SETUP.replace("keep = data[3]", "keep = dict(data[3], pos=1, tags=[])")
    plain, fresh = new_namespace(setup), new_namespace(setup)
    done = run(cell, plain)
    assert sorted(ways(done.payload)) == sorted(expected)
    graph = InputGraph(variables(fresh), fresh, lazy=True)
    assert graph.joint == done.inputs
    apply(loads(mapped(done.payload, writable=False), references(graph, fresh, cell)), graph, fresh)
    assert joint(fresh) == joint(plain)
    assert repr(eval(probe, fresh)) == repr(eval(probe, plain))


@pytest.mark.parametrize(("name", "looked"), [("new data", False), ("new data as the result", False), ("a row", True)])
def test_inputs_are_looked_into_only_if_the_run_refers_to_them(name, looked):
    setup = SETUP.replace("keep =", "_ =")
    cell, plain, fresh = CASES[name][0], new_namespace(setup), new_namespace(setup)
    del plain["_"], fresh["_"]
    done = run(cell, plain)
    graph = InputGraph(variables(fresh), fresh, lazy=True)
    apply(loads(mapped(done.payload), references(graph, fresh, cell)), graph, fresh)
    assert (not graph._records.trees) == looked
