"""The routes that change a store: each one is a POST, which needs XSRF and a permission of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from cashet_jupyter.api import views
from cashet_jupyter.errors import CashetError
from cashet_jupyter.server import request
from cashet_jupyter.server.handlers import Looking, collected, commit_of
from cashet_jupyter.store.store import Store

#: what an authorizer is asked about: who may read notebooks need not be allowed to remove results
RESOURCE = "cashet_jupyter"


class Changing(Looking):
    """What all changes share."""

    auth_resource = RESOURCE

    async def in_store(self, change: Callable[[Store], dict[str, Any]]) -> None:
        """Make a change and answer with what it returns. Raises `HTTPError`."""
        place = await self.place()
        if not place.exists:
            raise web.HTTPError(404, reason="nothing is stored yet")
        try:
            self.answer(await self.stores.change(place.folder, change))
        except CashetError as error:
            self.refuse(error)

    @property
    def content(self) -> Any:
        """The body, a JSON object."""
        return request.body(self.request.body)


class PinHandler(Changing):
    """Keep a run, or let it go with the others."""

    @web.authenticated
    @authorized
    async def post(self, id: str) -> None:
        """Body: `{"pinned": true}`; the answer is the run's line."""
        pinned = request.flag(self.content, "pinned")

        def change(store: Store) -> dict[str, Any]:
            commit = commit_of(store, id)
            return views.row(store, store.pin(commit) if pinned else store.unpin(commit))

        await self.in_store(change)


class TagsHandler(Changing):
    """Put tags on a run, and take them off."""

    @web.authenticated
    @authorized
    async def post(self, id: str) -> None:
        """Body: `{"set": {name: value}, "remove": [name]}`; the answer is the run's line."""
        content = self.content
        added, removed = request.pairs(content, "set"), request.texts(content, "remove")

        def change(store: Store) -> dict[str, Any]:
            commit = commit_of(store, id)
            commit = store.untag(commit, *removed) if removed else commit
            return views.row(store, store.tag(commit, added) if added else commit)

        await self.in_store(change)


class RemovalHandler(Changing):
    """Remove a run."""

    @web.authenticated
    @authorized
    async def post(self, id: str) -> None:
        """The answer is `{"removed": id}`; its cell runs again."""

        def change(store: Store) -> dict[str, Any]:
            store.rm(commit_of(store, id))
            return {"removed": id}

        await self.in_store(change)


class CollectHandler(Changing):
    """Collect."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Body: `{"max_size": bytes, "older_than": seconds}`, or less; the answer is that of the preview."""
        content = self.content
        size, older = request.positive(content, "max_size"), request.positive(content, "older_than")

        def change(store: Store) -> dict[str, Any]:
            found = store.gc(max_size=None if size is None else int(size), older_than=older)
            return collected(store, found)

        await self.in_store(change)
