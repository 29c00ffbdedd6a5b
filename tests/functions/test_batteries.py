"""The batteries of `tests/cases`, through a client: edits of functions, and values given and returned."""

from __future__ import annotations

import sys
import types
import warnings

import pytest

from cashet_jupyter import Client
from cashet_jupyter.errors import Refused
from cashet_jupyter.fingerprint import fingerprint_value
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.options import PLAIN
from tests.cases.distinctions import must_differ, must_equal, roundtrip
from tests.cases.functions import EDITS
from tests.cases.source import installed


def named(case):
    return case.id


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with Client(tmp_path_factory.mktemp("functions") / "store") as made:
        yield made


def take(value, other=None):
    return 1


def look(value, other=None):
    return value.__doc__


def key(*args, func=take):
    return Call(func, args, {}, PLAIN).key


@pytest.mark.parametrize("edit", [edit for edit in EDITS if installed(edit.needs)], ids=named)
def test_an_edit_makes_a_call_run_again_if_it_changes_what_it_does(edit, client, monkeypatch):
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    exec(edit.before, vars(main))
    exec(f"def call():\n    return {edit.call}", vars(main))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ran = client.submit(main.call, _tags={"case": edit.id})
        assert client.submit(main.call).commit_hash == ran.commit_hash
        exec(edit.after, vars(main))
        after = client.submit(main.call)
    assert (after.commit_hash != ran.commit_hash) == edit.changes


@pytest.mark.parametrize("pair", must_differ(), ids=named)
def test_arguments_that_can_be_told_apart_are_other_calls(pair):
    a, b = (make() for make in pair.thunks)
    assert key(a, func=look) != key(b, func=look)
    assert key(a, 1, func=look) != key(b, 1, func=look)


@pytest.mark.parametrize("pair", must_equal(), ids=named)
def test_arguments_that_nobody_can_tell_apart_are_one_call(pair):
    a, b = (make() for make in pair.thunks)
    assert key(a) == key(b)


@pytest.mark.parametrize("value", roundtrip(), ids=named)
def test_what_a_function_returns_comes_back(value, client):
    def give():
        return value.thunk()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ref = client.submit(give, _cache=False)
    assert ref.stored
    assert fingerprint_value(ref.fresh()) == fingerprint_value(value.thunk())


def test_what_has_no_fingerprint_makes_no_key():
    with pytest.raises(Refused):
        key(iter(x for x in ()))
