"""Modules: the user's by what is loaded and followed, libraries by name and version."""

from __future__ import annotations

import importlib
import sys
import textwrap

import pytest

from cashet_jupyter.fingerprint import fingerprint_value
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.origins import is_local, origin_of, version_of

MODULE = """
    import json
    K = 1
    U = 1
    table = {'a': [1]}

    def f(x):
        return x + K

    def g(x):
        return f(x)

    def counter():
        global K
        K += 1

    class C:
        def m(self):
            return f(1)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of the user, `mine`, in a package `ours`."""
    package = tmp_path / "ours"
    package.mkdir()
    (package / "__init__.py").write_text("from ours import mine\nP = 1\n")
    (package / "mine.py").write_text(textwrap.dedent(MODULE))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("ours.mine")
    for name in [name for name in sys.modules if name.partition(".")[0] == "ours"]:
        del sys.modules[name]


def chains(*followed):
    return {"mod": frozenset(followed)}


def joint(module, *followed):
    return InputGraph(["mod"], {"mod": module}, attributes=chains(*followed)).joint


def test_a_chain_into_a_module_follows_what_it_reaches(module):
    before = joint(module, ("g",))
    module.U = 2
    assert joint(module, ("g",)) == before
    module.K = 2
    assert joint(module, ("g",)) != before


def test_a_chain_through_a_value_covers_the_value(module):
    before = joint(module, ("table", "get"))
    module.table["a"].append(2)
    assert joint(module, ("table", "get")) != before


def test_a_chain_through_a_package_reaches_its_modules(module):
    package = sys.modules["ours"]
    before = joint(package, ("mine", "K"))
    package.P = 2
    assert joint(package, ("mine", "K")) == before
    module.K = 2
    assert joint(package, ("mine", "K")) != before


def test_a_name_that_a_module_does_not_have_is_absent_until_it_has_it(module):
    before = joint(module, ("later",))
    module.later = 1
    assert joint(module, ("later",)) != before


def test_a_module_that_is_used_as_a_whole_counts_with_all_it_holds(module):
    before = joint(module, ())
    module.U = 2
    assert joint(module, ()) != before
    assert InputGraph(["mod"], {"mod": module}).joint == joint(module, ())


def test_the_file_of_a_loaded_module_does_not_count(module):
    before = joint(module, ("g",))
    with open(module.__file__, "a") as file:
        file.write("\nK = 5\n")
    assert joint(module, ("g",)) == before
    importlib.reload(module)
    assert joint(module, ("g",)) != before


def test_a_class_of_the_users_module_counts_by_its_content(module):
    before = fingerprint_value(module.C())
    module.K = 2
    assert fingerprint_value(module.C()) != before


def test_a_function_of_the_notebook_follows_modules_of_the_user(module):
    namespace = {"__name__": "__main__", "mine": module}
    exec("def h(): return mine.g(1)", namespace)
    before = fingerprint_value(namespace["h"])
    module.U = 2
    assert fingerprint_value(namespace["h"]) == before
    module.K = 2
    assert fingerprint_value(namespace["h"]) != before


@pytest.mark.parametrize(
    "body", ["from ours.mine import g\n    return g(1)", "import ours.mine\n    return ours.mine.g(1)"]
)
def test_a_function_that_imports_a_module_of_the_user_follows_it(module, body):
    namespace = {"__name__": "__main__"}
    exec(f"def h():\n    {body}", namespace)
    before = fingerprint_value(namespace["h"])
    module.K = 2
    assert fingerprint_value(namespace["h"]) != before


def test_a_module_that_a_function_will_import_counts_by_its_file(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "not_yet_loaded.py").write_text("K = 1")
    namespace = {"__name__": "__main__"}
    exec("def h():\n    import not_yet_loaded\n    return not_yet_loaded.K", namespace)
    before = fingerprint_value(namespace["h"])
    (tmp_path / "not_yet_loaded.py").write_text("K = 2")
    assert fingerprint_value(namespace["h"]) != before


def test_a_module_attribute_that_a_run_binds_anew_is_reported(module):
    graph = InputGraph(["mod"], {"mod": module}, attributes=chains(("K",), ("counter",)))
    assert not graph.rebound({})
    module.counter()
    assert "mod.K" in graph.rebound({})
    assert not graph.changed()


def test_where_code_comes_from():
    import hypothesis as installed
    import numpy as np

    assert [origin_of(name) for name in ("sys", "json", "json.decoder", "os.path")] == ["standard"] * 4
    assert origin_of(np.__name__) == origin_of("numpy.linalg") == origin_of(installed.__name__) == "installed"
    assert is_local("__main__")
    assert is_local(__name__)
    assert is_local("nowhere.to.be.found")
    assert not is_local("cashet_jupyter.fingerprint")
    assert version_of("numpy.linalg") == np.__version__
    assert version_of("json") == ""


def test_a_new_version_of_a_library_is_another_library(monkeypatch):
    import numpy as np

    from cashet_jupyter.fingerprint import origins

    before = joint(np, ("sum",))
    monkeypatch.setitem(origins._versions, "numpy", "0.0")
    assert joint(np, ("sum",)) != before


def test_functions_of_libraries_are_no_nodes():
    import json

    graph = InputGraph(["v"], {"v": [json.dumps, json.JSONEncoder, json, len, int]})
    assert len(graph.nodes) == 1
