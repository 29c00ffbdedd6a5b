"""How a cell is caught: with IPython's public hooks, so that its body runs natively.

Running a cell from inside a magic (`run_cell` within `%%cashet`) was rejected: it breaks top-level `await`, makes a
success of a failing cell, holds printed text back, and fires every hook twice. Instead, in the order in which
IPython calls them:

1. an input transformer takes the line `%%cashet ...` off (`magics.marks`; it is called several times a cell, so it only
   does that);
2. `pre_run_cell` reads the options from the raw cell and opens a frame;
3. an AST transformer, called once with the parsed cell just before it runs, asks the pipeline: a hit is restored
   and the tree becomes one call that replays what the cell showed; on a miss the tree stays as it is;
4. `post_execute` ends the recording, `post_run_cell` commits a success and drops a failure; a big result is written
   while the user reads it, and `pre_execute` of whatever comes next waits for that (`magics.later`).
"""

from __future__ import annotations

import ast
import contextlib
import sys
import threading
import time
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from IPython.core.error import InputRejected

from cashet_jupyter.errors import CashetError, OptionError
from cashet_jupyter.magics.frame import Frame
from cashet_jupyter.magics.later import Later
from cashet_jupyter.magics.marks import Marks, is_magic_line
from cashet_jupyter.session import Session

if TYPE_CHECKING:
    from cashet_jupyter.magics.cells import Cells


#: seconds after a cell in which its answer is surely sent
_AFTER_ANSWER = 0.02


class Rejected(CashetError, InputRejected):
    """The cell does not run; IPython shows the one line."""


