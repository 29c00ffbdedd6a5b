"""Logs are replaced by one that says the same, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from pathlib import Path

import pytest

from cashet_jupyter.store import compaction, log, merge
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload, same
from tests.crash.steps import Stop, watched


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store"


def filled(path: Path) -> Store:
    """Three results with a tag, a pin, a use and a run time, and many changes that no longer matter."""
    store = open_store(path)
    commits = [store.put(make_commit(f"key {n}"), make_payload(n, 50, 20_000), durable=False) for n in range(6)]
    for n in range(20):
        store.tag(commits[0], {"n": str(n)})
    store.pin(commits[1])
    store.touch(commits[2], 7.5)
    store.note_timing("c" * 64, 1.25)
    for commit in commits[3:]:
        store.rm(commit)
    store.gc()
    store.stats()
    return store


def facts(store: Store) -> tuple[object, ...]:
    """What a store says of all it holds."""
    stats = store.stats()
    for commit in store.log(limit=1000):
        assert same(store.get(commit), make_payload(int(commit.key.split()[1]), 50, 20_000))
    used = (stats.hits, stats.saved, store.index.rows("SELECT * FROM quarters"))
    return (store.log(limit=1000), stats.commits, stats.logical, used, store.timing("c" * 64))


def made_anew(path: Path) -> Store:
    for suffix in ("", "-wal", "-shm"):
        (path / f"index.db{suffix}").unlink(missing_ok=True)
    return open_store(path)


def logs(path: Path) -> list[str]:
    return sorted(file.name for file in (path / "log").iterdir())


def test_one_log_says_what_all_of_them_said(path: Path) -> None:
    store = filled(path)
    before = facts(store)
    size = sum(file.stat().st_size for file in (path / "log").iterdir())
    compaction.compact(store.index)
    assert facts(store) == before
    (name,) = logs(path)
    assert log.is_compacted(name)
    assert (path / "log" / name).stat().st_size < size / 2
    store.close()
    assert facts(made_anew(path)) == before


def test_what_comes_after_is_kept_too(path: Path) -> None:
    store, other = filled(path), open_store(path)
    other.put(make_commit("key 7"), make_payload(7, 50, 20_000), durable=True)
    compaction.compact(store.index)
    other.put(make_commit("key 8"), make_payload(8, 50, 20_000), durable=True)
    store.put(make_commit("key 9"), make_payload(9, 50, 20_000), durable=True)
    store.rm(store.find("key 0")[0])
    compaction.compact(other.index)
    compaction.compact(store.index)
    store.put(make_commit("key 10"), make_payload(10, 50, 20_000), durable=False)
    before = facts(other)
    assert before[1] == 6
    assert facts(store) == before
    store.close()
    other.close()
    assert facts(made_anew(path)) == before


def test_what_is_added_while_it_is_written_is_not_lost(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, other = filled(path), open_store(path)
    real = compaction._write_what_holds

    def slowly(*args: object) -> compaction.Read:
        read = real(*args)  # type: ignore[arg-type]
        other.put(make_commit("key 7"), make_payload(7, 50, 20_000), durable=True)
        other.rm(other.find("key 2")[0])
        return read

    monkeypatch.setattr(compaction, "_write_what_holds", slowly)
    compaction.compact(store.index)
    before = facts(store)
    assert {commit.key for commit in store.log()} == {"key 0", "key 1", "key 7"}
    store.close()
    other.close()
    assert facts(made_anew(path)) == before


def test_an_old_log_that_comes_back_counts_as_read(path: Path) -> None:
    store = filled(path)
    (old,) = logs(path)
    content = (path / "log" / old).read_bytes()
    compaction.compact(store.index)
    store.rm(store.find("key 0")[0])
    before = facts(store)
    store.close()
    (path / "log" / old).write_bytes(content)
    assert facts(open_store(path)) == before
    assert facts(made_anew(path)) == before


def test_a_kill_at_any_step_loses_nothing(path: Path) -> None:
    store = filled(path)
    before = facts(store)
    store.close()
    step, finished = 0, False
    while not finished:
        trial = path.with_name("trial")
        shutil.copytree(path, trial)
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                mine = open_store(trial)
                with watched(Stop(step, lambda name: os.kill(os.getpid(), signal.SIGKILL))):
                    compaction.compact(mine.index)
                os._exit(0)
            os._exit(1)
        status = os.waitpid(child, 0)[1]
        assert status in (0, signal.SIGKILL)
        finished = status == 0
        for again in (open_store(trial), made_anew(trial)):
            assert facts(again) == before
            again.close()
        shutil.rmtree(trial)
        step += 1
    assert step > 8


def test_an_index_that_lost_its_last_changes_reads_them_again(path: Path) -> None:
    store = filled(path)
    store.index.checkpoint()
    early = (path / "index.db").read_bytes()
    compaction.compact(store.index)
    store.put(make_commit("key 8"), make_payload(8, 50, 20_000), durable=True)
    store.rm(store.find("key 1")[0])
    before = facts(store)
    store.close()
    for suffix in ("-wal", "-shm"):
        (path / f"index.db{suffix}").unlink(missing_ok=True)
    (path / "index.db").write_bytes(early)
    assert facts(open_store(path)) == before


def test_a_log_that_was_copied_here_is_not_lost(path: Path, tmp_path: Path) -> None:
    other = open_store(tmp_path / "other")
    foreign = other.put(make_commit("key 7"), make_payload(7, 50), durable=False)
    other.close()
    store = filled(path)
    for file in (tmp_path / "other" / "log").iterdir():
        shutil.copy(file, path / "log")
    compaction.compact(store.index)
    store.close()
    store = open_store(path)
    assert {commit.key for commit in store.log()} == {"key 0", "key 1", "key 2", "key 7"}
    assert same(store.get(foreign), make_payload(7, 50))


def test_an_index_that_is_exchanged_meanwhile_keeps_its_logs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What others said to the new index stands in logs that the old one knows only half."""
    store, other = filled(path), open_store(path)
    real = compaction._copy_the_rest

    def slowly(*args: object) -> list[str]:
        old = real(*args)  # type: ignore[arg-type]
        for suffix in ("", "-wal", "-shm"):
            (path / f"index.db{suffix}").unlink(missing_ok=True)
        other.put(make_commit("key 7"), make_payload(7, 50, 20_000), durable=True)
        return old

    monkeypatch.setattr(compaction, "_copy_the_rest", slowly)
    monkeypatch.setattr(compaction, "due", lambda index: True)
    store.gc()
    before = facts(other)
    assert len(before[0]) == 4  # type: ignore[arg-type]
    store.close()
    other.close()
    assert facts(made_anew(path)) == before


def test_an_index_waits_for_logs_that_change_while_it_reads_them(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(path)
    before = facts(store)
    real, left = merge.records_of, [3]

    def vanishing(*args: object):
        if left[0]:
            left[0] -= 1
            raise FileNotFoundError
        return real(*args)  # type: ignore[arg-type]

    store.close()
    monkeypatch.setattr(merge, "records_of", vanishing)
    assert facts(made_anew(path)) == before
    assert left == [0]


def test_many_or_long_logs_are_due(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(path)
    assert not compaction.due(store.index)
    monkeypatch.setattr(compaction, "_SLACK", 0)
    assert compaction.due(store.index)
    store.gc()
    assert not compaction.due(store.index)
    monkeypatch.setattr(compaction, "_MANY", 0)
    assert compaction.due(store.index)
