"""A result that somebody else is computing: a `ResultRef` that waits for it where something of it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any, cast

from cashet_jupyter.functions.binding import refs_in
from cashet_jupyter.functions.engine import seen
from cashet_jupyter.functions.failures import TaskError
from cashet_jupyter.functions.refs import ResultRef


class PendingRef(ResultRef[Any]):
    """A handle to a result that is on its way.

    `load()`, `hash`, `size` and `commit_hash` wait for it; they raise `TaskError` if the function fails, its worker
    dies or the call is cancelled.
    """

    __slots__ = ("_future", "_name", "_stop")

    def __init__(self, name: str) -> None:
        self._name = name
        self._future: Future[ResultRef[Any]] = Future()
        self._stop: Callable[[], bool] | None = None

    # ------------------------------------------------------------------------------------------------ while it waits
    def done(self) -> bool:
        """Whether it has come, or never will: nothing waits any more."""
        return self._future.done()

    def cancel(self) -> bool:
        """Give the call up, if it has not begun; whether that was in time. Who waits for it gets a `TaskError`."""
        if self._stop is None:
            return self._given_up()
        if self._future.done() or not self._stop():
            return False
        self._given_up()  # where giving it up has not settled it already
        return True

    def _given_up(self) -> bool:
        if not self._future.cancel():
            return False
        _begun(self._future)  # only then `concurrent.futures.wait` hears of it
        return True

    def result(self, timeout: float | None = None) -> ResultRef[Any]:
        """The finished ref; raises `TaskError`, and `TimeoutError` after so many seconds."""
        try:
            ref = self._future.result(timeout)
        except CancelledError as error:
            raise cancelled(self._name) from error
        seen(ref)
        return ref

    def then(self, act: Callable[[PendingRef], object]) -> None:
        """Do something once it is done: at once if it is."""
        self._future.add_done_callback(lambda _: act(self))

    # ------------------------------------------------------------------------------------------- what a ref can do
    @property
    def hash(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Content hash of the result; waits."""
        return self.result().hash

    @property
    def size(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Bytes that it takes; waits."""
        return self.result().size

    @property
    def commit_hash(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The run; waits."""
        return self.result().commit_hash

    def load(self) -> Any:
        """The result; the same object each time. Waits, and raises `TaskError`, besides what any ref raises."""
        return self.result().load()

    def fresh(self) -> Any:
        """The result as a new object; waits."""
        return self.result().fresh()

    def __repr__(self) -> str:
        if not self.done():
            return f"ResultRef({self._name}, on its way)"
        return repr(self._future.result()) if failure(self) is None else f"ResultRef({self._name}, failed)"

    def __reduce__(self) -> Any:
        return self.result().__reduce__()

    def __cashet_fingerprint__(self) -> object:
        """It counts by its content, for which it waits."""
        return self.result().__cashet_fingerprint__()


def failure(ref: PendingRef) -> BaseException | None:
    """Why a ref that is done will never have a result; None if it has one."""
    if ref._future.cancelled():
        return cancelled(ref._name)
    return ref._future.exception()


def settle(ref: PendingRef, result: ResultRef[Any] | BaseException) -> None:
    """The result, or the reason why there is none; nothing if the call was cancelled meanwhile."""
    if ref._future.done() or not _begun(ref._future):
        return
    if isinstance(result, BaseException):
        ref._future.set_exception(result)
    else:
        ref._future.set_result(result)


def _begun(future: Future[Any]) -> bool:
    try:
        return future.running() or future.set_running_or_notify_cancel()
    except Exception:  # somebody else was first
        return False


def cancelled(name: str) -> TaskError:
    """What a call ends in that was given up."""
    return TaskError(f"{name} was cancelled before it had a result")


def finished(value: Any) -> Any:
    """An argument with finished refs in the places of those that are done, also in lists, tuples and dicts.

    A call counts by the results that it takes, however they came. What holds none is the very object that was given.
    """
    if isinstance(value, PendingRef):
        return value.result()
    if type(value) not in (list, tuple, dict) or not any(
        isinstance(ref, PendingRef) for ref in refs_in({"": value}).values()
    ):
        return value
    if type(value) is dict:
        return {key: finished(item) for key, item in cast("dict[Any, Any]", value).items()}
    return type(value)(finished(item) for item in value)
