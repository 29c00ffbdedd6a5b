"""The changes that may be asked for, by route. What is answered is a JSON object, as by a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cashet_jupyter.api import request, routes, views
from cashet_jupyter.api.refusal import Refusal
from cashet_jupyter.errors import CashetError
from cashet_jupyter.store.store import Store

_Body = Mapping[str, Any]
#: what makes a change, once its body was looked at
_Change = Callable[[Store], dict[str, Any]]


def change(store: Store, route: object, body: object) -> dict[str, Any]:
    """Make the change `route`, as `runs/<id>/pin`. Raises `Refusal`; nothing was changed then."""
    asked, parts = routes.find(CHANGES, route)
    made = asked(request.body(body), parts)
    try:
        return made(store)
    except CashetError as error:
        raise Refusal.of(error) from error


def _pin(body: _Body, parts: Sequence[str]) -> _Change:
    """Keep a run, or let it go with the others: `{"pinned": true}`; the answer is the run's line."""
    pinned = request.flag(body, "pinned")

    def made(store: Store) -> dict[str, Any]:
        commit = store.resolve(parts[0])
        return views.row(store, store.pin(commit) if pinned else store.unpin(commit))

    return made


def _tags(body: _Body, parts: Sequence[str]) -> _Change:
    """Tags on and off: `{"set": {name: value}, "remove": [name]}`; the answer is the run's line."""
    added, removed = request.pairs(body, "set"), request.texts(body, "remove")

    def made(store: Store) -> dict[str, Any]:
        commit = store.resolve(parts[0])
        # First what may be refused: a name that cannot be. A tag that is set as well stays.
        commit = store.tag(commit, added) if added else commit
        gone = [name for name in removed if name not in added]
        return views.row(store, store.untag(commit, *gone) if gone else commit)

    return made


def _rm(body: _Body, parts: Sequence[str]) -> _Change:
    """Remove a run, so that its cell runs again; the answer is `{"removed": id}`."""
    del body

    def made(store: Store) -> dict[str, Any]:
        store.rm(store.resolve(parts[0]))
        return {"removed": parts[0]}

    return made


def _collect(body: _Body, parts: Sequence[str]) -> _Change:
    """Collect: `{"max_size": bytes, "older_than": seconds}`, or less; the answer is that of the question `gc`."""
    del parts
    size, older = request.positive(body, "max_size"), request.positive(body, "older_than")

    def made(store: Store) -> dict[str, Any]:
        return views.collected(store, store.gc(max_size=None if size is None else int(size), older_than=older))

    return made


#: route -> what looks at the body and the ids in the route, and gives what makes the change
CHANGES: Mapping[str, Callable[[_Body, Sequence[str]], _Change]] = {
    "runs/ID/pin": _pin,
    "runs/ID/tags": _tags,
    "runs/ID/rm": _rm,
    "collect": _collect,
}
