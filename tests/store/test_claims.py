"""Of several who claim one key one owns it; whatever lies in the way of that, somebody computes."""

from __future__ import annotations

import errno
import fcntl
import itertools
import json
import os
import platform
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashet_jupyter.store import claims as module
from cashet_jupyter.store import owners
from cashet_jupyter.store.answers import Work
from cashet_jupyter.store.claims import Claims, FileClaim
from cashet_jupyter.store.store import open_store

WORK = Work("notes/train.ipynb", "model.fit(X, y)", 250.0)


@pytest.fixture
def claims(tmp_path: Path) -> Iterator[Claims]:
    claims = Claims(tmp_path / "flight")
    yield claims
    claims.close()
    assert not module._open


def state(claim: FileClaim) -> str:
    """The one state that it is in."""
    (name,) = [name for name in ("owned", "other", "ended") if getattr(claim, name)] or ["none"]
    return name


def only_file(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "flight").iterdir()
    return path


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


# ------------------------------------------------------------------------------------------------------- who has it
def test_the_first_owns_and_the_second_sees_what_the_first_does(claims: Claims) -> None:
    first, second = claims.claim("key", WORK), claims.claim("key", Work())
    assert (state(first), state(second)) == ("owned", "other")
    other = second.other
    assert other is not None
    assert (other.notebook, other.label, other.expected) == ("notes/train.ipynb", "model.fit(X, y)", 250.0)
    assert (other.pid, other.host) == (os.getpid(), platform.node())
    assert time.time() - other.started < 10


def test_other_keys_do_not_meet(claims: Claims) -> None:
    made = [claims.claim(key, WORK) for key in ("a", "b", "", "\ud800", "x" * 10_000)]
    assert [state(claim) for claim in made] == ["owned"] * 5


def test_who_waits_for_a_run_that_ended_is_told_so_and_each_of_them(claims: Claims, tmp_path: Path) -> None:
    owner, *waiting = [claims.claim("key", WORK) for _ in range(4)]
    owner.release(ended=True)
    assert list((tmp_path / "flight").iterdir()) == []
    newcomer = claims.claim("key", WORK)
    for claim in waiting:
        claim.wait()
    assert [state(claim) for claim in waiting] == ["ended"] * 3
    assert (state(owner), state(newcomer)) == ("none", "owned")


def test_one_takes_over_a_run_that_was_broken_off_and_the_others_wait_for_that_one(claims: Claims) -> None:
    owner, *waiting = [claims.claim("key", Work(label=str(n))) for n in range(4)]
    owner.release(ended=False)
    for claim in (*waiting, *waiting):
        claim.wait()
    assert [state(claim) for claim in waiting] == ["owned", "other", "other"]
    assert [claim.other.label for claim in waiting if claim.other] == ["1", "1"]
    waiting[0].release(ended=True)
    for claim in waiting[1:]:
        claim.wait()
    assert [state(claim) for claim in waiting] == ["none", "ended", "ended"]


