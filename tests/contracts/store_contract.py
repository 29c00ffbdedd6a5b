"""What any store must do, whatever is behind it: subclass `StoreContract` and say how one is opened."""

from __future__ import annotations

import ctypes
import dataclasses
import itertools
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter.errors import CashetError, NotFound, OptionError, StoreError
from cashet_jupyter.memory.gathered import Gathered
from cashet_jupyter.models import Artifact, Cell, Commit, Dependency, Payload, Value
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.writing import GivenUp

_ticks = itertools.count(1)

#: around every threshold there may be: inline or file, copied or mapped, one thread or two
SIZES = (0, 1, 100, (16 << 10) - 1, 16 << 10, (16 << 10) + 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (9 << 20) + 3)


def make_commit(key: str = "k" * 64, **fields: object) -> Commit:
    """A commit with something in most fields; each is a little newer than the one before."""
    tick = next(_ticks)
    defaults: dict[str, object] = {
        "code": "c" * 64,
        "cell": Cell(source="x = slow()", label="x = slow()", id="cell-1", notebook="a.ipynb"),
        "created": 1_700_000_000.0 + tick,
        "seconds": 1.5,
        "inputs": (Value("df", "d" * 64, "DataFrame", "10 x 3", 280),),
        "outputs": (Value("x", "e" * 64, "int", "1", 28),),
        "versions": {"python": "3.11.7"},
        "host": "here",
    }
    return Commit(key=key, **{**defaults, **fields})  # type: ignore[arg-type]


def make_payload(seed: int = 0, *sizes: int) -> Payload:
    """Bytes that differ with the seed, with buffers of these sizes."""
    buffers = tuple(memoryview(bytes_of(seed + number, size)) for number, size in enumerate(sizes))
    return Payload(b"skeleton %d" % seed, b"shown %d" % seed, buffers)


