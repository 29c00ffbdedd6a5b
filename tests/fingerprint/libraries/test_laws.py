"""What a cell can tell apart has two fingerprints; all else has one, in every process and after every restore."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cashet_jupyter.fingerprint import fingerprint_value
from tests.cases.distinctions import Pair, Value, build, imports
from tests.fingerprint.libraries.laws import differ, equal, roundtrip, sources, through_pickle

pytestmark = pytest.mark.filterwarnings("ignore")


def _observed(case: Pair | Value, value: object) -> str:
    namespace: dict[str, object] = {"v": value}
    exec(imports(case.needs), namespace)
    return repr(eval(case.observe, namespace))


@pytest.mark.parametrize("pair", differ(), ids=lambda pair: pair.id)
def test_what_a_cell_can_tell_apart_has_two_fingerprints(pair):
    a, b = (make() for make in pair.thunks)
    assert _observed(pair, a) != _observed(pair, b)
    a, b = (make() for make in pair.thunks)
    assert fingerprint_value(a) != fingerprint_value(b)


@pytest.mark.parametrize("pair", equal(), ids=lambda pair: pair.id)
def test_what_no_cell_can_tell_apart_has_one_fingerprint(pair):
    a, b = (make() for make in pair.thunks)
    assert fingerprint_value(a) == fingerprint_value(b)
    assert _observed(pair, a) == _observed(pair, b)


@pytest.mark.parametrize("value", roundtrip(), ids=lambda value: value.id)
def test_a_restored_copy_has_the_fingerprint_of_the_original(value):
    original = value.thunk()
    before = fingerprint_value(original)
    copy = through_pickle(original)
    assert fingerprint_value(copy) == before
    assert fingerprint_value(original) == before, "storing it changed it"


@pytest.mark.parametrize(("name", "source", "needs"), list(sources()), ids=lambda part: part if "/" in part else "")
def test_a_fingerprint_does_not_change_what_it_is_taken_of(name, source, needs):
    value = build(source, needs)
    first = fingerprint_value(value)
    assert fingerprint_value(value) == first
    assert fingerprint_value(build(source, needs)) == first


def test_other_processes_with_other_hash_seeds_find_the_same():
    processes = [_other_process(seed) for seed in ("1", "2")]
    first, second = (_printed(process) for process in processes)
    assert first == second
    here = {name: fingerprint_value(build(source, needs)) for name, source, needs in sources()}
    assert first == here


def _other_process(seed: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.fingerprint.libraries.laws"]
    return subprocess.Popen(command, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True)


def _printed(process: subprocess.Popen[str]) -> dict[str, str]:
    lines = process.communicate()[0].splitlines()
    assert process.returncode == 0
    return dict(line.rsplit(" ", 1) for line in lines)
