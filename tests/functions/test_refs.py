"""The handle to a result."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from cashet_jupyter import Client, NotCachedWarning, ResultRef
from cashet_jupyter.errors import NotFound, StoreError


def numbers(n):
    return list(range(n))


def total(values):
    return sum(values)


def test_a_ref_says_its_content_its_run_and_its_size(client):
    ref = client.submit(numbers, 3)
    assert isinstance(ref, ResultRef)
    assert len(ref.hash) == len(ref.commit_hash) == 64
    assert ref.hash != ref.commit_hash
    assert ref.short_hash == ref.commit_hash[:12]
    assert ref.size > 0
    assert (ref.ref.hash, ref.ref.size) == (ref.hash, ref.size)
    assert repr(ref) == f"ResultRef({ref.hash[:12]}, {ref.short_hash})"
    assert client.show(ref.commit_hash).output_ref == ref.ref


def test_equal_results_have_equal_hashes_whoever_made_them(client):
    def also():
        return [0, 1, 2]

    assert client.submit(numbers, 3).hash == client.submit(also).hash != client.submit(numbers, 4).hash
    assert client.submit(also).hash == client.submit(also, _cache=False).hash


def test_load_gives_the_same_object_each_time_and_fresh_another(client):
    ref = client.submit(numbers, 3)
    assert ref.load() is ref.load()
    ref.load().append(9)
    assert ref.fresh() == [0, 1, 2]


def test_a_ref_stands_for_its_result_also_inside_of_containers(client):
    def nested(data):
        return [sum(data["a"]), sum(data["b"][0]), data["c"]]

    ref, one = client.submit(numbers, 4), client.submit(sum, [1])
    assert client.submit(total, {one}).load() == client.submit(total, frozenset([one])).load() == 1
    assert client.submit(total, ref).load() == 6
    assert client.submit(nested, {"a": ref, "b": (ref,), "c": 1}).load() == [6, 6, 1]


def test_a_chain_records_where_its_inputs_come_from(client):
    first = client.submit(numbers, 4)
    last = client.submit(total, first)
    assert client.store.resolve(last.commit_hash).lineage == (first.commit_hash,)
    assert [ref.hash for ref in client.show(last.commit_hash).input_refs] == [first.hash]


def test_refs_that_are_reached_some_other_way_are_recorded_once(client):
    class Box:
        def __init__(self, ref):
            self.refs = [ref, ref]

    def use(box):
        return box.refs[0].load()

    ref = client.submit(numbers, 2)
    commit = client.show(client.submit(use, Box(ref)).commit_hash)
    assert commit.input_refs == [ref.ref]


def test_an_argument_counts_by_the_content_of_the_result_and_is_not_loaded_for_it(client, monkeypatch):
    def also():
        return [0, 1, 2, 3]

    ran = client.submit(total, client.submit(numbers, 4))
    given = client.submit(also)
    monkeypatch.setattr("cashet_jupyter.functions.refs.read_result", lambda *_, **__: pytest.fail("it was loaded"))
    assert client.submit(total, given).commit_hash == ran.commit_hash


def test_what_a_function_does_to_a_result_that_it_is_given_stays_with_it(client):
    def grow(values):
        values.append(1)
        return len(values)

    ref = client.submit(numbers, 2)
    assert ref.load() == [0, 1]
    assert client.submit(grow, ref).load() == 3
    assert ref.load() == ref.fresh() == [0, 1]


def test_the_same_ref_twice_is_one_object(client):
    def same(a, b):
        return a is b

    ref = client.submit(numbers, 2)
    assert client.submit(same, ref, ref).load() is True
    assert client.submit(same, ref, client.submit(numbers, 2)).load() is False


def test_a_pickled_ref_finds_its_store_again(client, tmp_path):
    ref = pickle.loads(pickle.dumps(client.submit(numbers, 3)))
    assert ref.load() == [0, 1, 2]
    with Client(tmp_path / "other") as other:
        assert other.submit(total, ref).load() == 3


def test_a_ref_whose_run_was_removed_says_so(client):
    ref = client.submit(numbers, 3)
    client.rm(ref.commit_hash)
    with pytest.raises(NotFound, match="no longer in the store"):
        ref.load()


def test_a_ref_in_memory_can_be_given_on(client):
    class Handle:
        def __init__(self):
            self.values = iter(())

        def __reduce__(self):
            raise TypeError("not today")

    def make():
        return Handle()

    with pytest.warns(NotCachedWarning, match="not today"):
        ref = client.submit(make)
    assert ref.load() is ref.load()
    assert (ref.commit_hash, ref.stored) == ("", False)
    with pytest.warns(NotCachedWarning):
        assert client.submit(lambda handle: handle is ref.load(), ref).load() is True


def test_large_results_are_mapped_not_copied_and_equal(client):
    def big():
        return np.arange(200_000.0)

    for _ in range(2):
        assert client.submit(big).load().sum() == np.arange(200_000.0).sum()


def test_results_are_made_of_the_classes_that_are_there(client):
    class Point:
        def __init__(self, x):
            self.x = x

    def make(x):
        return [Point(x)]

    for _ in range(2):
        (point,) = client.submit(make, 3).load()
        assert isinstance(point, Point)
        assert point.x == 3


def test_results_of_classes_that_are_gone_are_made_of_restored_ones(client):
    def run():
        class Point:
            def __init__(self, x):
                self.x = x

        def make(x):
            return [Point(x)]

        return client.submit(make, 3).commit_hash

    commit = run()
    assert client.get(commit)[0].x == 3
    assert type(client.get(commit)[0]) is type(client.get(commit)[0])


def test_a_large_result_that_is_damaged_says_so_and_is_computed_again(client):
    def big():
        return np.arange(200_000.0)

    ref = client.submit(big)
    client.close()
    blob = max(client.store_dir.glob("objects/*/*"), key=lambda path: path.stat().st_size)
    blob.chmod(0o600)
    with blob.open("r+b") as file:
        file.write(b"something else")
    with pytest.raises(StoreError, match="submit it again"):
        ref.load()
    assert client.submit(big).load()[1] == 1.0


def test_none_is_a_result(client):
    assert client.submit(lambda: None).load() is None
