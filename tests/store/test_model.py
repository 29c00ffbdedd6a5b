"""Whatever is done to a store in whatever order, it answers like a dictionary, or misses what was hurt."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Commit, Payload
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload, same

KEYS = st.sampled_from(["a", "b", "c"])
SEEDS = st.integers(0, 3)
SIZES = st.sampled_from([(), (50,), (20_000,), (20_000, 100, 40_000)])
MEMORY = Path("/dev/shm")


class Stores(RuleBasedStateMachine):
    """Two handles on one store, beside a model of what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="cashet-test-", dir=MEMORY if MEMORY.is_dir() else None))
        self.handles: list[Store] = [open_store(self.folder / "store", key=b"k" * 32) for _ in range(2)]
        self.model: dict[str, tuple[Commit, Payload]] = {}
        self.hurt: set[str] = set()
        """Digests of the blobs that were damaged since they were last known to be whole."""

    def teardown(self) -> None:
        for handle in self.handles:
            handle.close()
        shutil.rmtree(self.folder)

    def blobs(self) -> list[Path]:
        return sorted(file for file in (self.folder / "store" / "objects").glob("*/*") if file.is_file())

    @rule(key=KEYS, seed=SEEDS, sizes=SIZES, durable=st.booleans(), who=st.integers(0, 1))
    def put(self, key: str, seed: int, sizes: tuple[int, ...], durable: bool, who: int) -> None:
        payload = make_payload(seed, *sizes)
        stored = self.handles[who].put(make_commit(key), payload, durable=durable)
        self.model[stored.id] = (stored, payload)
        self.hurt -= {blob.digest for blob in stored.buffers}

    @precondition(lambda self: self.model)
    @rule(data=st.data(), who=st.integers(0, 1), value=st.sampled_from(["1", "2"]))
    def tag(self, data: st.DataObject, who: int, value: str) -> None:
        commit, payload = self.model[data.draw(st.sampled_from(sorted(self.model)))]
        self.model[commit.id] = (self.handles[who].tag(commit, {"t": value}), payload)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), who=st.integers(0, 1))
    def turn_pin(self, data: st.DataObject, who: int) -> None:
        commit, payload = self.model[data.draw(st.sampled_from(sorted(self.model)))]
        handle = self.handles[who]
        self.model[commit.id] = ((handle.unpin if commit.pinned else handle.pin)(commit), payload)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), who=st.integers(0, 1))
    def rm(self, data: st.DataObject, who: int) -> None:
        commit, _ = self.model.pop(data.draw(st.sampled_from(sorted(self.model))))
        self.handles[who].rm(commit)

    @precondition(lambda self: self.blobs())
    @rule(data=st.data(), how=st.sampled_from(["flip", "cut", "delete", "folder"]))
    def hurt_a_blob(self, data: st.DataObject, how: str) -> None:
        file = data.draw(st.sampled_from(self.blobs()))
        content = file.read_bytes()
        file.unlink()
        if how == "flip":
            file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        elif how == "cut":
            file.write_bytes(content[:-1])
        elif how == "folder":
            file.mkdir()
        self.hurt.add(file.parent.name + file.name)

    @rule()
    def delete_the_index(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            (self.folder / "store" / f"index.db{suffix}").unlink(missing_ok=True)

    @rule(who=st.integers(0, 1))
    def ruin_the_index(self, who: int) -> None:
        for handle in self.handles:
            handle.close()
        (self.folder / "store" / "index.db").write_bytes(b"noise" * 3000)
        self.handles = [open_store(self.folder / "store", key=b"k" * 32) for _ in range(2)]

    @rule(who=st.integers(0, 1))
    def reopen(self, who: int) -> None:
        self.handles[who].close()
        self.handles[who] = open_store(self.folder / "store", key=b"k" * 32)

    @rule(who=st.integers(0, 1), key=KEYS)
    def get(self, who: int, key: str) -> None:
        for commit in self.handles[who].find(key):
            expected, payload = self.model[commit.id]
            broken = bool({blob.digest for blob in commit.buffers} & self.hurt)
            try:
                assert same(self.handles[who].get(commit), payload)
                assert not broken
            except Damaged:
                assert broken
                del self.model[commit.id]
            assert expected == commit

    @invariant()
    def both_handles_list_what_the_model_holds(self) -> None:
        expected = sorted((commit for commit, _ in self.model.values()), key=lambda commit: -commit.created)
        for handle in self.handles:
            assert handle.log(limit=1000) == expected
            assert handle.stats().commits == len(expected)
            assert handle.stats().logical == sum(commit.size for commit in expected)


_LONG = settings.default is not None and settings.default.max_examples > 1000  # --soak
Stores.TestCase.settings = settings(max_examples=400 if _LONG else 15, stateful_step_count=30 if _LONG else 20)
TestModel = Stores.TestCase
