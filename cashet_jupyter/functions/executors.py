"""Submitting to an executor: threads, processes, loky, Dask's `client.get_executor()`, MPI - whatever has `submit`.

The caller looks the call up; on a miss it goes to the executor, and its ref waits for it. A call that takes the results
of others is sent once they have come, by the callback of the last of them: no worker ever waits for another one's
result, so a pool of one worker is enough for any chain. The engine in the worker claims the key and looks it up again,
so of all workers, clients and kernels one computes.

Threads share the arguments with the caller. To anything else they are sent as they are when they are submitted, and
what the function changes in them reaches nobody.
"""

from __future__ import annotations

import contextvars
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

import cloudpickle

from cashet_jupyter.errors import CashetError, Refused, StoreError
from cashet_jupyter.functions.binding import refs_in
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.engine import Engine
from cashet_jupyter.functions.failures import TaskError
from cashet_jupyter.functions.options import TaskOptions
from cashet_jupyter.functions.pending import PendingRef, cancelled, failure, finished, settle
from cashet_jupyter.functions.refs import ResultRef, kept_ref, stored_ref
from cashet_jupyter.functions.settings import settings_here
from cashet_jupyter.functions.worker import Answer, ElsewhereEngine, Job, function_digest, pack_call, run_job
from cashet_jupyter.store.store import Store
from cashet_jupyter.store.trust import key_file