def test_a_killed_owners_claim_is_taken_over_with_its_file(claims: Claims, tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        held = claims.claim("key", WORK)
        os.kill(os.getpid() if held.owned else 0, signal.SIGKILL)
    os.waitpid(child, 0)
    left = only_file(tmp_path).stat().st_ino
    claim = claims.claim("key", WORK)
    assert state(claim) == "owned"
    assert only_file(tmp_path).stat().st_ino == left
    assert json.loads(only_file(tmp_path).read_bytes())["pid"] == os.getpid()


def test_releasing_again_or_waiting_without_another_is_harmless(claims: Claims, tmp_path: Path) -> None:
    first = claims.claim("key", WORK)
    first.release(ended=True)
    second = claims.claim("key", WORK)
    first.release(ended=True)
    first.wait()
    second.wait()
    assert (state(first), state(second)) == ("none", "owned")
    assert only_file(tmp_path).exists()


def test_no_descriptor_stays_open(claims: Claims) -> None:
    before = descriptors()
    for ended in (True, False):
        owner, waiter = claims.claim("key", WORK), claims.claim("key", WORK)
        owner.release(ended=ended)
        waiter.wait()
        waiter.release(ended=ended)
    kept = [claims.claim("a", WORK), claims.claim("a", WORK)]
    claims.close()
    assert [state(claim) for claim in kept] == ["none", "none"]
    assert descriptors() == before
    assert not module._open
    assert state(claims.claim("a", WORK)) == "owned"
    assert descriptors() == before


def test_a_claim_that_is_dropped_is_released(claims: Claims) -> None:
    before, owner = descriptors(), claims.claim("key", WORK)
    waiter = claims.claim("key", WORK)
    assert state(waiter) == "other"
    del owner
    waiter.wait()
    assert state(waiter) == "owned"
    del waiter
    assert descriptors() == before


def test_one_who_no_longer_waits_does_not_disturb_the_owner(claims: Claims, tmp_path: Path) -> None:
    owner, waiter = claims.claim("key", WORK), claims.claim("key", WORK)
    waiter.release(ended=True)
    assert only_file(tmp_path).exists()
    assert state(claims.claim("key", WORK)) == "other"
    owner.release(ended=True)


def test_pauses_begin_short_and_grow_to_a_quarter_of_a_second(claims: Claims, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    slices: list[float] = []

    def sleep(seconds: float) -> None:
        slices.append(seconds)
        clock[0] += seconds

    owner, waiter = claims.claim("key", WORK), claims.claim("key", WORK)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(module.time, "sleep", sleep)
    waiter._since = 0.0
    ends = [0.0]
    for _ in range(20):
        waiter.wait()
        ends.append(clock[0])
    pauses = [after - before for before, after in itertools.pairwise(ends)]
    assert pauses[0] <= 0.005
    assert 0.15 <= pauses[-1] <= 0.25
    assert len({round(pause, 4) for pause in pauses[-5:]}) > 1
    assert max(slices) <= 0.05
    owner.release(ended=True)


# ------------------------------------------------------------------------------------------------- forks and threads
def test_a_forked_child_holds_nothing_and_takes_nothing_away(claims: Claims, tmp_path: Path) -> None:
    owner = claims.claim("key", WORK)
    fd = owner._fd
    assert fd is not None
    file = os.fstat(fd).st_ino
    child = os.fork()
    if child == 0:
        wrong = 1 * (state(owner) != "none") + 2 * _is_open(fd, file) + 4 * bool(module._open)
        owner.release(ended=True)
        owner.wait()
        claims.close()
        os._exit(wrong + 8 * (not only_file(tmp_path).exists()))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert state(claims.claim("key", WORK)) == "other"


def _is_open(fd: int, file: int) -> bool:
    """Whether a descriptor is that of a file; other libraries open and close theirs in a forked child, too."""
    try:
        return os.fstat(fd).st_ino == file
    except OSError:
        return False


def test_a_process_that_holds_a_claim_waits_for_another_one_only_for_a_while(
    claims: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NESTED", 0.2)
    mine, theirs = claims.claim("mine", WORK), claims.claim("theirs", WORK)
    waiter = claims.claim("theirs", WORK)
    started = time.monotonic()
    while waiter.other is not None:
        waiter.wait()
    assert state(waiter) == "owned"
    assert 0.2 <= time.monotonic() - started < 5.0
    waiter.release(ended=True)
    assert state(claims.claim("theirs", WORK)) == "other"
    mine.release(ended=True)
    theirs.release(ended=True)


def test_one_who_holds_nothing_waits_on(claims: Claims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NESTED", 0.05)
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        held = claims.claim("key", WORK)
        os.write(go, b"." if held.owned else b"!")
        time.sleep(60)
    assert os.read(ready, 1) == b"."
    waiter = claims.claim("key", WORK)
    started = time.monotonic()
    while time.monotonic() - started < 0.5:
        waiter.wait()
    assert state(waiter) == "other"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ready)
    os.close(go)


def test_threads_that_claim_and_release_own_one_at_a_time(claims: Claims) -> None:
    inside, most, runs = [0], [0], [0]
    lock = threading.Lock()

    def work() -> None:
        for _ in range(20):
            claim = claims.claim("key", WORK)
            while claim.other is not None:
                claim.wait()
            if claim.owned:
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                    runs[0] += 1
                with lock:
                    inside[0] -= 1
            claim.release(ended=False)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1
    assert runs[0] == 120
    assert not module._open


# --------------------------------------------------------------------------------------------- whatever lies there
def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path.name)
    os.chdir(here)


def _link(path: Path) -> None:
    target = path.parent.parent / "target"
    target.write_text("mine")
    path.symlink_to(target)


def _dangling(path: Path) -> None:
    path.symlink_to(path.parent.parent / "nothing")


@pytest.mark.parametrize("make", [_fifo, _folder, _socket, _link, _dangling])
def test_something_else_in_its_place_means_compute_and_stays(
    claims: Claims, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    claim = claims.claim("key", WORK)
    path = only_file(tmp_path)
    claim.release(ended=True)
    make(path)
    before, started = descriptors(), time.monotonic()
    both = [claims.claim("key", WORK), claims.claim("key", WORK)]
    assert [state(claim) for claim in both] == ["owned", "owned"]
    for claim in both:
        claim.release(ended=True)
    assert time.monotonic() - started < 5.0  # nothing waits: a fifo without a writer would for ever
    assert descriptors() == before
    assert path.is_symlink() or path.exists()
    assert not (tmp_path / "nothing").exists()
    if make is _link:
        assert (tmp_path / "target").read_text() == "mine"


@pytest.mark.parametrize("make", [_fifo, lambda path: path.write_text("x"), _link, _dangling])
def test_something_else_in_the_place_of_the_folder_means_compute(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    (tmp_path / "locks").mkdir()
    make(tmp_path / "locks" / "flight")
    claims = Claims(tmp_path / "locks" / "flight")
    both = [claims.claim("key", WORK), claims.claim("key", WORK)]
    assert [state(claim) for claim in both] == ["owned", "owned"]


NOTE = {"notebook": "", "label": "", "host": "", "pid": 1, "space": 0, "started": 1.0, "expected": None, "ended": False}
CONTENTS = {
    "nothing": b"",
    "half": json.dumps(NOTE).encode()[:40],
    "noise": bytes(range(256)) * 10,
    "nested": b"[" * 8000,
    "a list": b"[1]",
    "a number": b"1" * 8000,
    "another program's": b'{"pid": 7}',
    "texts of other types": json.dumps({**NOTE, "notebook": 7}).encode(),
    "no time": json.dumps({**NOTE, "started": float("nan")}).encode(),
    "a time out of this world": json.dumps({**NOTE, "started": 1e300}).encode(),
    "a negative time": json.dumps({**NOTE, "expected": -1}).encode(),
    "endless": b'{"notebook": "' + b"x" * 100_000,
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_an_owner_that_does_not_say_who_it_is_is_not_waited_for_long(
    claims: Claims, tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DOUBT", 0.1)
    owner = claims.claim("key", WORK)
    path = only_file(tmp_path)
    path.write_bytes(content)
    waiter = claims.claim("key", WORK)
    assert waiter.other == Work()
    while waiter.other is not None:
        waiter.wait()
    assert state(waiter) == "owned"
    waiter.release(ended=True)
    assert path.read_bytes() == content
    owner.release(ended=True)
    assert not path.exists()


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_what_lies_there_unlocked_is_overwritten(claims: Claims, tmp_path: Path, content: bytes) -> None:
    claims.claim("key", WORK).release(ended=False)
    claim = claims.claim("key", WORK)
    path = only_file(tmp_path)
    claim.release(ended=False)
    path.write_bytes(content)
    owner = claims.claim("key", WORK)
    assert state(owner) == "owned"
    other = claims.claim("key", WORK).other
    assert other is not None
    assert other.label == WORK.label


def test_an_owner_whose_process_is_gone_is_not_waited_for_long_though_the_lock_is_held(
    claims: Claims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A C library may fork without telling Python."""
    monkeypatch.setattr(module, "DOUBT", 0.1)
    gone = os.fork()
    if gone == 0:
        os._exit(0)
    os.waitpid(gone, 0)
    owner = claims.claim("key", WORK)
    path = only_file(tmp_path)
    note = json.loads(path.read_bytes())
    for change, expected in (({"host": "elsewhere"}, "other"), ({"space": 1}, "other"), ({}, "owned")):
        path.write_text(json.dumps({**note, "pid": gone, **change}))
        waiter = claims.claim("key", WORK)
        until = time.monotonic() + 0.3
        while waiter.other is not None and time.monotonic() < until:
            waiter.wait()
        assert state(waiter) == expected, change
        waiter.release(ended=True)
    owner.release(ended=True)


def test_long_and_strange_texts_are_shortened_and_cannot_move_the_cursor(claims: Claims, tmp_path: Path) -> None:
    texts = Work("/very/long/" * 500 + "train.ipynb", "\x1b[2J\r\n\udcff \U0001f600" * 300, 1e12)
    owner = claims.claim("key", texts)
    assert only_file(tmp_path).stat().st_size < 8192
    other = claims.claim("key", WORK).other
    assert other is not None
    assert other.notebook.endswith("/train.ipynb")
    assert other.label.isprintable()
    assert len(other.notebook) <= 200
    assert other.expected == 1e12
    owner.release(ended=True)


# --------------------------------------------------------------------------------------------------- when locks fail
@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.EIO, errno.EBADF])
def test_locks_that_fail_mean_compute(claims: Claims, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(fd: int, kind: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(module.fcntl, "flock", flock)
    before = descriptors()
    both = [claims.claim("key", WORK), claims.claim("key", WORK)]
    assert [state(claim) for claim in both] == ["owned", "owned"]
    assert descriptors() == before


def test_locks_that_lock_nothing_mean_compute(claims: Claims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.fcntl, "flock", lambda fd, kind: None)
    both = [claims.claim("key", WORK), claims.claim("key", WORK)]
    assert [state(claim) for claim in both] == ["owned", "owned"]
    both[0].release(ended=True)
    third = claims.claim("key", WORK)
    both[1].release(ended=True)
    assert state(third) == "owned"
    assert only_file(tmp_path).exists()


@pytest.mark.parametrize("call", ["open", "ftruncate", "pwrite", "pread", "fstat", "unlink"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EMFILE, errno.EACCES, errno.EROFS])
def test_calls_that_fail_never_raise_and_leave_no_descriptor(
    claims: Claims, call: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(module, "DOUBT", 0.05)
    before = descriptors()
    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        owner, waiter = claims.claim("key", WORK), claims.claim("key", WORK)
        assert owner.owned
        for _ in range(8):
            waiter.wait()
        waiter.release(ended=True)
        owner.release(ended=True)
    assert descriptors() == before
    claim = claims.claim("key", WORK)
    assert claim.owned
    claim.release(ended=True)


def test_a_folder_that_vanishes_disturbs_nobody(claims: Claims, tmp_path: Path) -> None:
    owner, waiter = claims.claim("key", WORK), claims.claim("key", WORK)
    only_file(tmp_path).unlink()
    (tmp_path / "flight").rmdir()
    waiter.wait()
    assert state(waiter) == "other"
    owner.release(ended=True)
    waiter.wait()
    assert state(waiter) == "ended"


def test_an_interrupt_while_claiming_leaves_nothing(
    claims: Claims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(fd: int, note: owners.Note) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module.owners, "write", write)
        with pytest.raises(KeyboardInterrupt):
            claims.claim("key", WORK)
    assert not module._open
    assert state(claims.claim("key", WORK)) == "owned"


# ------------------------------------------------------------------------------------------------------- the store's
def test_a_store_lends_its_claims_until_it_is_closed(tmp_path: Path) -> None:
    one, other = open_store(tmp_path / "store"), open_store(tmp_path / "store")
    owner, waiter = one.claim("key", WORK), other.claim("key", WORK)
    assert (owner.owned, waiter.other is not None) == (True, True)
    one.close()
    waiter.wait()
    assert waiter.owned
    assert not owner.owned
    other.close()
    assert list((tmp_path / "store" / "locks" / "flight").iterdir()) == []


def test_everyone_owns_in_a_store_that_is_only_read(tmp_path: Path) -> None:
    open_store(tmp_path / "store").close()
    (tmp_path / "store" / "format").write_text("999\n")
    stores = [open_store(tmp_path / "store") for _ in range(2)]
    assert all(store.read_only for store in stores)
    both = [store.claim("key", WORK) for store in stores]
    assert [claim.owned for claim in both] == [True, True]
    assert not (tmp_path / "store" / "locks" / "flight").exists()
    for store in stores:
        store.close()


def test_a_claim_is_for_the_user_alone_and_no_index_is_touched(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    claim = store.claim("key", WORK)
    flight = tmp_path / "store" / "locks" / "flight"
    assert flight.stat().st_mode & 0o777 == 0o700
    assert next(flight.iterdir()).stat().st_mode & 0o777 == 0o600
    assert len(next(flight.iterdir()).name) == 32
    claim.release(ended=True)
    store.close()


def test_sweeping_removes_what_nobody_holds_once_it_is_old(claims: Claims, tmp_path: Path) -> None:
    held = claims.claim("held", WORK)
    held_path = only_file(tmp_path)
    for name, age in (("old", 7200), ("new", 0)):
        (tmp_path / "flight" / name).write_bytes(b"")
        os.utime(tmp_path / "flight" / name, (time.time() - age,) * 2)
    (tmp_path / "flight" / "folder").mkdir()
    _fifo(tmp_path / "flight" / "fifo")
    (tmp_path / "flight" / "link").symlink_to(held_path)
    os.utime(held_path, (0, 0))
    assert claims.sweep() == 1
    assert sorted(path.name for path in (tmp_path / "flight").iterdir()) == sorted(
        [held_path.name, "new", "folder", "fifo", "link"]
    )
    held.release(ended=True)
    assert Claims(tmp_path / "nothing").sweep() == 0
    assert Claims(None).sweep() == 0


def test_the_lock_is_one_that_other_programs_can_see(claims: Claims, tmp_path: Path) -> None:
    owner = claims.claim("key", WORK)
    with only_file(tmp_path).open("rb") as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        owner.release(ended=True)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
