"""The routes that look. Each one needs a user and permission, and tells of one store: that of a notebook or kernel."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from cashet_jupyter.api import recorded, views
from cashet_jupyter.api.contrast import contrast
from cashet_jupyter.api.descent import descent, versions
from cashet_jupyter.api.search import Page, search
from cashet_jupyter.errors import CashetError, Damaged, NotFound
from cashet_jupyter.models import Commit
from cashet_jupyter.server import request
from cashet_jupyter.server.places import Outside, Place, nearest, registered
from cashet_jupyter.server.stores import Stores
from cashet_jupyter.server.watch import Watch
from cashet_jupyter.store.store import Store

#: commits of a collection that are named one by one
_NAMED = 200

_T = TypeVar("_T")


class Looking(APIHandler):
    """What all routes share: finding the store, asking it in a thread, answering in JSON."""

    # A notebook's store is a folder beside it: who may read the one may read the other.
    auth_resource = "contents"

    @property
    def stores(self) -> Stores:
        """The open stores of this server."""
        return self.settings["cashet_stores"]

    @property
    def watch(self) -> Watch:
        """Who looks at what."""
        return self.settings["cashet_watch"]

    def ask(self, name: str) -> str:
        """An argument; empty if there is none."""
        return request.bounded(self.get_query_argument(name, "", strip=False) or "")

    async def place(self) -> Place:
        """The store that the request means. Raises 404 for a path outside, 501 where contents are not files."""
        root = getattr(self.contents_manager, "root_dir", "")
        if not root:
            raise web.HTTPError(501, reason="this server's notebooks are not files: ask the kernel")
        try:
            found = nearest(Path(root), self.ask("path"))
        except Outside:
            raise web.HTTPError(404, reason="no such notebook") from None
        folder = await self._of_kernel()
        return found if folder is None else Place(folder, exists=True, notebooks=found.notebooks)

    async def _of_kernel(self) -> Path | None:
        """The store that the kernel has registered, if the request names a kernel and its user may know of it."""
        kernel = self.ask("kernel")
        if not kernel or kernel not in self.kernel_manager:
            return None
        allowed = await ensure_async(self.authorizer.is_authorized(self, self.current_user, "read", "kernels"))
        runtime = Path(self.settings["cashet_runtime"])
        return registered(runtime, kernel) if allowed else None

    async def of_store(self, question: Callable[[Store], _T]) -> _T:
        """The store's answer to a question. Raises `HTTPError`."""
        place = await self.place()
        if not place.exists:
            raise web.HTTPError(404, reason="nothing is stored yet")
        try:
            return await self.stores.ask(place.folder, question)
        except CashetError as error:
            self.refuse(error)

    def refuse(self, error: CashetError) -> NoReturn:
        """Say what is wrong: 404 for what is not there (any more), 409 for what cannot be read."""
        status = 404 if isinstance(error, NotFound) else 409 if isinstance(error, Damaged) else 503
        self.log.info("cashet: %s", error)
        raise web.HTTPError(status, reason=_one_line(str(error))) from error

    def answer(self, content: object) -> None:
        """Answer in JSON; what is told of a store is nobody else's, and never kept."""
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(content, allow_nan=False, separators=(",", ":")))


def _one_line(text: str) -> str:
    """What may stand in the first line of an answer: no path of the machine's, no line breaks."""
    return text.splitlines()[0].encode("ascii", "replace").decode()[:300] if text else "not possible"


def commit_of(store: Store, id: str) -> Commit:
    """The commit of a whole id. Raises `NotFound`."""
    return store.resolve(id)


class StoreHandler(Looking):
    """Which store it is, and in which version: the answer says whether anything is new. Asking renews the lease."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """`{"store", "version", "exists", "folder"}`; `folder` is relative to the server's, if it is below that."""
        place = await self.place()
        name, version = await self.watch.renew(place.folder)
        self.answer({"store": name, "version": version, "exists": place.exists, "folder": self._shown(place.folder)})

    def _shown(self, folder: Path) -> str:
        root = Path(str(self.contents_manager.root_dir)).resolve()
        return str(folder.relative_to(root)) if folder.is_relative_to(root) else str(folder)


