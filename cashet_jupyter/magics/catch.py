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
import asyncio
import builtins
import threading
import time
from dataclasses import replace
from typing import Any

from IPython.core.error import InputRejected

from cashet_jupyter import pipeline
from cashet_jupyter.config import CellOptions
from cashet_jupyter.errors import CashetError, OptionError
from cashet_jupyter.magics.badge import Badges
from cashet_jupyter.magics.cell import describe_cell, filename_of
from cashet_jupyter.magics.frame import Frame
from cashet_jupyter.magics.later import Later
from cashet_jupyter.magics.marks import Marks
from cashet_jupyter.magics.options import is_magic_line
from cashet_jupyter.magics.waiting import WaitingLine
from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.outputs.record import Recorder
from cashet_jupyter.outputs.replay import replay
from cashet_jupyter.session import Session
from cashet_jupyter.steps.storing import failure

#: the name by which the tree of a hit calls the replay; it exists in builtins while that cell runs
REPLAY = "__cashet_replay__"


class Rejected(CashetError, InputRejected):
    """The cell does not run; IPython shows the one line."""


class Catcher:
    """The hooks of one shell."""

    def __init__(self, shell: Any, session: Session) -> None:
        self.shell = shell
        self.session = session
        self.marks = Marks(shell, session)
        self.badges = Badges(shell, session)
        self.later = Later(shell, session, self.badges)
        self._frames: list[Frame] = []
        self._caught = 0

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
            return self._decide(frame, frame.options, tree)
        except KeyboardInterrupt:
            frame.let_go(ended=False)
            return self._interrupted(frame)
        except Exception as error:
            frame.let_go(ended=True)
            frame.plan = pipeline.Plain(failure(error))
            return tree
        finally:
            frame.body_started = time.perf_counter()

    def _interrupted(self, frame: Frame | None) -> ast.Module:
        """IPython expects no interrupt before the cell's own code: the cell itself is interrupted instead."""
        self.later.interrupted = False
        if frame is not None and frame.options is not None:
            frame.body_started = time.perf_counter()
            frame.plan = pipeline.Plain("interrupted")
        return ast.parse("raise KeyboardInterrupt")

    def _decide(self, frame: Frame, options: CellOptions, tree: ast.Module) -> ast.Module:
        cell = describe_cell(self.shell, frame.info)
        filename = filename_of(self.shell, frame.info)
        shell = self.shell
        waiting = WaitingLine(shell, quiet=options.quiet)
        request = pipeline.Request(
            cell, tree, options, filename, shell.transform_cell, shell.compile.flags, waiting=waiting
        )
        frame.plan = plan = pipeline.decide(request, self.session)
        if isinstance(plan, pipeline.Hit):
            try:
                pipeline.restore(plan, self.session)
                return self._replay_tree(plan)
            except Exception as error:
                # Nothing has changed: a restore is all or nothing. The cell runs, and is stored anew.
                fresh = replace(request, options=replace(options, refresh=True))
                frame.plan = plan = pipeline.decide(fresh, self.session)
                if isinstance(plan, pipeline.Miss):
                    frame.plan = plan = replace(plan, reason=f"the earlier run could not be restored ({error})")
        if isinstance(plan, pipeline.Miss):
            frame.recorder = Recorder(self.shell)
            frame.recorder.start()
            plan.recorder.start()
        return tree

    def _replay_tree(self, hit: pipeline.Hit) -> ast.Module:
        def run() -> None:
            delattr(builtins, REPLAY)
            replay(hit.shown, self.shell, hit.effects.result)

        setattr(builtins, REPLAY, run)
        return ast.parse(f"{REPLAY}()")

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
        self._stop_recording(frame)

    def _stop_recording(self, frame: Frame) -> None:
        if isinstance(frame.plan, pipeline.Miss):
            frame.plan.recorder.stop()
        if frame.recorder is not None:
            frame.recording = frame.recorder.stop()

    def post_run_cell(self, result: Any) -> None:
        """Commit what a cached cell left, say what became of it, and close its frame."""
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
                self._conclude(frame, frame.options, result)
        finally:
            # Whatever became of it. Only one that was interrupted says nothing about how others would fare.
            frame.let_go(ended=not _was_interrupted(result))

    def _conclude(self, frame: Frame, options: CellOptions, result: Any) -> None:
        self._caught += 1
        if frame.seconds is None:
            self._end_body(frame)
        if hasattr(builtins, REPLAY):
            delattr(builtins, REPLAY)
        found = self._outcome(frame, options, result)
        if found is not None:
            self.session.outcomes.append(found[0])
            self.badges.show(*found, options, once=_once(frame.plan, found[0]))
            self._look_after_store(options)

    def _outcome(self, frame: Frame, options: CellOptions, result: Any) -> tuple[Outcome, Commit | None] | None:
        """What became of a cell; None if its result is stored while the user reads it."""
        try:
            ended = self._ended(frame, result)
            if isinstance(ended, tuple):
                return ended
            if self.later.may_wait(ended, self.post_run_cell, nested=bool(self._frames)):
                assert isinstance(frame.plan, pipeline.Miss)
                frame.plan = replace(frame.plan, claim=None)  # others wait for the writer now
                self.session.outcomes.append(ended.outcome)
                self.later.begin(ended, options)
                return None
            ended.write()
            ended.settle(self.session)
            return ended.outcome, ended.commit
        except KeyboardInterrupt:
            return Outcome("miss", cell=self._label(frame), not_stored="storing it was interrupted"), None
        except Exception as error:
            return Outcome("miss", cell=self._label(frame), not_stored=failure(error)), None

    def _look_after_store(self, options: CellOptions) -> None:
        for notice in () if options.quiet else self.session.notices():
            self.badges.notice(notice)
        self.session.look_after()

    def _say_if_misplaced(self, frame: Frame) -> None:
        """`%%cashet` below a magic that does not run its body as a cell is taken off, and nobody else would say so."""
        if self.session.settings.disable or frame.caught != self._caught:
            return
        lines = [line.strip() for line in frame.info.raw_cell.splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].startswith("%%") and is_magic_line(lines[1]) and not is_magic_line(lines[0]):
            self.badges.notice(f"{lines[0].split()[0]} runs this cell without the cache; put %%cashet above it")

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
            self._stop_recording(stale)

    def close(self) -> None:
        """Forget the cells that run just now: nobody will tell of their end."""
        for frame in reversed(self._frames):
            self._stop_recording(frame)
            frame.let_go(ended=False)
        self._frames.clear()

    def _ended(self, frame: Frame, result: Any) -> tuple[Outcome, Commit | None] | pipeline.Storing:
        plan = frame.plan
        seconds = frame.seconds or 0.0
        label = self._label(frame)
        if result is None or not result.success:
            error = None if result is None else result.error_before_exec or result.error_in_exec
            return Outcome("failed", reason=type(error).__name__ if error else "interrupted", cell=label), None
        if isinstance(plan, pipeline.Hit):
            return pipeline.restored(plan, self.session, time.perf_counter() - frame.started), plan.commit
        if isinstance(plan, pipeline.Plain):
            if plan.code:
                self.session.note_timing(plan.code, seconds)
            reason = f"{plan.reason} - {plan.advice}" if plan.advice else plan.reason
            outcome = Outcome("bypass", reason=reason, cell=label, seconds=seconds, not_stored=reason)
            return replace(outcome, trouble=plan.trouble), None
        assert isinstance(plan, pipeline.Miss)
        assert frame.recording is not None
        refused = frame.recording.refused or "; ".join(dict.fromkeys(frame.others))
        if refused:
            return Outcome("bypass", reason=refused, cell=label, seconds=seconds, not_stored=refused), None
        results = (*frame.recording.earlier, *frame.recording.result)
        ended = pipeline.finish(plan, self.session, seconds=seconds, shown=frame.recording.shown, result=results)
        return (ended, None) if isinstance(ended, Outcome) else ended

    def _label(self, frame: Frame) -> str:
        return describe_cell(self.shell, frame.info).label

    # ------------------------------------------------------------------------------------------------------ other
    @property
    def busy(self) -> bool:
        """Whether a cell is running."""
        return bool(self._frames)

    def _current(self) -> Frame | None:
        mine = self._mine()
        return mine[-1] if mine else None


def _once(plan: pipeline.Hit | pipeline.Miss | pipeline.Plain | None, outcome: Outcome) -> str:
    """What is said of a cell's code only once in a kernel: that storing it is not worth its while."""
    if isinstance(plan, pipeline.Miss) and plan.not_worth and outcome.not_stored == plan.not_worth:
        return plan.analysis.code_key
    return ""


def _was_interrupted(result: Any) -> bool:
    return result is None or isinstance(result.error_in_exec, KeyboardInterrupt | asyncio.CancelledError)