def bytes_of(seed: int, size: int) -> bytes:
    """Reproducible bytes without much structure."""
    block = (seed * 2654435761 % 2**32).to_bytes(4, "little") + bytes(range(251))
    return (block * (size // len(block) + 1))[:size]


def same(one: Payload, other: Payload) -> bool:
    """Whether two payloads hold the same bytes."""
    return (
        bytes(one.skeleton) == bytes(other.skeleton)
        and bytes(one.shown) == bytes(other.shown)
        and [bytes(buffer) for buffer in one.buffers] == [bytes(buffer) for buffer in other.buffers]
    )


class StoreContract:
    """The promises of `protocol.Store`."""

    def open(self) -> Store:
        """A handle on the store under test: always the same store within one test."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, _prepare: None) -> Iterator[Store]:
        store = self.open()
        yield store
        store.close()

    @pytest.fixture
    def _prepare(self) -> None:
        """Overridden by what a subclass needs before `open`."""

    # ------------------------------------------------------------------------------------------------- there and back
    @pytest.mark.parametrize("durable", [False, True])
    def test_a_run_comes_back_as_it_was_put(self, store: Store, durable: bool) -> None:
        commit, payload = make_commit(), make_payload(1, 10, 20_000, 2 << 20)
        stored = store.put(commit, payload, durable=durable)
        assert store.find(commit.key) == [stored]
        assert same(store.get(stored), payload)
        assert store.shown(stored) == b"shown 1"
        filled = {"id", "skeleton", "shown", "buffers"}
        for field in dataclasses.fields(Commit):
            if field.name not in filled:
                assert getattr(stored, field.name) == getattr(commit, field.name), field.name
        assert len(stored.id) == 64
        assert [blob.size for blob in stored.buffers] == [10, 20_000, 2 << 20]

    def test_another_handle_sees_the_same(self, store: Store) -> None:
        payload = make_payload(2, 30_000)
        stored = store.put(make_commit(), payload, durable=False)
        other = self.open()
        try:
            assert other.find(stored.key) == [stored]
            assert same(other.get(stored), payload)
        finally:
            other.close()

    @pytest.mark.parametrize("size", SIZES)
    def test_every_size_comes_back(self, store: Store, size: int) -> None:
        payload = Payload(bytes_of(1, size), bytes_of(2, size), (memoryview(bytes_of(3, size)),))
        assert same(store.get(store.put(make_commit(), payload, durable=False)), payload)

    def test_every_field_comes_back(self, store: Store) -> None:
        commit = make_commit(
            cell=Cell("a\n\ud800 'quoted' \0 \N{SNOWMAN}", "label", "id", "nb/\udcff.ipynb"),
            offset=-3600,
            inputs=(Value("i", "d", "t", "s", 2**40), Value("j", "")),
            outputs=(Value("o", "d"), Value("\N{GREEK SMALL LETTER ALPHA}", "d")),
            depends=(Value("dep", "x"),),
            trace=(Dependency("file", "/tmp/\udcff", "abc"), Dependency("env", "HOME", "")),
            not_stored=("conn",),
            artifacts=(Artifact("out/\udcff.csv", "a1" * 32, 2**40, 0o644),),
            parent="p" * 64,
            lineage=("l" * 64, "m" * 64),
            expires=time.time() + 1e6,
            arguments="(1, k='a')",
            error="Traceback: \udcff",
        )
        for field in dataclasses.fields(Commit):
            if field.default is not dataclasses.MISSING and field.name not in {
                *("id", "skeleton", "shown", "buffers", "layout", "pinned"),
            }:
                assert getattr(commit, field.name) != field.default, f"{field.name} is not tried"
        stored = store.put(commit, make_payload(3, 5), durable=False)
        other = self.open()
        try:
            found = other.find(commit.key)
        finally:
            other.close()
        assert found == [stored]
        empty = {"id": "", "skeleton": None, "shown": None, "buffers": ()}
        assert dataclasses.replace(found[0], **empty) == commit

    def test_buffers_come_back_private_and_writable(self, store: Store) -> None:
        payload = make_payload(4, 100, 20_000, 2 << 20)
        stored = store.put(make_commit(), payload, durable=False)
        for buffer in store.get(stored).buffers:
            assert not buffer.readonly
            assert buffer.format == "B"
            buffer[:] = bytes(len(buffer))
        assert same(store.get(stored), payload)

    def test_a_thousand_small_buffers_come_back(self, store: Store) -> None:
        payload = make_payload(9, *[16_000 + n for n in range(300)], *[5] * 700)
        stored = store.put(make_commit(), payload, durable=False)
        assert same(store.get(stored), payload)
        assert same(store.get(store.put(make_commit(), payload, durable=True)), payload)

    def test_buffers_outlive_the_store(self, store: Store) -> None:
        payload = make_payload(5, 20_000, 2 << 20)
        fetched = store.get(store.put(make_commit(), payload, durable=False))
        store.close()
        assert same(fetched, payload)

    def test_buffers_of_any_shape_are_stored_as_their_bytes(self, store: Store) -> None:
        data = bytes_of(6, 24_000)
        doubles = memoryview(data).cast("d")
        table = memoryview(data).cast("B").cast("i", (100, 60))
        strided = memoryview(data)[::3]
        empty = memoryview(b"").cast("d")
        stored = store.put(make_commit(), Payload(b"", b"", (doubles, table, strided, empty)), durable=False)
        found = [bytes(buffer) for buffer in store.get(stored).buffers]
        assert found == [data, data, data[::3], b""]

    # --------------------------------------------------------------------------------------------------------- pieces
    def test_big_buffers_come_back_whole(self, store: Store) -> None:
        payload = make_payload(20, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, (68 << 20) + 7)
        stored = store.put(make_commit(), payload, durable=False)
        assert [blob.size >> 20 for blob in stored.buffers] == [3, 4, 4, 0, 64, 4, 0]
        assert same(store.get(stored), payload)

    def test_buffers_of_a_group_come_back_side_by_side(self, store: Store) -> None:
        rows = [bytes_of(30 + n, 300_000) for n in range(3)]
        views = [memoryview(data) for data in (b"alone", *rows, bytes_of(40, 20_000))]
        stored = store.put(make_commit(), Payload(b"", b"", tuple(views), (1, 3)), durable=True)
        payload = store.get(stored)
        assert payload.groups == (1, 3, 1)
        assert same(payload, Payload(b"", b"", tuple(views)))
        first, second, third = payload.buffers[1:4]
        assert first.obj is second.obj is third.obj is not payload.buffers[4].obj
        addresses = [ctypes.addressof(ctypes.c_char.from_buffer(view)) for view in (first, second, third)]
        assert [address % 4096 for address in addresses] == [0, 0, 0]
        assert addresses[1] - addresses[0] == addresses[2] - addresses[1] == -(-300_000 // 4096) * 4096
        second[:] = bytes(len(second))
        assert bytes(first) == rows[0]
        assert bytes(third) == rows[2]

    @pytest.mark.parametrize(
        ("change", "most"),
        [
            ("one element", 4 << 20),
            ("some appended", 2 << 20),
            ("one buffer dropped", 0),
            ("one buffer replaced", 9 << 20),
            ("buffers in another order", 0),
        ],
    )
    def test_a_change_costs_the_pieces_that_it_changes(self, store: Store, change: str, most: int) -> None:
        buffers = [bytearray(bytes_of(50 + n, 9 << 20)) for n in range(4)]

        def put() -> int:
            views = tuple(memoryview(bytes(buffer)) for buffer in buffers)
            stored = store.put(make_commit(), Payload(b"", b"", views, (len(views),)), durable=False)
            assert same(store.get(stored), Payload(b"", b"", views))
            return store.stats().physical

        before = put()
        if change == "one element":
            buffers[1][5 << 20] ^= 1
        elif change == "some appended":
            buffers[1] += b"more"
        elif change == "one buffer dropped":
            del buffers[1]
        elif change == "one buffer replaced":
            buffers[1] = bytearray(bytes_of(60, 9 << 20))
        else:
            buffers.reverse()
        assert put() - before <= most

    def test_a_buffer_may_lie_in_several_places(self, store: Store) -> None:
        data = bytes_of(80, (5 << 20) + 3)
        ends = [0, 5, 5, 70_000, 4 << 20, (4 << 20) + 1, len(data)]
        parts = [memoryview(data)[low:high] for low, high in itertools.pairwise(ends)]
        small = Gathered([memoryview(b"a"), memoryview(b"bc")])
        stored = store.put(make_commit(), Payload(b"", b"", (Gathered(parts), small)), durable=False)
        assert [bytes(buffer) for buffer in store.get(stored).buffers] == [data, b"abc"]
        again = store.put(make_commit("again"), Payload(b"", b"", (memoryview(data),)), durable=True)
        assert again.buffers == stored.buffers[:2]

    def test_storing_can_be_given_up_until_the_end(self, store: Store) -> None:
        payload = make_payload(70, 20_000, 24 << 20)
        threads = threading.active_count()
        for limit in range(100):
            asked = itertools.count(1)
            try:
                stored = store.put(
                    make_commit(), payload, durable=False, stop=lambda asked=asked, limit=limit: next(asked) > limit
                )
            except GivenUp:
                assert store.log() == []
                assert threading.active_count() == threads
            else:
                break
        assert 3 < limit < 99
        assert same(store.get(stored), payload)

    # --------------------------------------------------------------------------------------------------------- lookup
    def test_the_same_run_twice_is_one_commit(self, store: Store) -> None:
        commit, payload = make_commit(), make_payload(7, 20_000)
        first = store.put(commit, payload, durable=False)
        assert store.put(commit, payload, durable=True) == first
        assert store.find(commit.key) == [first]
        assert store.stats().commits == 1

    def test_different_runs_have_different_ids(self, store: Store) -> None:
        commit = make_commit()
        variants = [
            (commit, make_payload(1)),
            (commit, make_payload(2)),
            (dataclasses.replace(commit, key="other"), make_payload(1)),
            (dataclasses.replace(commit, seconds=2.5), make_payload(1)),
            (dataclasses.replace(commit, not_stored=("x",)), make_payload(1)),
        ]
        ids = {store.put(variant, payload, durable=False).id for variant, payload in variants}
        assert len(ids) == len(variants)

    def test_the_newest_come_first(self, store: Store) -> None:
        stored = [store.put(make_commit(), make_payload(n), durable=False) for n in range(5)]
        assert store.find("k" * 64) == stored[::-1]
        assert store.find("k" * 64, limit=2) == stored[:2:-1]

    def test_of_two_of_the_same_time_the_later_one_comes_first(self, store: Store) -> None:
        stored = [store.put(make_commit(created=7.0), make_payload(n), durable=False) for n in range(3)]
        assert store.find("k" * 64) == stored[::-1]
        assert store.log() == stored[::-1]

    def test_an_unknown_key_finds_nothing(self, store: Store) -> None:
        store.put(make_commit(), make_payload(), durable=False)
        assert store.find("nothing") == []
        assert store.why_not("nothing") == ""

    def test_an_expired_run_is_no_hit_and_says_so(self, store: Store) -> None:
        stored = store.put(make_commit(expires=time.time() - 1), make_payload(), durable=False)
        assert store.find(stored.key) == []
        assert "expired" in store.why_not(stored.key)
        assert store.log() == [stored]
        kept = store.put(make_commit(expires=time.time() + 1000), make_payload(), durable=False)
        assert store.find(stored.key) == [kept]

    def test_equal_buffers_are_stored_once(self, store: Store) -> None:
        buffer = memoryview(bytes_of(8, 100_000))
        store.put(make_commit(), Payload(b"", b"", (buffer, buffer)), durable=False)
        before = store.stats()
        store.put(make_commit(), Payload(b"", b"", (buffer,)), durable=True)
        after = store.stats()
        assert after.physical == before.physical
        assert after.blobs == before.blobs
        assert after.logical == before.logical + 100_000
        assert after.commits == 2

    # -------------------------------------------------------------------------------------------------------- history
    def test_the_log_filters_by_every_condition(self, store: Store) -> None:
        def put(seed: int, **fields: object) -> Commit:
            return store.put(make_commit(**fields), make_payload(seed), durable=False)

        one = put(1, code="c1", cell=Cell("", "", "id1", "nb1"), outputs=(Value("a", ""), Value("b", "")))
        two = put(2, code="c1", cell=Cell("", "", "id2", "nb1"), outputs=(Value("a", ""),))
        three = put(3, code="c2", cell=Cell("", "", "id1", "nb2"), outputs=())
        four = put(4, code="c2", cell=Cell("", "", None, None), outputs=(Value("b", ""),))
        store.tag(two, {"exp": "1"})
        two = store.tag(two, {"by": "me"})
        assert store.log() == [four, three, two, one]
        assert store.log(limit=2) == [four, three]
        assert store.log(code="c1") == [two, one]
        assert store.log(notebook="nb1") == [two, one]
        assert store.log(cell_id="id1") == [three, one]
        assert store.log(name="a") == [two, one]
        assert store.log(name="b") == [four, one]
        assert store.log(tag=("exp", "1")) == [two]
        assert store.log(tag=("exp", "2")) == []
        assert store.log(cell_id="id1", notebook="nb1", code="c1") == [one]
        assert store.log(tag=("exp", "1"), name="a", code="c1") == [two]
        assert store.log(tag=("exp", "1"), name="b") == []
        assert store.log(name="b", code="c2") == [four]

    def test_the_names_of_a_store_are_known(self, store: Store) -> None:
        def put(seed: int, cell: Cell, *names: str) -> Commit:
            outputs = tuple(Value(name, "") for name in names)
            return store.put(make_commit(cell=cell, outputs=outputs), make_payload(seed), durable=False)

        one = put(1, Cell("", "x = 1", "id1", "nb1"), "x", "xy")
        two = put(2, Cell("", "x = 1", "id2", "nb2"), "x", "\u03b1")
        put(3, Cell("", "y = 1", "id2", None), "y")
        store.rm(put(4, Cell("", "gone", "gone", "gone"), "gone"))
        store.tag(one, {"stage": "a", "exp": "1"})
        store.tag(two, {"stage": "b"})
        assert store.known("name") == ["x", "xy", "y", "\u03b1"]
        assert store.known("name", "x") == ["x", "xy"]
        assert store.known("name", limit=2) == ["x", "xy"]
        assert store.known("name", "nothing") == []
        assert store.known("tag") == ["exp=1", "stage=a", "stage=b"]
        assert store.known("tag", "st") == ["stage=a", "stage=b"]
        assert store.known("tag", "stage=b") == ["stage=b"]
        assert store.known("tag", "stag=") == []
        store.tag(one, {"empty": ""})
        assert store.known("tag", "empty=") == ["empty="]
        assert store.known("label") == ["x = 1", "y = 1"]
        assert store.known("cell", "id") == ["id1", "id2"]
        assert store.known("notebook") == ["nb1", "nb2"]
        assert one.id in store.known("id") == sorted(commit.id for commit in store.log())
        assert store.known("id", one.id[:7].upper()) == [one.id]
        assert store.known("id", "no id") == []
        assert store.log(label="x = 1") == [store.resolve(two.id), store.resolve(one.id)]
        assert store.log(label="x = 1", notebook="nb1") == [store.resolve(one.id)]
        assert store.log(label="x =") == []

    def test_what_was_made_from_a_commit_is_known(self, store: Store) -> None:
        root = store.put(make_commit(), make_payload(1), durable=False)
        one, two = (store.put(make_commit(lineage=(root.id,)), make_payload(n), durable=False) for n in (2, 3))
        last = store.put(make_commit(lineage=(one.id, two.id, "no id")), make_payload(4), durable=False)
        assert store.made_from(root) == [two, one]
        assert store.made_from(root, limit=1) == [two]
        assert store.made_from(one) == store.made_from(two) == [last]
        assert store.made_from(last) == []
        store.rm(last)
        assert store.made_from(one) == []
        store.gc(max_size=0)
        assert store.made_from(root) == []

    def test_how_often_a_commit_was_used_is_known(self, store: Store) -> None:
        one = store.put(make_commit(), make_payload(1), durable=False)
        other = store.put(make_commit(), make_payload(2), durable=False)
        store.touch(one, 2.0)
        store.touch(one, 0.5)
        assert store.uses(one) == (2, 2.5)
        store.stats()
        store.touch(one, 1.0)
        assert store.uses(one) == (3, 3.5)
        assert store.uses(other) == (0, 0.0)

    @pytest.mark.parametrize("condition", [{}, {"code": "c" * 64}, {"cell_id": "cell-1"}, {"name": "x"}])
    def test_pages_of_the_log_join_without_gap_or_overlap(self, store: Store, condition: dict[str, str]) -> None:
        stored = [store.put(make_commit(created=float(n // 3)), make_payload(n), durable=False) for n in range(11)]
        found: list[Commit] = []
        while page := store.log(limit=4, before=found[-1].id if found else None, **condition):
            found += page
        assert found == stored[::-1]

    def test_a_page_before_nothing_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.log(before="0" * 64)

    def test_the_latest_is_by_code_cell_or_notebook(self, store: Store) -> None:
        assert store.latest() is None
        one = store.put(make_commit(code="c1"), make_payload(1), durable=False)
        two = store.put(make_commit(cell=Cell("", "", "id2", "nb2")), make_payload(2), durable=False)
        assert store.latest() == two
        assert store.latest(code="c1") == one
        assert store.latest(cell_id="id2") == two
        assert store.latest(notebook="nb2") == two
        assert store.latest(code="c1", cell_id="id2") is None

    def test_a_commit_is_named_by_the_beginning_of_its_id_or_by_a_tag(self, store: Store) -> None:
        stored = store.put(make_commit(), make_payload(), durable=False, tags={"exp": "a=b"})
        for text in (stored.id, stored.id[:4], stored.id[:7].upper(), "exp=a=b"):
            assert store.resolve(text) == stored
        for text in ("", "abc", stored.id[:3], "exp=", "exp=c", "nix=1", "zzzz", stored.id + "0", "%", "\0\0\0\0"):
            with pytest.raises(NotFound):
                store.resolve(text)

    def test_a_name_for_several_commits_lists_them(self, store: Store) -> None:
        stored = [store.put(make_commit(), make_payload(n), durable=False, tags={"t": "1"}) for n in range(2)]
        with pytest.raises(NotFound) as failure:
            store.resolve("t=1")
        assert all(commit.id[:12] in str(failure.value) for commit in stored)

    # -------------------------------------------------------------------------------------------------- what changes
    def test_tags_and_pins_change_and_stay(self, store: Store) -> None:
        stored = store.put(make_commit(), make_payload(), durable=False, tags={"a": "1", "b": "2"}, pinned=True)
        assert (stored.tags, stored.pinned) == ({"a": "1", "b": "2"}, True)
        assert store.tag(stored, {"a": "3", "c": ""}).tags == {"a": "3", "b": "2", "c": ""}
        assert store.untag(stored, "b", "unknown").tags == {"a": "3", "c": ""}
        assert store.unpin(stored).pinned is False
        assert store.pin(stored).pinned is True
        other = self.open()
        try:
            (found,) = other.find(stored.key)
        finally:
            other.close()
        assert (found.tags, found.pinned, found.id) == ({"a": "3", "c": ""}, True, stored.id)

    def test_a_tag_needs_a_name_without_an_equals_sign(self, store: Store) -> None:
        stored = store.put(make_commit(), make_payload(), durable=False)
        for name in ("", "a=b"):
            with pytest.raises(OptionError):
                store.tag(stored, {name: "1"})

    def test_a_removed_commit_is_gone(self, store: Store) -> None:
        stored = store.put(make_commit(), make_payload(1, 20_000), durable=False, tags={"a": "1"})
        kept = store.put(make_commit(), make_payload(2, 20_000), durable=False)
        store.rm(stored)
        assert store.find(stored.key) == [kept] == store.log() == store.log(name="x")
        assert store.log(tag=("a", "1")) == []
        assert store.stats().commits == 1
        for action in (store.get, store.rm, store.pin, store.shown):
            with pytest.raises(NotFound):
                action(stored)
        assert not store.trusted(stored)
        again = store.put(make_commit(created=stored.created), make_payload(1, 20_000), durable=False)
        assert again.id == stored.id
        assert same(store.get(again), make_payload(1, 20_000))

    # ----------------------------------------------------------------------------------------------------- statistics
    def test_hits_are_counted_and_kept(self, store: Store) -> None:
        stored = store.put(make_commit(), make_payload(), durable=False)
        for _ in range(10):
            store.touch(stored, 2.0)
        store.touch(stored, -5.0)
        assert (store.stats().hits, store.stats().saved) == (11, 20.0)
        other = self.open()
        try:
            assert (other.stats().hits, other.stats().saved) == (11, 20.0)
        finally:
            other.close()

    def test_hits_of_today_are_told_apart_from_those_of_other_days(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored, now = store.put(make_commit(), make_payload(), durable=False), time.time()
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: now - 3 * 24 * 3600)
            store.touch(stored, 2.0)
            assert (store.stats().today_hits, store.stats().today_saved) == (1, 2.0)
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: now)
            store.touch(stored, 5.0)
            found = store.stats()
        assert (found.today_hits, found.today_saved, found.hits, found.saved) == (1, 5.0, 2, 7.0)

    def test_run_times_are_noted(self, store: Store) -> None:
        assert store.timing("code") is None
        store.note_timing("code", 0.25)
        store.note_timing("code", 0.5)
        store.note_timing("other", 1.0)
        assert (store.timing("code"), store.timing("other")) == (0.5, 1.0)
        store.close()
        other = self.open()
        try:
            assert (other.timing("code"), other.timing("other")) == (0.5, 1.0)
        finally:
            other.close()

    def test_the_totals_are_those_of_a_count(self, store: Store) -> None:
        stored = [store.put(make_commit(), make_payload(n, 20_000 + n), durable=False) for n in range(4)]
        store.rm(stored[0])
        found = store.stats()
        blobs = {blob for commit in stored for blob in (commit.skeleton, commit.shown, *commit.buffers) if blob}
        assert found.commits == 3
        assert found.logical == sum(commit.size for commit in stored[1:])
        assert found.blobs == len(blobs)
        assert found.physical == sum(blob.size for blob in blobs)

    # ---------------------------------------------------------------------------------------------------- robustness
    def test_noting_never_fails(self, store: Store) -> None:
        store.touch(make_commit(), 1.0)
        store.touch(make_commit(id="not hex"), 1.0)
        store.touch(make_commit(id="0" * 64), 1.0)
        store.note_timing("\ud800", 1.0)
        store.close()
        store.touch(make_commit(), 1.0)
        store.note_timing("code", 1.0)

    def test_what_cannot_be_stored_is_a_store_error_and_leaves_nothing(self, store: Store) -> None:
        bad = [
            (make_commit(created=float("nan")), make_payload()),
            (make_commit(seconds="soon"), make_payload()),
            (make_commit(key=object()), make_payload()),
            (make_commit(), Payload(None, b"")),  # type: ignore[arg-type]
            (make_commit(outputs=(Value("x", "d", size=2**70),)), make_payload()),
        ]
        for commit, payload in bad:
            with pytest.raises(StoreError):
                store.put(commit, payload, durable=False)
        assert store.log() == []
        assert store.stats().commits == 0
        stored = store.put(make_commit(), make_payload(), durable=False)
        assert store.find(stored.key) == [stored]

    def test_a_closed_store_says_so(self, store: Store) -> None:
        stored = store.put(make_commit(), make_payload(), durable=False)
        store.close()
        store.close()
        with pytest.raises(StoreError):
            store.find(stored.key)
        with pytest.raises(StoreError):
            store.put(make_commit(), make_payload(), durable=False)

    def test_threads_share_a_store(self, store: Store) -> None:
        failures: list[BaseException] = []

        def work(number: int) -> None:
            try:
                for n in range(8):
                    payload = make_payload(n, 17_000 + n)
                    stored = store.put(make_commit(f"key {number}"), payload, durable=False)
                    assert store.find(stored.key)[0] == stored
                    assert same(store.get(stored), payload)
                    store.touch(stored, 1.0)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert store.stats().commits == 48
        assert store.stats().hits == 48

    def test_what_was_exported_comes_back_after_it_was_removed(self, store: Store, tmp_path: Path) -> None:
        payload = make_payload(1, 10, 20_000, 2 << 20)
        stored = store.put(make_commit(), payload, durable=False, tags={"stage": "train"}, pinned=True)
        other = store.put(make_commit("other"), make_payload(2, 20_000), durable=False)
        assert store.export(tmp_path / "one.tar", [stored]) == 1
        assert store.import_(tmp_path / "one.tar").known == 1
        store.rm(stored)
        store.gc()
        done = store.import_(tmp_path / "one.tar")
        assert (done.commits, done.known, done.foreign) == (1, 0, 0)
        assert store.find(stored.key) == [stored]
        assert same(store.get(stored), payload)
        assert len(store.log()) == 2
        assert other in store.log()

    def test_a_collection_leaves_what_is_pinned_and_can_be_tried_first(self, store: Store) -> None:
        kept = store.put(make_commit("kept"), make_payload(1, 20_000), durable=False, pinned=True)
        gone = store.put(make_commit("gone"), make_payload(2, 30_000), durable=False)
        would = store.gc(max_size=0, dry_run=True)
        assert [one.commit.id for one in would.evicted] == [gone.id]
        assert len(store.log()) == 2
        done = store.gc(max_size=0)
        assert [one.commit.id for one in done.evicted] == [gone.id]
        assert (done.freed, done.blobs) == (would.freed, would.blobs)
        assert store.log() == [kept]
        assert same(store.get(kept), make_payload(1, 20_000))
        assert store.clear().evicted == ()
        store.clear(pinned=True)
        assert store.log() == []

    def test_a_sound_store_is_found_to_be_sound(self, store: Store) -> None:
        stored = store.put(make_commit(), make_payload(1, 20_000), durable=False)
        told: list[tuple[int, int, str]] = []
        found = store.verify(lambda *step: told.append(step))
        assert (found.damaged, found.lost, found.index) == ((), (), "")
        assert found.blobs == store.stats().blobs
        assert told
        assert store.find(stored.key) == [stored]

    def test_a_forked_child_uses_the_store_of_its_parent(self, store: Store) -> None:
        mine = store.put(make_commit("parent"), make_payload(1, 20_000), durable=False)
        store.touch(mine, 1.0)
        store.touch(mine, 1.0)
        child = os.fork()
        if child == 0:
            try:
                ok = same(store.get(store.find("parent")[0]), make_payload(1, 20_000))
                store.put(make_commit("child"), make_payload(2, 20_000), durable=False)
                store.touch(mine, 1.0)
                store.close()
                os._exit(0 if ok else 1)
            except BaseException:
                os._exit(2)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert same(store.get(store.find("child")[0]), make_payload(2, 20_000))
        store.put(make_commit("after"), make_payload(3), durable=False)
        assert len(store.log()) == 3
        assert store.stats().hits == 3

    def test_only_errors_of_the_project_come_out(self, store: Store) -> None:
        stored = store.put(make_commit(), make_payload(), durable=False)
        nonsense = dataclasses.replace(stored, id="\ud800 not an id")
        for action in (store.get, store.shown, store.rm, store.pin, store.trusted):
            try:
                action(nonsense)
            except CashetError:
                continue
        assert store.find("\ud800") == []
