"""The questions that a store answers, by route. An answer is a JSON object in bounds; nothing is changed by any.

A question about the store itself, `store`, is not among them: whoever asks has to find it first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cashet_jupyter.api import recorded, request, routes, views
from cashet_jupyter.api.contrast import contrast
from cashet_jupyter.api.descent import descent, versions
from cashet_jupyter.api.refusal import Refusal
from cashet_jupyter.api.request import Params
from cashet_jupyter.api.search import search
from cashet_jupyter.api.usage import usage
from cashet_jupyter.errors import CashetError
from cashet_jupyter.models import Commit
from cashet_jupyter.store.catalogue import Known
from cashet_jupyter.store.store import Store

#: names that are offered for completion at once
_OFFERED = 50
_KINDS = ("name", "tag", "label", "cell", "notebook")
_NOTICES = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """One question."""

    store: Store
    params: Params
    notebooks: Sequence[str] = ()
    """What kernels may have called the notebook that asks."""
    parts: Sequence[str] = ()
    """What stands in the route: ids of runs, a kind of names."""

    def commit(self, place: int = 0) -> Commit:
        """The run that the route names. Raises `NotFound`."""
        return self.store.resolve(self.parts[place])


def answer(store: Store, route: object, params: Params, notebooks: Sequence[str] = ()) -> dict[str, Any]:
    """The answer to the question `route`, as `runs/<id>/shown`. Raises `Refusal`."""
    question, parts = routes.find(QUESTIONS, route)
    try:
        return question(Asked(store, params, notebooks, parts))
    except CashetError as error:
        raise Refusal.of(error) from error


def _runs(asked: Asked) -> dict[str, Any]:
    """`{"runs", "next"}`: newest first; `next` goes into `before` for the next page, and is empty at the end."""
    query = request.query(asked.params, asked.notebooks)
    before, limit = request.optional_id(asked.params.one("before")), request.limit(asked.params)
    found = search(asked.store, query, before=before, limit=limit)
    return {"runs": [views.row(asked.store, commit) for commit in found.commits], "next": found.next}


def _cells(asked: Asked) -> dict[str, Any]:
    """`{"cells": {id: line or null}, "runs": {id: line or null}}`, for each argument `cell` and `run`.

    A cell may have been restored from a run of another notebook, which only its output tells.
    """
    ids = asked.params.many("cell")
    runs = [request.optional_id(id) for id in asked.params.many("run")]
    if max(len(ids), len(runs)) > request.CELLS:
        raise Refusal(400, f"at most {request.CELLS} cells at once")
    return {
        "cells": {id: _newest(asked, id) for id in ids},
        "runs": {id: _line_of(asked.store, id) for id in runs if id},
    }


def _newest(asked: Asked, cell: str) -> dict[str, Any] | None:
    """A copied notebook has the same ids of cells: a run of this very notebook comes first."""
    store = asked.store
    found = [commit for notebook in asked.notebooks for commit in store.log(cell_id=cell, notebook=notebook, limit=1)]
    found = found or store.log(cell_id=cell, limit=1)
    return views.row(store, max(found, key=lambda commit: commit.created)) if found else None


def _line_of(store: Store, id: str) -> dict[str, Any] | None:
    try:
        return views.row(store, store.resolve(id))
    except CashetError:
        return None


def _stats(asked: Asked) -> dict[str, Any]:
    """Commits, bytes and their limit, hits, and seconds that they spared: in all, and today."""
    store = asked.store
    found = store.stats()
    return {
        "commits": found.commits,
        "blobs": found.blobs,
        "logical": found.logical,
        "physical": found.physical,
        "limit": store.limit,
        "hits": found.hits,
        "saved": views.number(found.saved),
        "today": {"hits": found.today_hits, "saved": views.number(found.today_saved)},
        "notices": [views.text(notice, views.LINE) for notice in store.notices[:_NOTICES]],
    }


def _names(asked: Asked) -> dict[str, Any]:
    """`{"names"}`: variables, tags (`name=value`), labels, ids of cells or notebooks that begin with `prefix`."""
    kind = asked.parts[0]
    if kind not in _KINDS:
        raise Refusal(404, f"there are no names of the kind {kind[:50]}")
    known = asked.store.known(cast("Known", kind), asked.params.one("prefix"), limit=_OFFERED)
    return {"names": [views.text(name, views.LINE) for name in known]}


def _gc(asked: Asked) -> dict[str, Any]:
    """What a collection would remove, to `max_size` bytes or of what is `older_than` so many seconds; see `collected`.

    Nothing is removed.
    """
    size = request.number(asked.params, "max_size", least=0)
    older = request.number(asked.params, "older_than", least=0)
    found = asked.store.gc(max_size=None if size is None else int(size), older_than=older, dry_run=True)
    return views.collected(asked.store, found)


#: route -> what answers it
QUESTIONS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
    "runs": _runs,
    "cells": _cells,
    "runs/ID": lambda asked: views.detail(asked.store, asked.commit()),
    "runs/ID/shown": lambda asked: recorded.shown_of(asked.store, asked.commit()),
    "runs/ID/lineage": lambda asked: descent(asked.store, asked.commit()),
    "runs/ID/versions": lambda asked: versions(asked.store, asked.commit()),
    "diff/ID/ID": lambda asked: contrast(asked.store, asked.commit(0), asked.commit(1)),
    "stats": _stats,
    "storage": lambda asked: usage(asked.store),
    "names/KIND": _names,
    "gc": _gc,
}