class Catcher:
    """The hooks of one shell."""

    def __init__(self, shell: Any, session: Session) -> None:
        self.shell = shell
        self.session = session
        self.marks = Marks(shell, session)
        self.later = Later(shell, session)
        self._frames: list[Frame] = []
        self._caught = 0
        self._loaded = False
        self._timer: Any = None

    @cached_property
    def cells(self) -> Cells:
        """What is done with those that are marked; it needs nearly all of the project."""
        from cashet_jupyter.magics.cells import Cells

        if self._timer is not None:  # nothing is left to it; a pending timer would count as something that may run
            self._timer.cancel()
        return Cells(self.shell, self.session, self.later, self.post_run_cell)

    def _load_later(self) -> None:
        """Load what a hit needs when the first cell has ended, often the one that loads the extension.

        Not with the extension, which a profile may load into every kernel; not with the first cached cell either, since
        that should be quick. A kernel does it when it has answered and nothing else waits. A thread was rejected: a
        fork while it imports would leave locks that nobody lets go of.
        """
        if self._loaded:
            return
        self._loaded = True
        asyncio = sys.modules.get("asyncio")
        try:
            loop = None if asyncio is None else asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None:  # a terminal, which waits for what is typed
            self._load_the_rest()
        else:
            self._timer = loop.call_later(_AFTER_ANSWER, self._load_the_rest)

    def _load_the_rest(self) -> None:
        with contextlib.suppress(KeyboardInterrupt):  # the first cached cell loads it then
            self.cells  # noqa: B018
            import_module("cashet_jupyter.store.upkeep")  # with the store

    # ------------------------------------------------------------------------------------------- 2. pre_run_cell
    def pre_run_cell(self, info: Any) -> None:
        """Open a frame for the cell, with its options if it is to be cached."""
        thread = threading.get_ident()
        frame = Frame(info, time.perf_counter(), thread)
        for other in self._frames:
            if other.thread != thread and other.options is not None:
                other.others.append("another cell ran at the same time")
        nested = any(other.thread == thread and other.options is not None for other in self._frames)
        self._frames.append(frame)
        if self.session.settings.disable or nested:
            return
        frame.caught = self._caught
        try:
            frame.options = self.marks.options(info.raw_cell)
        except OptionError as error:
            frame.error = error

    # ---------------------------------------------------------------------------------------- 3. AST transformer
    def visit(self, tree: ast.Module) -> ast.Module:
        """The tree that runs: the cell's own, or the replay of a hit."""
        frame = self._current()
        if self.later.interrupted:
            return self._interrupted(frame)
        if frame is None or frame.plan is not None:
            return tree
        if frame.error is not None:
            error, frame.error = frame.error, None
            raise Rejected(str(error)) from None
        if frame.options is None:
            return tree
        try:
            return self.cells.decide(frame, frame.options, tree)
        except KeyboardInterrupt:
            frame.let_go(ended=False)
            return self._interrupted(frame)
        except Exception as error:
            frame.let_go(ended=True)
            self.cells.failed(frame, error)
            return tree
        finally:
            frame.body_started = time.perf_counter()

    def _interrupted(self, frame: Frame | None) -> ast.Module:
        """IPython expects no interrupt before the cell's own code: the cell itself is interrupted instead."""
        self.later.interrupted = False
        if frame is not None and frame.options is not None:
            frame.body_started = time.perf_counter()
            self.cells.interrupted(frame)
        return ast.parse("raise KeyboardInterrupt")

    # -------------------------------------------------------------------------- 4. post_execute and post_run_cell
    def post_execute(self) -> None:
        """End the recording when the body of the current cell has ended (other code fires this event, too)."""
        frame = self._current()
        if frame is None or frame.seconds is not None:
            return
        ended = getattr(self.shell.last_execution_result, "info", None) is frame.info
        if ended:
            self._end_body(frame)

    def _end_body(self, frame: Frame) -> None:
        frame.seconds = time.perf_counter() - frame.body_started
        frame.stop_recording()

    def post_run_cell(self, result: Any) -> None:
        """Commit what a cached cell left, say what became of it, and close its frame."""
        self._load_later()
        frame = self._frame_of(result)
        if frame is None:
            return
        try:
            self._close(frame)
            if frame.options is None and not getattr(result, "success", False):
                # A cell that a cached one ran inside (`%%capture`) has failed, and the magic does not say so.
                for outer in self._frames:
                    outer.others.append("a cell that it ran has failed")
            if frame.plan is None or frame.options is None:
                self._say_if_misplaced(frame)
            else:
                self._caught += 1
                if frame.seconds is None:
                    self._end_body(frame)
                self.cells.conclude(frame, frame.options, result, nested=bool(self._frames))
        finally:
            # Whatever became of it. Only one that was interrupted says nothing about how others would fare.
            frame.let_go(ended=not _was_interrupted(result))

    def _say_if_misplaced(self, frame: Frame) -> None:
        """`%%cashet` below a magic that does not run its body as a cell is taken off, and nobody else would say so."""
        if self.session.settings.disable or frame.caught != self._caught:
            return
        lines = [line.strip() for line in frame.info.raw_cell.splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].startswith("%%") and is_magic_line(lines[1]) and not is_magic_line(lines[0]):
            self.cells.badges.notice(f"{lines[0].split()[0]} runs this cell without the cache; put %%cashet above it")

    def _mine(self) -> list[Frame]:
        thread = threading.get_ident()
        return [frame for frame in self._frames if frame.thread == thread]

    def _frame_of(self, result: Any) -> Frame | None:
        info, mine = getattr(result, "info", None), self._mine()
        # An interrupted asynchronous cell has no result: it was the outermost one.
        return next((frame for frame in mine if frame.info is info), mine[0] if mine and result is None else None)

    def _close(self, frame: Frame) -> None:
        """Take a frame off the stack, and any that were left above it."""
        mine = self._mine()
        above = mine[mine.index(frame) :]
        for stale in above:
            self._frames.remove(stale)
            if stale is not frame:
                stale.let_go(ended=False)
        for stale in above:
            stale.stop_recording()

    def close(self) -> None:
        """Forget the cells that run just now: nobody will tell of their end."""
        for frame in reversed(self._frames):
            frame.stop_recording()
            frame.let_go(ended=False)
        self._frames.clear()

    # ------------------------------------------------------------------------------------------------------ other
    @property
    def busy(self) -> bool:
        """Whether a cell is running."""
        return bool(self._frames)

    def _current(self) -> Frame | None:
        mine = self._mine()
        return mine[-1] if mine else None


def _was_interrupted(result: Any) -> bool:
    if result is None or isinstance(result.error_in_exec, KeyboardInterrupt):
        return True
    tasks = sys.modules.get("asyncio")  # not loaded for this: a terminal may never need it
    return tasks is not None and isinstance(result.error_in_exec, tasks.CancelledError)
