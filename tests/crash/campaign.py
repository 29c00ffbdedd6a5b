"""Many trials of the works of `workloads`: run one in a traced child, meddle with it, look at what it left."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import ptracer, replay
from tests.crash.workloads import Worker, Workload, check, copied, lean

#: what a mutant or a scenario changes for as long as a block runs
Patch = Callable[[], AbstractContextManager[object]]


@dataclass(slots=True)
class Tally:
    """The figures of a campaign."""

    name: str
    trials: int = 0
    points: int = 0
    violations: list[str] = field(default_factory=list[str])
    failed: int = 0
    """Steps that ended in an error of the store, as they should."""
    ends: Counter[str] = field(default_factory=Counter[str])
    began: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        seconds = time.monotonic() - self.began
        parts = [f"{number:,} {end}" for end, number in sorted(self.ends.items())]
        parts += [f"{self.failed:,} errors of the store"] if self.failed else []
        return (
            f"{self.name}: {self.trials:,} trials at {self.points:,} points{' (' if parts else ''}{', '.join(parts)}"
            f"{')' if parts else ''}, {len(self.violations)} violations, {self.trials / seconds:.0f}/s"
        )


class Arena:
    """A folder with one store under test and the stores that works begin with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "store"
        self._templates: dict[str, tuple[Path, list[str]]] = {}
        (folder / "tmp").mkdir()

    def template(self, workload: Workload) -> tuple[Path, list[str]]:
        """The store that a work begins with, and what was acknowledged of it."""
        if workload.name not in self._templates:
            path = self.folder / f"template-{len(self._templates)}"
            self._templates[workload.name] = (path, workload.prepare(path))
            lean(path)
        return self._templates[workload.name]

    def renew(self, workload: Workload) -> list[str]:
        """Put a fresh copy of it in place."""
        template, said = self.template(workload)
        copied(template, self.root)
        return said

    def child(self, workload: Workload, patch: Patch = nullcontext) -> Callable[[int], None]:
        """The work, to be run in a child."""

        def work(fd: int) -> None:
            tempfile.tempdir = str(self.folder / "tmp")
            write = os.write
            with patch():
                workload.work(Worker(self.root, lambda line: write(fd, f"{line}\n".encode()) and None))

        return work

    def points(self, workload: Workload, *, reading: bool = False, patch: Patch = nullcontext) -> list[str]:
        """The calls of an undisturbed run; it must not leave anything wrong either."""
        said = self.renew(workload)
        run = ptracer.run(self.child(workload, patch), reading=reading, limit=60.0)
        lines = [*said, *run.output.decode().splitlines()]
        assert run.exit == 0, (run.exit, run.signal, lines)
        return run.calls

    def trial(
        self,
        workload: Workload,
        fault: ptracer.Fault,
        tally: Tally,
        *,
        patch: Patch = nullcontext,
        checking: Patch = nullcontext,
        reading: bool = False,
        survivor: Callable[[Worker], None] | None = None,
    ) -> list[str]:
        """One run with one fault; what is wrong afterwards.

        A `survivor` has had the store open all along and does something when the child has ended.
        """
        said = self.renew(workload)
        later: list[str] = []
        other = Worker(self.root, later.append)
        if survivor:
            other.open()
        run = ptracer.run(self.child(workload, patch), fault, reading=reading)
        if survivor:
            survivor(other)
            other.close()
        lines = run.output.decode().splitlines() + later
        with checking():
            wrong = check(self.root, [*said, *lines])
        if run.hung:
            wrong.append("HUNG")
        elif run.signal is None and run.exit != 0:
            wrong.append(f"ENDED with {run.exit}")
        tally.trials += 1
        tally.failed += sum(line.startswith("failed") for line in lines)
        tally.ends["hung" if run.hung else "killed" if run.signal else "finished"] += 1
        call = run.calls[fault.at - 1] if fault.at <= len(run.calls) else "none"
        tally.violations += [f"{workload.name}, {fault} at {fault.at} ({call}): {what}" for what in wrong]
        return wrong

    def sweep(
        self,
        workloads: Iterable[Workload],
        faults: Callable[[int, str], Iterator[ptracer.Fault]],
        tally: Tally,
        *,
        stride: int = 1,
        reading: bool = False,
        survivor: Callable[[Worker], None] | None = None,
    ) -> Tally:
        """Every `stride`-th of all faults that `faults` makes of a call's number and name."""
        number = 0
        for workload in workloads:
            calls = self.points(workload, reading=reading)
            tally.points += len(calls)
            for at, name in enumerate(calls, 1):
                for fault in faults(at, name):
                    number += 1
                    if number % stride == 0:
                        self.trial(workload, fault, tally, reading=reading, survivor=survivor)
        return tally

    # ---------------------------------------------------------------------------------------------------- power cuts
    def cut_power(
        self,
        workload: Workload,
        tally: Tally,
        *,
        step: int = 1,
        stride: int = 1,
        extra: int = 3,
        shuffled: bool = False,
        patch: Patch = nullcontext,
        checking: Patch = nullcontext,
    ) -> Iterator[list[str]]:
        """Record a work once, and look at the disks that a power cut may leave at every `step`-th moment.

        The moments right after something was acknowledged are always among them. Of the disks every `stride`-th is
        looked at, and what is wrong with it comes out.
        """
        said = self.renew(workload)
        recorder = replay.record(self.child(workload, patch), self.root)
        pieces = recorder.pieces
        chance, seen = random.Random(workload.name), set[int]()
        moments = [at for at in range(1, len(pieces) + 1) if at % step == 0 or pieces[at - 1].kind == "say"]
        if shuffled:
            chance.shuffle(moments)
        tally.points += len(moments)
        number = 0
        for moment in moments:
            before = pieces[:moment]
            lines = b"".join(piece.data for piece in before if piece.kind == "say").decode().splitlines()
            for disk in replay.disks(before, chance, extra):
                state = hash((len(lines), tuple(at for at, there in enumerate(disk) if there)))
                number += state not in seen
                if state in seen or number % stride:
                    continue
                seen.add(state)
                replay.build(recorder, disk, self.root)
                with checking():
                    wrong = check(self.root, [*said, *lines], power_cut=True)
                tally.trials += 1
                tally.violations += [f"{workload.name}, power cut at {moment}: {what}" for what in wrong]
                yield wrong
