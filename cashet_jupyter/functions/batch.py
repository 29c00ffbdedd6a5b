"""Many calls at once, some of which take the results of others."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, cast

#: what names a call of a batch: its place in the list, or its key in the dict
Key = int | str
#: `client.submit`, with the options of the batch
Submit = Callable[..., Any]


class TaskRef:
    """Stands for the result of another call of the same batch: its index in the list, or its key in the dict."""

    __slots__ = ("key",)

    def __init__(self, key: Key) -> None:
        self.key = key

    def __repr__(self) -> str:
        return f"TaskRef({self.key!r})"


@dataclass(frozen=True, slots=True)
class Task:
    """One call of a batch."""

    key: Key
    func: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    @property
    def needs(self) -> frozenset[Key]:
        """The calls whose results it takes."""
        return frozenset(ref.key for ref in _task_refs([self.args, dict(self.kwargs)]))

    def submitted(self, submit: Submit, done: Mapping[Key, Any]) -> Any:
        """What `submit` gives for it, with the refs of those that it needs."""
        args, kwargs = _filled(self.args, done), _filled(dict(self.kwargs), done)
        return submit(self.func, *args, **kwargs)


def submit_many(submit: Submit, tasks: Any, *, max_workers: int | None = None) -> Any:
    """Submit a list or dict of calls, each after those that it needs; a list or dict of refs in the same order.

    A call is a callable, `(callable, args)` or `(callable, args, kwargs)`. With `max_workers` above one, so many run
    side by side in threads; for an executor, which does that by itself, leave it at one. Everything is looked at before
    anything runs: raises `TypeError` for what is no call, `ValueError` for a `TaskRef` that leads nowhere or in a
    circle. What a call raises is raised once those that run have come to their end.
    """
    workers = checked_workers(max_workers)
    ordered = in_order(read_tasks(tasks))
    if workers == 1:
        done: dict[Key, Any] = {}
        for task in ordered:
            done[task.key] = task.submitted(submit, done)
    else:
        done = _side_by_side(submit, ordered, workers)
    return arranged(tasks, done)


def calls_of(
    func: Callable[..., Any], items: Iterable[Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> list[Any]:
    """The batch of `map(func, items, *args, **kwargs)`: one call for each item, which comes first."""
    return [(func, (item, *args), dict(kwargs)) for item in items]


def arranged(tasks: Any, done: Mapping[Key, Any]) -> Any:
    """The results in the shape of the batch."""
    return {key: done[key] for key in tasks} if isinstance(tasks, dict) else [done[key] for key in range(len(tasks))]


def checked_workers(max_workers: int | None) -> int:
    """How many calls may run side by side; raises `ValueError` for less than one."""
    if max_workers is not None and max_workers < 1:
        raise ValueError("max_workers must be greater than 0")
    return max_workers or 1


def read_tasks(tasks: Any) -> list[Task]:
    """The calls of a batch, checked."""
    if isinstance(tasks, dict):
        return [_task(key, raw) for key, raw in cast("dict[str, Any]", tasks).items()]
    if isinstance(tasks, list | tuple):
        return [_task(key, raw) for key, raw in enumerate(cast("Sequence[Any]", tasks))]
    msg = f"expected a list or a dict of tasks, got {type(tasks).__name__}"
    raise TypeError(msg)


def _task(key: Key, raw: Any) -> Task:
    if callable(raw):
        return Task(key, raw, (), {})
    if not isinstance(raw, tuple):
        raise _wrong(key, "callable or tuple", raw)
    parts = cast("tuple[Any, ...]", raw)
    if len(parts) not in (2, 3):
        msg = f"Task {key!r}: expected a tuple of length 2 or 3, got length {len(parts)}"
        raise TypeError(msg)
    func, args, kwargs = (*parts, {}) if len(parts) == 2 else parts
    if not callable(func):
        raise _wrong(key, "callable", func)
    if not isinstance(args, tuple):
        raise _wrong(key, "args as tuple", args)
    if not isinstance(kwargs, dict):
        raise _wrong(key, "kwargs as dict", kwargs)
    return Task(key, func, cast("tuple[Any, ...]", args), cast("dict[str, Any]", kwargs))


def _wrong(key: Key, expected: str, got: Any) -> TypeError:
    return TypeError(f"Task {key!r}: expected {expected}, got {type(got).__name__}")


def in_order(tasks: Sequence[Task]) -> list[Task]:
    """Each call after those that it needs; raises `ValueError` if there is no such order."""
    by_key = {task.key: task for task in tasks}
    for task in tasks:
        for key in task.needs:
            if key == task.key:
                msg = f"Task {task.key!r} cannot depend on itself"
                raise ValueError(msg)
            if key not in by_key:
                msg = f"TaskRef({key!r}) not found"
                raise ValueError(msg)
    try:
        order = TopologicalSorter({task.key: task.needs for task in tasks}).static_order()
        return [by_key[key] for key in order]
    except CycleError as error:
        circle = " -> ".join(repr(key) for key in error.args[1])
        msg = f"Circular dependency in the batch: {circle}"
        raise ValueError(msg) from None


def _side_by_side(submit: Submit, tasks: Sequence[Task], workers: int) -> dict[Key, Any]:
    """Run the calls in threads; one starts when those that it needs are done."""
    sorter = TopologicalSorter({task.key: task.needs for task in tasks})
    sorter.prepare()
    by_key = {task.key: task for task in tasks}
    done: dict[Key, Any] = {}
    running: dict[Future[Any], Key] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="cashet-batch") as pool:
        try:
            while sorter.is_active():
                for key in sorter.get_ready():
                    context = contextvars.copy_context()
                    running[pool.submit(context.run, by_key[key].submitted, submit, dict(done))] = key
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    key = running.pop(future)
                    done[key] = future.result()
                    sorter.done(key)
        except BaseException:
            for future in running:
                future.cancel()
            raise
    return done


# ------------------------------------------------------------------------------------------------------ references
_CONTAINERS = (list, tuple, dict)
#: what may be a reference, or hold one; the types in a long list are found at C speed
_WORTH_A_LOOK = frozenset({TaskRef, *_CONTAINERS})


def _task_refs(root: Any) -> list[TaskRef]:
    """The task refs in an argument, also inside plain lists, tuples and dicts."""
    found: list[TaskRef] = []
    waiting, seen = [root], set[int]()
    while waiting:
        value = waiting.pop()
        if isinstance(value, TaskRef):
            found.append(value)
        elif type(value) in _CONTAINERS and id(value) not in seen:
            seen.add(id(value))
            items = value.values() if type(value) is dict else value
            if not _WORTH_A_LOOK.isdisjoint(map(type, items)):
                waiting.extend(items)
    return found


def _filled(value: Any, done: Mapping[Key, Any]) -> Any:
    """The argument with the results in the places of the refs; what holds none is the very object that was given."""
    if isinstance(value, TaskRef):
        return done[value.key]
    if type(value) not in _CONTAINERS or not _task_refs(value):
        return value
    if type(value) is dict:
        return {key: _filled(item, done) for key, item in cast("dict[Any, Any]", value).items()}
    return type(value)(_filled(item, done) for item in value)
