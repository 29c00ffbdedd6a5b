"""Any byte of a store may change, any file be cut off or become something else: never wrong bytes, never a hang."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from tests.stress.damage import SWAPS, SWAPS_OF_FILES, Report, State, Subject, Trial, campaign, sample

#: trials of each kind in a short run
_SAMPLE = 30


@dataclass(frozen=True)
class Target:
    """Something that may be damaged."""

    state: State
    name: Callable[[Subject], str]

    def size(self, subject: Subject) -> int:
        """Its length in bytes."""
        return len(subject.snapshot.files[self.name(subject)])


FILES = {
    "blob": Target("closed", lambda subject: subject.blob),
    "index": Target("closed", lambda subject: "index.db"),
    "index of a killed kernel": Target("crashed", lambda subject: "index.db"),
    "write-ahead log": Target("crashed", lambda subject: "index.db-wal"),
    "shared memory": Target("crashed", lambda subject: "index.db-shm"),
    "log": Target("closed", lambda subject: subject.log),
    "log without an index": Target("no index", lambda subject: subject.log),
    "format": Target("closed", lambda subject: "format"),
}
FOLDERS = {
    "shard": Target("closed", lambda subject: subject.blob.rpartition("/")[0]),
    "ballast": Target("closed", lambda subject: "ballast"),
    **{
        name: Target("closed", lambda subject, name=name: name)
        for name in ("objects", "log", "tmp", "locks", "quarantine")
    },
}
#: A store whose folders are links or files is not used, and not touched: it may have come with a cloned repository.
REFUSED = ("objects", "log", "tmp", "locks", "quarantine")
_FOLDERS_AGAIN = ("deleted", "folder", "full folder")


def flips(target: Target, most: int | None) -> Callable[[Subject], Sequence[Trial]]:
    """One bit in each byte, or in some."""
    return lambda subject: [(target.name(subject), "flip", n) for n in sample(target.size(subject), most)]


def cuts(target: Target, most: int | None) -> Callable[[Subject], Sequence[Trial]]:
    """Every length shorter than the whole, or some."""
    return lambda subject: [(target.name(subject), "cut", n) for n in sample(target.size(subject), most)]


def check(report: Report, least: int) -> None:
    """No trial did harm, and each was healed by the second run."""
    assert report.bad == []
    assert report.counts["trials"] >= least
    assert report.counts["healed"] == report.counts["trials"]


@pytest.mark.parametrize("how", [flips, cuts])
@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_or_a_cut_is_a_miss_at_most_and_healed(
    name: str, how: Callable[[Target, int | None], Callable[[Subject], Sequence[Trial]]]
) -> None:
    target = FILES[name]
    report = campaign(how(target, _SAMPLE), target.state)
    check(report, 2 if name == "format" else _SAMPLE)
    if name == "blob":
        assert report.counts["first miss"] == report.counts["trials"]  # `both` shares it: healed by storing `big` again
        assert report.counts["first hit"] == 2 * report.counts["trials"]
    if name in ("index", "write-ahead log", "log"):
        assert report.counts["first hit"] > 2.9 * report.counts["trials"]  # what one holds the others know too


@pytest.mark.soak
@pytest.mark.parametrize("how", [flips, cuts])
@pytest.mark.parametrize("name", FILES)
def test_no_changed_byte_and_no_cut_does_harm(
    name: str,
    how: Callable[[Target, int | None], Callable[[Subject], Sequence[Trial]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = FILES[name]
    report = campaign(how(target, None), target.state, workers=os.cpu_count() or 1)
    with capsys.disabled():
        print(f"\n  {name}, {how.__name__}: {dict(sorted(report.counts.items()))}")
    check(report, 2)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_became_something_else_is_healed(name: str) -> None:
    kinds = [*SWAPS, *SWAPS_OF_FILES]
    target = FILES[name]
    check(campaign(lambda subject: [(target.name(subject), how, 0) for how in possible(kinds)], target.state), 15)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_became_something_else_is_healed_or_refused(name: str) -> None:
    target = FOLDERS[name]
    kinds = [how for how in SWAPS if name != "ballast" or how != "link to the same"]
    report = campaign(lambda subject: [(target.name(subject), how, 0) for how in possible(kinds)], target.state)
    refused = [how for how in possible(kinds) if how not in _FOLDERS_AGAIN] if name in REFUSED else []
    assert report.bad == [f"REFUSED: {[name, how, 0]}" for how in refused]
    assert report.counts["healed"] == report.counts["trials"] - len(refused)


def possible(kinds: Sequence[str]) -> list[str]:
    """Only root can make a device."""
    return [how for how in kinds if how != "device" or os.geteuid() == 0]
