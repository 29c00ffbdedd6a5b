"""The seed library's `Executor` protocol: executors of the user's behind our client, and our engine behind theirs.

An executor of the user's looks up, runs and stores by itself, with the six arguments of its `submit`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cashet_jupyter.digest import digest
from cashet_jupyter.errors import Refused, StoreError
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.engine import Engine
from cashet_jupyter.functions.failures import TaskError
from cashet_jupyter.functions.options import TaskOptions
from cashet_jupyter.functions.refs import ResultRef, stored_ref
from cashet_jupyter.functions.seed.facade import SeedStore
from cashet_jupyter.functions.seed.foreign import ForeignStore
from cashet_jupyter.functions.view import Commit, TaskDef, TaskStatus, view


def task_of(call: Call, options: TaskOptions) -> TaskDef:
    """A call in the shape in which the seed library's executors are told of it."""
    from cashet_jupyter.functions.words import call_text

    digests = call.graph.digests if call.key_or_none else {}
    given = call.argument_digests
    return TaskDef(
        func_hash=digests.get(call.own_name) or call.target.code,
        func_name=call.name,
        func_source=call.target.source,
        args_hash=digest("cashet-arguments", given),
        args_snapshot=call_text(call.arguments).encode("utf-8", "surrogatepass"),
        cache=options.cache and not options.force and bool(call.key_or_none),
        tags=dict(options.tags),
        retries=options.retries,
    )


class Delegated:
    """Hands the calls of a client to an executor of the seed library's protocol.

    It is given the client's store: the user's own where that is of the protocol, else ours behind it.
    """

    at_once = False

    def __init__(self, engine: Engine, executor: Any, serializer: Any) -> None:
        self._engine = engine
        self._executor = executor
        self._seed = SeedStore(engine.home.store, serializer)
        self._seed.engine = engine

    def submit(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions
    ) -> ResultRef[Any]:
        """What the executor gives, as a ref. Raises `TaskError` if the run failed."""
        call = self._engine.call(func, args, kwargs, options)
        task = task_of(call, options)
        own = self._engine.home.store()
        foreign = own if isinstance(own, ForeignStore) else None
        self._seed.expect(task, call)
        given = self._seed if foreign is None else foreign.given
        if foreign is not None:
            foreign.written_with = type(self._seed.serializer).__name__
        commit, _ = self._executor.submit(call.func, args, kwargs, task, given, self._seed.serializer)
        failed = commit.output_ref is None or commit.status is TaskStatus.FAILED
        if foreign is None:
            ours = self._seed.adopted(commit)
        else:
            if foreign.given.get_commit(commit.hash) is None:
                foreign.given.put_commit(commit)
            ours = foreign.model_of(commit)
        if failed:
            msg = f"{call.name} failed: {commit.error}"
            raise TaskError(msg)
        return stored_ref(self._engine.home, ours, self._seed.serializer.loads)

    def close(self) -> None:
        """Nothing: the executor is the user's."""


class LocalExecutor:
    """Runs calls here and now, on our engine: what a client does without an executor.

    An executor of the user's may hand calls on to it. `running_ttl` has no meaning here: a claim ends with its process.
    """

    def __init__(self, running_ttl: Any = None) -> None:
        self.running_ttl = running_ttl

    def submit(
        self,
        func: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        task_def: TaskDef,
        store: Any,
        serializer: Any = None,
    ) -> tuple[Commit, bool]:
        """The commit of a call, and whether it was there before."""
        from cashet_jupyter.functions.backing import engine_on

        options = TaskOptions(task_def.cache, dict(task_def.tags), retries=task_def.retries)
        expected = store.expected(task_def.fingerprint) if isinstance(store, SeedStore) else None
        engine = store.engine if isinstance(store, SeedStore) and store.engine else engine_on(store, serializer)
        options = options if expected is None else expected.options
        call = engine.call(func, args, kwargs, options)
        try:
            there = options.cache and not options.force and engine.find(call).ref
        except (Refused, StoreError):
            there = None
        try:
            ref = there or engine.submit(func, args, kwargs, options)
        except TaskError:
            failed = engine.home.store().find(call.failed, limit=1)
            if not failed:
                raise
            return view(failed[0]), False
        if not ref.stored:
            msg = f"{call.name}: the result cannot be stored, so there is no commit of it"
            raise TaskError(msg)
        return view(engine.home.store().resolve(ref.commit_hash)), bool(there)