class RunsHandler(Looking):
    """Runs, newest first, by conditions."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """`{"runs", "next"}`; `next` goes into `before` for the next page, and is empty at the end."""
        place = await self.place()
        query = request.query(self.ask, place.notebooks)
        before, limit = request.optional_id(self.ask("before")), request.limit(self.ask)

        def question(store: Store) -> dict[str, Any]:
            found: Page = search(store, query, before=before, limit=limit)
            return {"runs": [views.row(store, commit) for commit in found.commits], "next": found.next}

        self.answer(await self.of_store(question))


class CellsHandler(Looking):
    """The newest run of each cell of a notebook, and the runs that its outputs name.

    A cell may have been restored from a run of another notebook, which only its output tells.
    """

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """`{"cells": {id: line or null}, "runs": {id: line or null}}`, for each argument `cell` and `run`."""
        place = await self.place()
        ids = [request.bounded(id) for id in self.get_query_arguments("cell", strip=False)]
        runs = [request.optional_id(id) for id in self.get_query_arguments("run")]
        if max(len(ids), len(runs)) > request.CELLS:
            raise web.HTTPError(400, reason=f"at most {request.CELLS} cells at once")

        def question(store: Store) -> dict[str, Any]:
            return {
                "cells": {id: _newest(store, id, place.notebooks) for id in ids},
                "runs": {id: _line_of(store, id) for id in runs if id},
            }

        self.answer(await self.of_store(question))


def _line_of(store: Store, id: str) -> dict[str, Any] | None:
    try:
        return views.row(store, commit_of(store, id))
    except CashetError:
        return None


def _newest(store: Store, cell: str, notebooks: tuple[str, ...]) -> dict[str, Any] | None:
    """A copied notebook has the same ids of cells: a run of this very notebook comes first."""
    found = [commit for notebook in notebooks for commit in store.log(cell_id=cell, notebook=notebook, limit=1)]
    found = found or store.log(cell_id=cell, limit=1)
    return views.row(store, max(found, key=lambda commit: commit.created)) if found else None


class RunHandler(Looking):
    """One run: everything that is told of it but what it showed."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:
        """The fields of `views.detail`."""
        self.answer(await self.of_store(lambda store: views.detail(store, commit_of(store, id))))


class ShownHandler(Looking):
    """What a run showed."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:
        """`{"outputs", "more"}`, see `recorded`."""
        self.answer(await self.of_store(lambda store: recorded.shown_of(store, commit_of(store, id))))


class DescentHandler(Looking):
    """What a run was made from, and what was made from it."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:
        """`{"of", "nodes", "edges", "more"}`, see `descent`."""
        self.answer(await self.of_store(lambda store: descent(store, commit_of(store, id))))


class VersionsHandler(Looking):
    """What the cell of a run was before, and since."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:
        """`{"of", "versions", "complete"}`, see `descent.versions`."""
        self.answer(await self.of_store(lambda store: versions(store, commit_of(store, id))))


class DiffHandler(Looking):
    """What differs between two runs."""

    @web.authenticated
    @authorized
    async def get(self, old: str, new: str) -> None:
        """`{"old", "new", "findings", "results"}`, see `contrast`."""
        self.answer(await self.of_store(lambda store: contrast(store, commit_of(store, old), commit_of(store, new))))


class StatsHandler(Looking):
    """What the store holds."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Commits, bytes and their limit, hits, and seconds that they spared."""

        def question(store: Store) -> dict[str, Any]:
            found = store.stats()
            return {
                "commits": found.commits,
                "blobs": found.blobs,
                "logical": found.logical,
                "physical": found.physical,
                "limit": store.limit,
                "hits": found.hits,
                "saved": views.number(found.saved),
                "notices": [views.text(notice, views.LINE) for notice in store.notices[:20]],
            }

        self.answer(await self.of_store(question))


class NamesHandler(Looking):
    """Names that stand in a store, for completion."""

    @web.authenticated
    @authorized
    async def get(self, kind: str) -> None:
        """`{"names"}`: variables, tags (`name=value`) or labels that begin with `prefix`, fifty at most."""
        prefix = self.ask("prefix")

        def question(store: Store) -> dict[str, Any]:
            match kind:
                case "name" | "tag" | "label":
                    return {"names": [views.text(name) for name in store.known(kind, prefix, limit=50)]}
                case _:
                    raise NotFound(f"there are no names of the kind {kind}")

        self.answer(await self.of_store(question))


class CollectionHandler(Looking):
    """What a collection would remove."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """`{"evicted", "more", "freed", "left", "limit"}`; nothing is removed."""
        self.answer(await self.of_store(lambda store: collected(store, store.gc(dry_run=True))))


def collected(store: Store, found: Any) -> dict[str, Any]:
    """What a collection did, or would do."""
    named = [
        {**views.row(store, item.commit), "size": item.size, "why": views.text(item.why)}
        for item in found.evicted[:_NAMED]
    ]
    return {
        "evicted": named,
        "more": max(0, len(found.evicted) - _NAMED),
        "freed": found.freed,
        "left": found.left,
        "limit": found.limit,
    }
