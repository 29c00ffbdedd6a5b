"""A process that wants what others want at the same time: the whole pipeline without a shell.

What it does is a line in a log (written whole or not at all): `start PID` before a run, `done PID` after a result was
stored, `hit PID`, `ran PID` for a run that stored nothing.
"""

from __future__ import annotations

import ast
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cashet_jupyter import pipeline
from cashet_jupyter.config import CellOptions, Settings
from cashet_jupyter.models import Cell
from cashet_jupyter.session import Session

#: what happens in a run, between its beginning and its end
During = Callable[[], object]


def _nothing() -> None:
    """A run that takes no time."""


class Child:
    """A forked process that runs one function; its exit code says whether that was true."""

    def __init__(self, work: Callable[[], bool]) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            code = 2
            try:
                signal.signal(signal.SIGINT, signal.default_int_handler)
                code = 0 if work() else 1
            except KeyboardInterrupt:
                code = 3
            finally:
                os._exit(code)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Its exit code; negative for the signal that killed it."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Log:
    """What the processes did, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def say(self, word: str) -> None:
        fd = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        os.write(fd, f"{word} {os.getpid()} {time.time()}\n".encode())
        os.close(fd)

    def words(self) -> list[str]:
        return [line.split()[0] for line in self.path.read_text().splitlines()]

    def times(self, word: str) -> list[float]:
        lines = [line.split() for line in self.path.read_text().splitlines()]
        return [float(line[2]) for line in lines if line[0] == word]

    def wait_for(self, word: str, number: int = 1) -> None:
        deadline = time.monotonic() + 30
        while self.words().count(word) < number:
            assert time.monotonic() < deadline, self.words()
            time.sleep(0.002)


def fly(
    log: Log,
    source: str = "x = 41 + 1",
    during: During = _nothing,
    *,
    options: CellOptions | None = None,
    waiting: Callable[[str], None] = lambda _: None,
) -> bool:
    """Run a cell as a kernel does; whether it left what it should."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    session = Session(namespace, Settings(), lambda name, _value: name.startswith("__"))
    tree = ast.parse(source)
    cell = Cell(source, source, None, "work/train.ipynb")
    log.say("want")
    plan = pipeline.decide(pipeline.Request(cell, tree, options or CellOptions(), waiting=waiting), session)
    if isinstance(plan, pipeline.Hit):
        pipeline.restore(plan, session)
        pipeline.restored(plan, session, 0.0)
        log.say("hit")
    elif isinstance(plan, pipeline.Miss):
        log.say("start")
        try:
            during()
            plan.recorder.start()
            exec(compile(tree, "<cell>", "exec"), namespace)
            plan.recorder.stop()
        except ZeroDivisionError:
            plan.let_go(ended=True)
            log.say("ran")
            return True
        except BaseException:
            plan.let_go(ended=False)
            raise
        ended = pipeline.finish(plan, session, seconds=0.5, shown=(), result=())
        if isinstance(ended, pipeline.Storing):
            ended.write()
            ended.settle(session)
            ended = ended.outcome
        log.say("done" if ended.stored else "ran")
    else:
        raise AssertionError(plan.reason)
    session.close()
    return namespace["x"] == 42
