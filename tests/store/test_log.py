"""The log gives back every whole record, whatever happened to the others."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from unittest import mock

import pytest

from cashet_jupyter.store import log

BODIES = [b"", b"one", log.MAGIC * 3, bytes(5000), b"last"]


def write(folder: Path) -> Path:
    session = log.SessionLog(folder)
    for body in BODIES:
        session.append(body, durable=False)
    session.close()
    return folder / session.name


def test_records_come_back_in_order(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert list(log.read(path)) == BODIES
    assert log.sizes(tmp_path) == {path.name: path.stat().st_size}
    start = len(log.frame(BODIES[0])) + len(log.frame(BODIES[1]))
    assert list(log.read(path, start)) == BODIES[2:]


def test_a_torn_tail_is_left_out_at_every_length(tmp_path: Path) -> None:
    path = write(tmp_path)
    whole = path.read_bytes()
    ends = [sum(len(log.frame(body)) for body in BODIES[: n + 1]) for n in range(len(BODIES))]
    for length in {*range(0, 200), *range(200, len(whole), 37), *ends, *(end - 1 for end in ends)}:
        path.write_bytes(whole[:length])
        assert list(log.read(path)) == BODIES[: sum(end <= length for end in ends)]


def test_a_damaged_record_does_not_hide_the_others(tmp_path: Path) -> None:
    path = write(tmp_path)
    whole = path.read_bytes()
    for offset in {*range(0, 250), *range(250, len(whole), 41)}:
        damaged = bytearray(whole)
        damaged[offset] ^= 0x10
        path.write_bytes(bytes(damaged))
        found = list(log.read(path))
        assert len(found) == len(BODIES) - 1
        assert all(body in BODIES for body in found)


def test_what_is_appended_after_a_torn_record_is_found(tmp_path: Path) -> None:
    path = write(tmp_path)
    with path.open("ab") as file:
        file.write(log.frame(b"torn" * 100)[:77])
        file.write(log.frame(b"after"))
    assert list(log.read(path)) == [*BODIES, b"after"]


def test_a_failed_append_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = log.SessionLog(tmp_path)
    size = session.append(b"first", durable=True)
    real = os.write
    calls: list[int] = []

    def full(fd: int, data: bytes) -> int:
        calls.append(fd)
        if len(calls) > 1:
            raise OSError(28, os.strerror(28))
        return real(fd, data[:10])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            session.append(b"second", durable=False)
    assert (tmp_path / session.name).stat().st_size == size
    session.append(b"third", durable=False)
    assert list(log.read(tmp_path / session.name)) == [b"first", b"third"]
    session.close()


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EIO, errno.EACCES, errno.ENOMEM])
def test_a_log_that_cannot_be_opened_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    (tmp_path / "a.log").write_bytes(log.frame(b"record"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", mock.Mock(side_effect=OSError(code, os.strerror(code))))
        with pytest.raises(OSError, match=os.strerror(code)):
            list(log.read(tmp_path / "a.log"))
    assert list(log.read(tmp_path / "a.log")) == [b"record"]


@pytest.mark.parametrize("kind", ["pipe", "folder", "link"])
def test_what_is_no_log_is_left_out(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.log"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        (tmp_path / "target").write_bytes(log.frame(b"body"))
        path.symlink_to(tmp_path / "target")
    assert list(log.read(path)) == []
    assert log.sizes(tmp_path) == {}


def test_a_log_that_went_away_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(log.read(tmp_path / "x.log"))
