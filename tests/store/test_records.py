"""Records: exact there and back, canonical, and patient with what a newer version adds."""

from __future__ import annotations

import dataclasses
import pickle

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.digest import digest_bytes
from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Artifact, Blob, Cell, Commit, Dependency, Part, Value
from cashet_jupyter.store import records

text = st.text(st.characters(), max_size=20) | st.sampled_from(["", "\ud800", "\udcff\0", "\N{SNOWMAN}"])
number = st.floats(allow_nan=False)
parts = st.lists(st.builds(Part, text, text, text, text, text), max_size=2).map(tuple)
preview = st.none() | st.dictionaries(
    text, text | st.integers(0, 2**60) | st.lists(st.lists(text, max_size=2)), max_size=3
)
values = st.lists(st.builds(Value, text, text, text, text, st.integers(0, 2**60), parts, preview), max_size=3).map(
    tuple
)
digest = st.binary(min_size=32, max_size=32).map(bytes.hex)
blob = st.builds(Blob, digest, st.integers(0, 2**60))
commits = st.builds(
    Commit,
    key=text,
    code=text,
    cell=st.builds(Cell, text, text, st.none() | text, st.none() | text),
    created=number,
    seconds=number,
    offset=st.integers(-86400, 86400),
    inputs=values,
    outputs=values,
    depends=values,
    trace=st.lists(st.builds(Dependency, text, text, text, text), max_size=3).map(tuple),
    artifacts=st.lists(
        st.builds(Artifact, text, digest, st.integers(0, 2**60), st.integers(0, 0o7777)), max_size=2
    ).map(tuple),
    not_stored=st.lists(text, max_size=2).map(tuple),
    parent=st.none() | text,
    lineage=st.lists(text, max_size=2).map(tuple),
    versions=st.dictionaries(text, text, max_size=3),
    host=text,
    expires=st.none() | number,
    skeleton=st.none() | blob,
    shown=st.none() | blob,
    buffers=st.lists(blob, max_size=3).map(tuple),
)
FULL = Commit("k", "c", Cell("s", "l", "i", "n"), 1.0, 2.0, buffers=(Blob("ab" * 32, 5),), host="h")


@given(commits)
def test_a_commit_comes_back_exactly(commit: Commit) -> None:
    record = records.encode(commit)
    found = records.decode(record)
    expected = dataclasses.replace(commit, parent=commit.parent or None)
    assert dataclasses.replace(found, id="") == expected
    assert found.id == records.identify(record).hex()
    assert records.encode(found) == record


@given(commits)
def test_the_id_does_not_depend_on_the_order_of_a_mapping(commit: Commit) -> None:
    turned = dataclasses.replace(
        commit,
        versions=dict(reversed(commit.versions.items())),
        outputs=tuple(map(_turned, commit.outputs)),
    )
    assert records.encode(turned) == records.encode(commit)


def _turned(value: Value) -> Value:
    found = value.preview
    return value if found is None else dataclasses.replace(value, preview=dict(reversed(found.items())))


def test_tags_pin_and_id_are_not_in_the_record() -> None:
    changed = dataclasses.replace(FULL, tags={"a": "b"}, pinned=True, id="x")
    assert records.encode(changed) == records.encode(FULL)


def test_every_other_field_is_in_the_record() -> None:
    changes: dict[str, object] = {
        **{"key": "x", "code": "x", "cell": Cell("x"), "created": 9.0, "seconds": 9.0, "offset": 9},
        **{"inputs": (Value("x", ""),), "outputs": (Value("x", ""),), "depends": (Value("x", ""),)},
        **{
            "trace": (Dependency("a", "b", "c"),),
            "not_stored": ("x",),
            "artifacts": (Artifact("a", "cd" * 32, 1, 2),),
            "parent": "x",
            "lineage": ("x",),
        },
        **{"versions": {"x": "1"}, "host": "x", "expires": 0.0, "skeleton": Blob("cd" * 32, 1)},
        **{"shown": Blob("cd" * 32, 1), "buffers": (), "layout": ((5, 6),), "arguments": "x", "error": "x"},
    }
    assert {field.name for field in dataclasses.fields(Commit)} == {*changes, "id", "tags", "pinned"}
    ids = {records.identify(records.encode(dataclasses.replace(FULL, **{name: changes[name]}))) for name in changes}
    assert len(ids | {records.identify(records.encode(FULL))}) == len(changes) + 1


