"""Questions to a store, answered in the shape of the seed library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cashet_jupyter import models
from cashet_jupyter.errors import CashetError, NotFound
from cashet_jupyter.functions.formats import Format
from cashet_jupyter.functions.home import Home
from cashet_jupyter.functions.returned import read_result
from cashet_jupyter.functions.view import SHORT, Commit, TaskStatus, output_of, split_inputs, view
from cashet_jupyter.history import naming
from cashet_jupyter.history.log import is_function, pages
from cashet_jupyter.store.protocol import Store

_WHOLE = re.compile(r"[0-9a-f]{64}")
_BEFORE = re.compile(r"@\{\d+\}$")
#: bytes of results above which a comparison does not show them
SHOWN = 10 << 20
_LONGEST = 10_000


class Missing(NotFound, KeyError):
    """No run of that name."""

    def __str__(self) -> str:
        return str(self.args[0])


def find(store: Store, text: str) -> models.Commit:
    """The run that a hash, the beginning of one, or a name stands for; see `history.naming`.

    A part of a cell's text is no name here: programs remove what they name. Raises `Missing` if there is none,
    `ValueError` if there are several.
    """
    msg = f"{text!r}: not found"
    try:
        found = store.resolve(text) if _WHOLE.fullmatch(text) else naming.find(store, text)
    except naming.Ambiguous as error:
        raise ValueError(str(error)) from error
    except NotFound as error:
        raise Missing(msg) from error
    if not _is_named(found, text):
        raise Missing(msg)
    return found


def _is_named(commit: models.Commit, text: str) -> bool:
    """Whether a text is a name of a run, not only a part of its label."""
    name = _BEFORE.sub("", text).removesuffix("()")
    tag, _, value = name.partition("=")
    return bool(name) and (
        commit.id.startswith(name.lower())
        or commit.cell.label == name
        or is_function(commit.function, name)
        or any(output.name == name for output in commit.outputs)
        or (tag in commit.tags and value in ("", commit.tags[tag]))
    )


def log(
    store: Store,
    func_name: str | None = None,
    limit: int = 50,
    status: TaskStatus | str | None = None,
    tags: Mapping[str, str | None] | None = None,
) -> list[Commit]:
    """The newest runs of functions, newest first; a tag whose value is None may have any."""
    wanted = status if status is None else _status(status)
    found: list[Commit] = []
    for commit in functions(store):
        if len(found) >= limit:
            break
        named = func_name is None or commit.cell.label == func_name or is_function(commit.function, func_name)
        if named and _has_status(commit, wanted) and has_tags(commit, tags or {}):
            found.append(view(commit))
    return found


def _status(status: TaskStatus | str) -> TaskStatus:
    try:
        return TaskStatus(status)
    except ValueError as error:
        known = ", ".join(known.value for known in TaskStatus)
        msg = f"Invalid status {status!r}; there are {known}"
        raise ValueError(msg) from error


def functions(store: Store) -> Iterator[models.Commit]:
    """The runs of functions, newest first."""
    return (commit for commit in pages(store) if commit.function)


def _has_status(commit: models.Commit, wanted: TaskStatus | None) -> bool:
    if wanted is None:
        return True
    return commit.status == ("completed" if wanted is TaskStatus.CACHED else wanted.value)


def has_tags(commit: models.Commit, tags: Mapping[str, str | None]) -> bool:
    """Whether a run has all of some tags; one whose value is None may have any."""
    return all(name in commit.tags and value in (None, commit.tags[name]) for name, value in tags.items())


def show(store: Store, text: str) -> Commit | None:
    """The run that a name stands for; None if there is none. Raises `ValueError` if it stands for several."""
    try:
        return view(find(store, text))
    except NotFound:
        return None


def get(home: Home, text: str, format: Format) -> Any:
    """The result of the run that a name stands for. Raises `Missing`."""
    store = home.store()
    commit = find(store, text)
    if commit.error:
        msg = f"{text}: a result was not found, because that run failed"
        raise Missing(msg)
    return read_result(store, commit, format.read)


def history(store: Store, text: str) -> list[Commit]:
    """All runs of the same call as one of them, oldest first: the same code with the same arguments.

    Empty if there is no run of that name.
    """
    try:
        commit = find(store, text)
    except NotFound:
        return []
    given = split_inputs(commit)[1]
    same = [other for other in pages(store, code=commit.code) if split_inputs(other)[1] == given]
    return [view(other) for other in reversed(same)]


def remove(store: Store, text: str) -> bool:
    """Remove the run that a name stands for; whether there was one."""
    try:
        store.rm(find(store, text))
    except NotFound:
        return False
    return True


def stats(store: Store) -> dict[str, Any]:
    """Counts and sizes, under the seed library's names and ours."""
    found = store.stats()
    failed = sum(1 for commit in functions(store) if commit.error)
    return {
        "total_commits": found.commits,
        "completed_commits": found.commits - failed,
        "failed_commits": failed,
        "stored_objects": found.blobs,
        "disk_bytes": found.physical,
        "logical_bytes": found.logical,
        "hits": found.hits,
        "saved_seconds": found.saved,
    }


# ------------------------------------------------------------------------------------------------------------ compare
def diff(home: Home, a: str, b: str, format: Format) -> dict[str, Any]:
    """How two runs differ: function, arguments, results. Raises `Missing`."""
    store = home.store()
    one, other = find(store, a), find(store, b)
    seen, also = view(one), view(other)
    first, second = seen.task_def, also.task_def
    found: dict[str, Any] = {
        "a": _head(seen),
        "b": _head(also),
        "func_changed": first.func_hash != second.func_hash,
        "args_changed": first.args_hash != second.args_hash,
        "output_changed": _output_hash(one) != _output_hash(other),
    }
    if first.func_source != second.func_source:
        found["source_diff"] = {"a_source": first.func_source, "b_source": second.func_source}
    if first.args_snapshot != second.args_snapshot:
        found["args_diff"] = {"a_args": one.arguments, "b_args": other.arguments}
    if found["output_changed"]:
        found |= _outputs(store, {"a": one, "b": other}, format)
    return found


def _head(commit: Commit) -> dict[str, str]:
    name, moment = commit.task_def.func_name, commit.created_at.isoformat()
    return {"hash": commit.hash[:SHORT], "func": name, "time": moment}


def _output_hash(commit: models.Commit) -> str:
    output = output_of(commit)
    return output.hash if output is not None else ""


def _outputs(store: Store, runs: Mapping[str, models.Commit], format: Format) -> dict[str, Any]:
    """Both results as text, or, where they are large or cannot be read, their sizes."""
    sizes = {f"{side}_output_size": (ref.size if (ref := output_of(run)) else 0) for side, run in runs.items()}
    if any(size > SHOWN for size in sizes.values()):
        return sizes
    texts = {f"{side}_output_repr": _text(lambda run=run: _result(store, run, format)) for side, run in runs.items()}
    return {**texts, **sizes}


def _result(store: Store, commit: models.Commit, format: Format) -> Any:
    return read_result(store, commit, format.read) if not commit.error else None


def _text(load: Callable[[], Any]) -> str:
    try:
        text = repr(load())
    except CashetError as error:
        return f"<{error}>"
    except Exception as error:  # a `__repr__` of the user's
        return f"<{type(error).__name__}: {error}>"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
