"""Questions to a store, answered in the shape of the seed library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cashet_jupyter import models
from cashet_jupyter.errors import NotFound
from cashet_jupyter.functions.formats import Format
from cashet_jupyter.functions.home import Home
from cashet_jupyter.functions.returned import read_result
from cashet_jupyter.functions.view import Commit, TaskStatus, split_inputs, view
from cashet_jupyter.store.protocol import Store

_PAGE = 200


class Missing(NotFound, KeyError):
    """No run of that name."""

    def __str__(self) -> str:
        return str(self.args[0])


def resolve(store: Store, text: str) -> models.Commit:
    """The one run that a hash, the beginning of one or a tag names. Raises `Missing`, `ValueError` for several."""
    try:
        return store.resolve(text)
    except NotFound as error:
        if "several" in str(error):
            raise ValueError(str(error)) from error
        msg = f"{text}: not found"
        raise Missing(msg) from error


def log(
    store: Store,
    func_name: str | None = None,
    limit: int = 50,
    status: TaskStatus | str | None = None,
    tags: Mapping[str, str | None] | None = None,
) -> list[Commit]:
    """The newest runs of functions, newest first; a tag whose value is None may have any."""
    wanted = TaskStatus(status).value if isinstance(status, str) else None if status is None else status.value
    found: list[Commit] = []
    for commit in _functions(store):
        if len(found) >= limit:
            break
        if func_name is not None and not _is_called(commit, func_name):
            continue
        if wanted is not None and commit.status != ("completed" if wanted == "cached" else wanted):
            continue
        if tags and not all(name in commit.tags and value in (None, commit.tags[name]) for name, value in tags.items()):
            continue
        found.append(view(commit))
    return found


def _functions(store: Store) -> Iterator[models.Commit]:
    last: str | None = None
    while True:
        page = store.log(limit=_PAGE, before=last)
        yield from (commit for commit in page if commit.function)
        if len(page) < _PAGE:
            return
        last = page[-1].id


def _is_called(commit: models.Commit, name: str) -> bool:
    label, function = commit.cell.label, commit.function
    return name in (label, function) or function.rpartition(".")[2] == name or function.endswith(f".{name}")


def show(store: Store, text: str) -> Commit | None:
    """The run that a name stands for; None if there is none. Raises `ValueError` if it stands for several."""
    try:
        return view(resolve(store, text))
    except NotFound:
        return None


def get(home: Home, text: str, format: Format) -> Any:
    """The result of the run that a name stands for. Raises `Missing`."""
    store = home.store()
    commit = resolve(store, text)
    if commit.error:
        msg = f"{text}: not found, because that run failed"
        raise Missing(msg)
    return read_result(store, commit, format.read)


def history(store: Store, text: str) -> list[Commit]:
    """All runs of the same call as one of them, oldest first: same code, same arguments."""
    commit = resolve(store, text)
    _, given = split_inputs(commit)
    found: list[models.Commit] = []
    last: str | None = None
    while True:
        page = store.log(limit=_PAGE, before=last, code=commit.code)
        found += [other for other in page if split_inputs(other)[1] == given]
        if len(page) < _PAGE:
            break
        last = page[-1].id
    return [view(other) for other in reversed(found)]


def diff(home: Home, a: str, b: str, format: Format) -> dict[str, Any]:
    """How two runs differ."""
    raise NotImplementedError
