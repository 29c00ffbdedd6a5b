"""A call that nobody has the result of: it runs, and what comes of it is stored."""

from __future__ import annotations

import sys
import time
import traceback
import warnings
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from cashet_jupyter.errors import CashetError, Refused, StoreError
from cashet_jupyter.functions.binding import resolve
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.calling import TimedOut, call, call_within
from cashet_jupyter.functions.commits import Drafted, drafted, failure_of
from cashet_jupyter.functions.failures import ClosureWarning, NotCachedWarning, TaskError
from cashet_jupyter.functions.judging import OwnChange, changed_itself, effects_of, objections, recorder_of
from cashet_jupyter.functions.refs import ResultRef, kept_ref, stored_ref
from cashet_jupyter.functions.returned import dump_changes
from cashet_jupyter.functions.turn import Turn
from cashet_jupyter.models import Commit, Effects
from cashet_jupyter.steps.registries import Registries
from cashet_jupyter.trace.bus import Heard
from cashet_jupyter.trace.recorder import Recorder
from cashet_jupyter.trace.records import Recorded

if TYPE_CHECKING:
    from cashet_jupyter.functions.engine import Engine

#: seconds before the first repetition of a run that failed; each further one waits twice as long, up to the second
_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
#: words for what is changed but what cannot be told further
_OWN = "it changes what it reads itself ({}), so the next call is another one"


@dataclass(slots=True)
class Ended:
    """A run that came to its end."""

    value: Any
    seconds: float
    recorded: Recorded


def run(engine: Engine, call: Call, turn: Turn) -> ResultRef[Any]:
    """Run a call and store it to be served; if something speaks against that, only note that it ran."""
    call.settle()
    call.graph.expand()
    against, registries = objections(call), Registries()
    ended, changes = _attempts(engine, call, watch=True)
    try:
        if against is not None:
            raise against
        effects = effects_of(call, ended.recorded, registries, changes)
        ref = _stored(engine, call, ended, effects)
    except Exception as error:
        why = error if isinstance(error, CashetError) else Refused("", f"{type(error).__name__}: {error}")
        ref = _unserved(engine, call, ended, why)
    turn.landed()
    return ref


def record(engine: Engine, call: Call, why: Refused | StoreError | None) -> ResultRef[Any]:
    """Run a call that is not to be served, and note that it ran."""
    call.settle()
    ended, _ = _attempts(engine, call, watch=False)
    return _unserved(engine, call, ended, why)


# ------------------------------------------------------------------------------------------------------ the run itself
def _attempts(engine: Engine, call_: Call, *, watch: bool) -> tuple[Ended, list[str]]:
    """What the run gave; and, for one that is watched, what attempts that failed have changed."""
    given = resolve(call_.args, call_.kwargs)
    recorder = recorder_of(call_) if watch else None
    pause, changed = _PAUSE, list[str]()
    if recorder is not None:
        recorder.start()
    try:
        for left in range(call_.options.retries, -1, -1):
            began = time.perf_counter()
            try:
                value = _called(call_, recorder, *given)
                seconds = time.perf_counter() - began
                break
            except Exception as error:
                if not left:
                    raise _failed(engine, call_, error, time.perf_counter() - began) from error
                if watch and call_.graph.changed():
                    changed.append("a run that failed before has changed what it was given")
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                given = resolve(call_.args, call_.kwargs)
        else:
            raise AssertionError  # there is always a first attempt
    finally:
        recorded = recorder.stop() if recorder is not None else Recorded()
    return Ended(value, seconds, recorded), changed


def _called(call_: Call, recorder: Recorder | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    seconds = call_.options.timeout
    with Heard():
        if seconds is None:
            return call(call_.func, args, kwargs)
        joined = recorder.join if recorder is not None else _nobody
        return call_within(seconds, joined, call_.func, args, kwargs)


def _nobody(_thread: int) -> None:
    """A run that is not recorded."""


# ---------------------------------------------------------------------------------------------------- what came of it
def _stored(engine: Engine, call_: Call, ended: Ended, effects: Effects) -> ResultRef[Any]:
    changes = dump_changes(effects, call_.graph)
    draft = drafted(engine, call_, ended.value, ended.seconds, ended.recorded, key=call_.key, changes=changes)
    commit = _put(engine, call_, draft)
    if own := changed_itself(call_, effects):
        warnings.warn(f"{call_.name}: {_OWN.format(own)}", ClosureWarning, stacklevel=_level())
    return stored_ref(engine.home, commit, engine.format.read, call_.kinds)


def _put(engine: Engine, call_: Call, draft: Drafted) -> Commit:
    options = call_.options
    return engine.home.store().put(draft.commit, draft.payload, durable=draft.durable, tags=options.tags)


def _unserved(engine: Engine, call_: Call, ended: Ended, why: CashetError | None) -> ResultRef[Any]:
    """The result of a run that is not served: noted in the history if it can be, else kept in memory."""
    if why is not None:
        _warn(call_, why)
    try:
        draft = drafted(engine, call_, ended.value, ended.seconds, Recorded(), key=call_.uncached, why=why)
        return stored_ref(engine.home, _put(engine, call_, draft), engine.format.read, call_.kinds)
    except Exception as error:
        if why is None:
            _warn(call_, error)
        return kept_ref(ended.value, *_of_value(ended.value))


def _of_value(value: Any) -> tuple[str, int]:
    """Content hash and approximate size of a result in memory."""
    from cashet_jupyter.fingerprint.describe import describe
    from cashet_jupyter.fingerprint.values import fingerprint_value

    try:
        found = fingerprint_value(value)
    except Refused:
        found = ""
    return found, describe("", value).size


def _failed(engine: Engine, call_: Call, error: Exception, seconds: float) -> TaskError:
    """Note a run that failed; the error that its caller gets."""
    if isinstance(error, TimedOut):
        text = f"{call_.name} failed: TimeoutError: it took longer than {call_.options.timeout:g} s"
        trace = f"{text}\n"
    else:
        trace = "".join(traceback.format_exception(type(error), error, _below(error.__traceback__)))
        text = f"{call_.name} failed: {type(error).__name__}: {error}\n{trace}"
    try:
        draft = failure_of(engine, call_, trace, seconds)
        _put(engine, call_, draft)
    except Exception as trouble:  # the failure of the function is what matters
        _warn(call_, trouble, "the failure is not in the history")
    return TaskError(text)


def _below(frames: TracebackType | None) -> TracebackType | None:
    """The traceback without the frames of this package, which come first."""
    while frames is not None and frames.tb_frame.f_globals.get("__name__", "").startswith("cashet_jupyter."):
        frames = frames.tb_next
    return frames


# -------------------------------------------------------------------------------------------------------------- words
def _warn(call_: Call, why: Exception, words: str = "the result is not cached") -> None:
    text = str(why)
    if isinstance(why, Refused) and why.advice:
        text = f"{text} - {why.advice}"
    own = isinstance(why, OwnChange)
    warnings.warn(f"{call_.name}: {words}: {text}", ClosureWarning if own else NotCachedWarning, stacklevel=_level())


def _level() -> int:
    """How far up the caller is: the first frame that is not of this package."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("cashet_jupyter."):
        level, frame = level + 1, frame.f_back
    return level