def test_fields_that_a_newer_version_added_are_passed_over() -> None:
    fields = msgpack.unpackb(records.encode(FULL))
    fields["mood"] = {"happy": [1, 2]}
    fields["inputs"] = [["x", "d", "t", "s", 1, "more"]]
    fields["cell"].append("more")
    record = records.pack(fields)
    found = records.decode(record)
    assert found.inputs == (Value("x", "d", "t", "s", 1),)
    assert found.cell == FULL.cell
    assert found.id == records.identify(record).hex()


@given(st.binary(max_size=200) | commits.map(records.encode).flatmap(lambda it: st.binary(max_size=9).map(it.__add__)))
def test_anything_else_is_damage(record: bytes) -> None:
    try:
        records.decode(record)
    except Damaged:
        return
    assert records.encode(records.decode(record)) == record


def test_a_record_of_a_newer_version_is_not_guessed_at() -> None:
    fields = msgpack.unpackb(records.encode(FULL))
    fields["v"] = 2
    with pytest.raises(Damaged, match="version 2"):
        records.decode(records.pack(fields))


def test_the_id_is_the_digest_of_a_tagged_structure() -> None:
    for record in (b"", b"x", records.encode(FULL)):
        assert records.identify(record) == digest_bytes("cashet-commit", record)


@given(st.integers(0, 10**6), st.integers(0, 7))
def test_a_flipped_bit_changes_the_id(position: int, bit: int) -> None:
    record = bytearray(records.encode(FULL))
    record[position % len(record)] ^= 1 << bit
    assert records.identify(bytes(record)) != records.identify(records.encode(FULL))


@given(commits)
def test_what_is_decoded_later_is_the_same_commit(commit: Commit) -> None:
    record = records.encode(commit)
    at_once, later = records.decode(record), records.decode_later(record, records.identify(record))
    assert later == at_once
    assert at_once == later
    assert dataclasses.replace(later, host="x") == dataclasses.replace(at_once, host="x")
    assert records.encode(records.decode_later(record, b"x")) == record
    assert pickle.loads(pickle.dumps(later)) == at_once


def test_nothing_is_decoded_before_it_is_asked_for() -> None:
    for commit in (FULL, dataclasses.replace(FULL, versions={"python": "3"})):
        later = records.decode_later(records.encode(commit), b"\1" * 32)
        assert isinstance(later, records.Recorded)
        assert later.id == "01" * 32
        assert "buffers" not in vars_of(later)
        assert later.size == 5
        assert {"buffers", "skeleton", "shown"} <= vars_of(later)
        assert "trace" not in vars_of(later)


def vars_of(commit: Commit) -> set[str]:
    """The fields that hold something already."""
    found: set[str] = set()
    for field in dataclasses.fields(Commit):
        try:
            getattr(Commit, field.name).__get__(commit)
        except AttributeError:
            continue
        found.add(field.name)
    return found


def test_two_different_commits_that_are_decoded_later_differ() -> None:
    other = dataclasses.replace(FULL, trace=(Dependency("a", "b", "c"),))
    one, two = (records.decode_later(records.encode(commit), b"x") for commit in (FULL, other))
    assert one != two
    assert one != "something else"


def test_other_tags_and_pin_leave_the_rest_of_a_commit() -> None:
    record = records.encode(FULL)
    for commit in (records.decode(record), records.decode_later(record, records.identify(record))):
        found = records.marked(commit, {"a": "b"}, pinned=True)
        assert (found.tags, found.pinned) == ({"a": "b"}, True)
        assert dataclasses.replace(found, tags={}, pinned=False) == commit
        assert (commit.tags, commit.pinned) == ({}, False)


def test_a_record_of_a_newer_version_is_not_put_off() -> None:
    fields = msgpack.unpackb(records.encode(dataclasses.replace(FULL, versions={"\xe1v\1": "\xe1v\1"})))
    fields["v"] = 2
    with pytest.raises(Damaged, match="version 2"):
        records.decode_later(records.pack(dict(sorted(fields.items()))), b"x")


def test_a_field_that_cannot_be_decoded_is_damage_when_it_is_asked_for() -> None:
    fields = msgpack.unpackb(records.encode(FULL))
    later = records.decode_later(records.pack(dict(sorted({**fields, "trace": [1]}.items()))), b"x")
    assert later.key == "k"
    with pytest.raises(Damaged):
        _ = later.trace
    with pytest.raises(AttributeError):
        _ = later.mood  # type: ignore[attr-defined]
