"""What is done with a cell that is to be cached; loaded with the first of them, since it needs all of the project."""

from __future__ import annotations

import ast
import builtins
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cashet_jupyter import pipeline
from cashet_jupyter.config import CellOptions
from cashet_jupyter.magics.badge import Badges
from cashet_jupyter.magics.cell import describe_cell, filename_of
from cashet_jupyter.magics.frame import Frame
from cashet_jupyter.magics.later import Later
from cashet_jupyter.magics.waiting import WaitingLine
from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.outputs.replay import replay
from cashet_jupyter.session import Session
from cashet_jupyter.steps.storing import failure

#: the name by which the tree of a hit calls the replay; it exists in builtins while that cell runs
REPLAY = "__cashet_replay__"


class Cells:
    """The cached cells of one shell, between the events that `Catcher` gets."""

    def __init__(self, shell: Any, session: Session, later: Later, event: Callable[..., Any]) -> None:
        self.badges = Badges(shell, session)
        self._shell = shell
        self._session = session
        self._later = later
        self._event = event
        """The callback of `post_run_cell` in which `conclude` is called."""

    # ------------------------------------------------------------------------------------------- before the body
    def decide(self, frame: Frame, options: CellOptions, tree: ast.Module) -> ast.Module:
        """The tree that runs: the cell's own, or the replay of a hit."""
        cell = describe_cell(self._shell, frame.info)
        filename = filename_of(self._shell, frame.info)
        shell = self._shell
        waiting = WaitingLine(shell, quiet=options.quiet)
        request = pipeline.Request(
            cell, tree, options, filename, shell.transform_cell, shell.compile.flags, waiting=waiting
        )
        frame.plan = plan = pipeline.decide(request, self._session)
        if isinstance(plan, pipeline.Hit):
            try:
                pipeline.restore(plan, self._session)
                return self._replay_tree(plan)
            except Exception as error:
                # Nothing has changed: a restore is all or nothing. The cell runs, and is stored anew.
                fresh = replace(request, options=replace(options, refresh=True))
                frame.plan = plan = pipeline.decide(fresh, self._session)
                if isinstance(plan, pipeline.Miss):
                    frame.plan = plan = replace(plan, reason=f"the earlier run could not be restored ({error})")
        if isinstance(plan, pipeline.Miss):
            from cashet_jupyter.outputs.record import Recorder

            frame.recorder = Recorder(self._shell)
            frame.recorder.start()
            plan.recorder.start()
        return tree

    def _replay_tree(self, hit: pipeline.Hit) -> ast.Module:
        def run() -> None:
            delattr(builtins, REPLAY)
            replay(hit.shown, self._shell, hit.effects.result)

        setattr(builtins, REPLAY, run)
        return ast.parse(f"{REPLAY}()")

    def interrupted(self, frame: Frame) -> None:
        """The cell will not come to its own code."""
        frame.plan = pipeline.Plain("interrupted")

    def failed(self, frame: Frame, error: Exception) -> None:
        """The cache cannot do its part: the cell runs without it."""
        frame.plan = pipeline.Plain(failure(error))

    # -------------------------------------------------------------------------------------------- after the body
    def conclude(self, frame: Frame, options: CellOptions, result: Any, *, nested: bool) -> None:
        """Store what a cell left, if it is to be stored, and say what became of it."""
        if hasattr(builtins, REPLAY):
            delattr(builtins, REPLAY)
        found = self._outcome(frame, options, result, nested=nested)
        if found is not None:
            self._session.outcomes.append(found[0])
            self.badges.show(*found, options, once=_once(frame.plan, found[0]))
            for notice in () if options.quiet else self._session.notices():
                self.badges.notice(notice)
            if found[0].stored:
                self._session.look_after()

    def _outcome(
        self, frame: Frame, options: CellOptions, result: Any, *, nested: bool
    ) -> tuple[Outcome, Commit | None] | None:
        """What became of a cell; None if its result is stored while the user reads it."""
        try:
            ended = self._ended(frame, result)
            if isinstance(ended, tuple):
                return ended
            if self._later.may_wait(ended, self._event, nested=nested):
                assert isinstance(frame.plan, pipeline.Miss)
                frame.plan = replace(frame.plan, claim=None)  # others wait for the writer now
                self._session.outcomes.append(ended.outcome)
                self._later.begin(ended, options, self.badges)
                return None
            ended.write()
            ended.settle(self._session)
            return ended.outcome, ended.commit
        except KeyboardInterrupt:
            return Outcome("miss", cell=self._label(frame), not_stored="storing it was interrupted"), None
        except Exception as error:
            return Outcome("miss", cell=self._label(frame), not_stored=failure(error)), None

    def _ended(self, frame: Frame, result: Any) -> tuple[Outcome, Commit | None] | pipeline.Storing:
        plan = frame.plan
        seconds = frame.seconds or 0.0
        label = self._label(frame)
        if result is None or not result.success:
            error = None if result is None else result.error_before_exec or result.error_in_exec
            return Outcome("failed", reason=type(error).__name__ if error else "interrupted", cell=label), None
        if isinstance(plan, pipeline.Hit):
            return pipeline.restored(plan, self._session, time.perf_counter() - frame.started), plan.commit
        if isinstance(plan, pipeline.Plain):
            if plan.code:
                self._session.note_timing(plan.code, seconds)
            reason = f"{plan.reason} - {plan.advice}" if plan.advice else plan.reason
            outcome = Outcome("bypass", reason=reason, cell=label, seconds=seconds, not_stored=reason)
            return replace(outcome, trouble=plan.trouble), None
        assert isinstance(plan, pipeline.Miss)
        assert frame.recording is not None
        refused = frame.recording.refused or "; ".join(dict.fromkeys(frame.others))
        if refused:
            return Outcome("bypass", reason=refused, cell=label, seconds=seconds, not_stored=refused), None
        results = (*frame.recording.earlier, *frame.recording.result)
        ended = pipeline.finish(plan, self._session, seconds=seconds, shown=frame.recording.shown, result=results)
        return (ended, None) if isinstance(ended, Outcome) else ended

    def _label(self, frame: Frame) -> str:
        return describe_cell(self._shell, frame.info).label


def _once(plan: pipeline.Hit | pipeline.Miss | pipeline.Plain | None, outcome: Outcome) -> str:
    """What is said of a cell's code only once in a kernel: that storing it is not worth its while."""
    if isinstance(plan, pipeline.Miss) and plan.not_worth and outcome.not_stored == plan.not_worth:
        return plan.analysis.code_key
    return ""