def shares_memory(executor: Executor) -> bool:
    """Whether what is submitted runs in threads of this interpreter: arguments are shared, not sent."""
    # an InterpreterPoolExecutor is a ThreadPoolExecutor, too, but its interpreters share nothing
    return isinstance(executor, ThreadPoolExecutor) and type(executor).__name__ != "InterpreterPoolExecutor"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call as the user made it."""

    func: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    options: TaskOptions

    def finished(self) -> _Asked:
        """The same with finished refs in the places of those that were on their way."""
        return _Asked(self.func, finished(self.args), finished(self.kwargs), self.options)


class Remote:
    """Submits calls to an executor on behalf of a client."""

    at_once = True

    def __init__(self, engine: Engine, executor: Executor, serializer: Any = None) -> None:
        self._threads = shares_memory(executor)
        self._engine = engine if self._threads else ElsewhereEngine(engine.home, engine.format)
        self._executor = executor
        self._serializer = serializer
        self._lock = threading.Lock()
        self._flying: dict[str, PendingRef] = {}
        """By key: what is asked for again meanwhile is the same ref."""
        self._waiting: set[PendingRef] = set()

    def submit(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions
    ) -> ResultRef[Any]:
        """A ref: finished if the store has the result, else on its way.

        Raises `TaskError` if the call cannot be sent, or one of the refs that it takes has failed already.
        """
        call = self._engine.call(func, args, kwargs, options)
        asked = _Asked(call.func, args, kwargs, options)
        taken = [ref for ref in refs_in(call.arguments).values() if isinstance(ref, PendingRef)]
        for ref in taken:
            if ref.done() and (why := failure(ref)) is not None:
                raise _needs(call.name, ref, why)
        needed = [ref for ref in taken if not ref.done()]
        if needed:
            return self._chained(call, asked, needed)
        if taken:
            asked = asked.finished()
            call = self._engine.call(func, asked.args, asked.kwargs, options)
        return self._looked_up(call, asked)

    def close(self) -> None:
        """Wait for everything that was submitted; what failed says so where it is loaded."""
        while waiting := list(self._waiting):
            wait([ref._future for ref in waiting])

    # ------------------------------------------------------------------------------------------------- on its way
    def _looked_up(self, call: Call, asked: _Asked) -> ResultRef[Any]:
        key = ""
        if asked.options.cache:
            try:
                key = call.key
                found = None if asked.options.force else self._engine.find(call).ref
            except (Refused, StoreError):
                found = None  # the engine in the worker comes to the same, runs it and says why
            if found is not None:
                return found
        with self._lock:
            if key and not asked.options.force and (flying := self._flying.get(key)) is not None:
                return flying
            ref = self._awaited(call.name)
            if key:
                self._flying[key] = ref
                ref.then(lambda _: self._landed(key, ref))
        try:
            self._send(ref, self._task(call, asked, key)())
        except BaseException as error:
            settle(ref, error)
            raise
        return ref

    def _chained(self, call: Call, asked: _Asked, needed: list[PendingRef]) -> PendingRef:
        """A ref of a call that is sent when the others have come."""
        ref, left = self._awaited(call.name), [len(needed)]
        prepared = self._task(call, asked, "")
        ref._stop = lambda: True  # it has not been sent yet

        def come(other: PendingRef) -> None:
            if (why := failure(other)) is not None:
                settle(ref, _needs(call.name, other, why))
            with self._lock:
                left[0] -= 1
                last = not left[0]
            if last and not ref.done():
                try:
                    self._send(ref, prepared())
                except BaseException as error:  # nobody else would hear of it
                    settle(ref, error)

        for other in needed:
            other.then(come)
        return ref

    def _awaited(self, name: str) -> PendingRef:
        ref = PendingRef(name)
        self._waiting.add(ref)
        ref.then(self._waiting.discard)
        return ref

    def _landed(self, key: str, ref: PendingRef) -> None:
        with self._lock:
            if self._flying.get(key) is ref:
                del self._flying[key]

    # ------------------------------------------------------------------------------------------------------ sending
    def _task(self, call: Call, asked: _Asked, key: str) -> Callable[[], tuple[Any, ...]]:
        """What gives, when all refs have come, the function for the executor and its arguments."""
        if self._threads:
            # settings that belong to a context (numpy's print options) hold in the worker as they do here
            context = contextvars.copy_context()
            return lambda: (context.run, *_here(self._engine, asked.finished()))
        try:
            packed, refs = pack_call(asked.func, asked.args, asked.kwargs)
            where = self._where()
            options = replace(asked.options, tags=dict(asked.options.tags))
            function = "" if key else function_digest(call)
            job = Job(
                where, packed, (), options, call.target, self._serializer, key, function,
                key_file=str(key_file().absolute()), settings=settings_here(),
            )  # fmt: skip
            cloudpickle.dumps(job)
        except Exception as error:
            msg = f"{call.name} cannot be sent to a worker: {type(error).__name__}: {error}"
            raise TaskError(msg) from error
        return lambda: (run_job, cloudpickle.dumps(replace(job, refs=[ref.result() for ref in refs])))

    def _where(self) -> Any:
        store = self._engine.home.store()
        return str(self._engine.home.path) if isinstance(store, Store) else store

    def _send(self, ref: PendingRef, task: tuple[Any, ...]) -> None:
        function, *arguments = task
        try:
            future = self._executor.submit(function, *arguments)
        except Exception as error:
            msg = f"{ref._name}: the executor takes no call: {type(error).__name__}: {error}"
            raise TaskError(msg) from error
        ref._stop = future.cancel
        future.add_done_callback(lambda done: settle(ref, self._result(ref._name, done)))

    # ------------------------------------------------------------------------------------------------ what came back
    def _result(self, name: str, future: Future[Any]) -> ResultRef[Any] | BaseException:
        if future.cancelled():
            return cancelled(name)
        error = future.exception()
        if isinstance(error, CashetError | TaskError):
            return error
        if error is not None:
            return _because(TaskError(f"{name}: its worker failed: {type(error).__name__}: {error}"), error)
        try:
            found = future.result()
            return self._answered(name, pickle.loads(found)) if isinstance(found, bytes) else found
        except Exception as trouble:
            return _because(TaskError(f"{name}: its result cannot be read: {trouble}"), trouble)

    def _answered(self, name: str, answer: Answer) -> ResultRef[Any] | BaseException:
        if answer.failed:
            cause = pickle.loads(answer.cause) if answer.cause else None
            return _because(TaskError(answer.failed), cause)
        if not answer.commit:
            return kept_ref(pickle.loads(answer.kept), answer.hash, answer.size)
        store = self._engine.home.store()
        try:
            commit = store.resolve(answer.commit)
        except CashetError as error:
            why = f"{name}: its worker stored the result in {answer.place}, which is not this store's folder: share it"
            return _because(TaskError(why), error)
        if not store.trusted(commit):
            why = f"{name}: its worker signs with another key: give it the same CASHET_KEY_FILE"
            return TaskError(why)
        return stored_ref(self._engine.home, commit, self._engine.format.read)


def _here(engine: Engine, asked: _Asked) -> tuple[Any, ...]:
    return engine.submit, asked.func, asked.args, asked.kwargs, asked.options


def _because(error: TaskError, cause: BaseException | None) -> TaskError:
    error.__cause__ = cause
    return error


def _needs(name: str, other: PendingRef, why: BaseException) -> TaskError:
    return _because(TaskError(f"{name} needs the result of {other._name}, which there is none of: {why}"), why)
