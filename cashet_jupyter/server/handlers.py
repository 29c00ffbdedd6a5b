"""The routes: each needs a user and permission, and is about one store, that of a notebook or kernel.

What is asked and answered is the business of `api`; here a request becomes a question, and an answer a response.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from cashet_jupyter.api.changes import change
from cashet_jupyter.api.questions import answer
from cashet_jupyter.api.refusal import NOTHING, Refusal
from cashet_jupyter.api.request import Params
from cashet_jupyter.errors import CashetError
from cashet_jupyter.server.places import Outside, Place, nearest, registered
from cashet_jupyter.server.stores import Stores
from cashet_jupyter.server.watch import Watch

#: what an authorizer is asked about before a change: who may read notebooks need not be allowed to remove results
RESOURCE = "cashet_jupyter"
#: bytes of a body
_BODY = 64 << 10


class Looking(APIHandler):
    """What all routes share: finding the store, answering in JSON, refusing."""

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

    def params(self) -> Params:
        """What is asked for, by name."""
        arguments = self.request.query_arguments
        return Params({name: self.get_query_arguments(name, strip=False) for name in arguments})

    async def place(self, params: Params) -> Place:
        """The store that is meant. Raises `Refusal`: 404 for a path outside, 501 where contents are not files."""
        root = getattr(self.contents_manager, "root_dir", "")
        if not root:
            raise Refusal(501, "this server's notebooks are not files: ask the kernel")
        try:
            found = nearest(Path(root), params.one("path"))
        except Outside:
            raise Refusal(404, "no such notebook") from None
        folder = await self._of_kernel(params.one("kernel"))
        return found if folder is None else Place(folder, exists=True, notebooks=found.notebooks)

    async def _of_kernel(self, kernel: str) -> Path | None:
        """The store that the kernel has registered, if the request names a kernel and its user may know of it."""
        if not kernel or kernel not in self.kernel_manager:
            return None
        allowed = await ensure_async(self.authorizer.is_authorized(self, self.current_user, "read", "kernels"))
        runtime = Path(self.settings["cashet_runtime"])
        return registered(runtime, kernel) if allowed else None

    async def existing(self, params: Params) -> Place:
        """The same, where something is stored. Raises `Refusal`."""
        place = await self.place(params)
        if not place.exists:
            raise Refusal(404, NOTHING)
        return place

    def answer(self, content: object) -> None:
        """Answer in JSON; what is told of a store is nobody else's, and never kept."""
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(content, allow_nan=False, separators=(",", ":")))


@contextlib.contextmanager
def refusing() -> Generator[None]:
    """What is refused becomes an answer of that status."""
    try:
        yield
    except CashetError as error:
        raise _http_error(Refusal.of(error)) from error
    except Refusal as refusal:
        raise _http_error(refusal) from refusal


def _http_error(refusal: Refusal) -> web.HTTPError:
    return web.HTTPError(refusal.status, reason=refusal.reason)


class StoreHandler(Looking):
    """Which store it is, and in which version: the answer says whether anything is new. Asking renews the lease."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """`{"store", "version", "exists", "folder"}`; `folder` is relative to the server's, if it is below that."""
        with refusing():
            place = await self.place(self.params())
            name, version = await self.watch.renew(place.folder)
            self.answer(
                {"store": name, "version": version, "exists": place.exists, "folder": self._shown(place.folder)}
            )

    def _shown(self, folder: Path) -> str:
        root = Path(str(self.contents_manager.root_dir)).resolve()
        return str(folder.relative_to(root)) if folder.is_relative_to(root) else str(folder)


class QuestionHandler(Looking):
    """What `api.questions` answers."""

    @web.authenticated
    @authorized
    async def get(self, route: str) -> None:
        """The answer to the question of that route."""
        with refusing():
            params = self.params()
            place = await self.existing(params)
            self.answer(
                await self.stores.ask(place.folder, lambda store: answer(store, route, params, place.notebooks))
            )


class ChangeHandler(Looking):
    """What `api.changes` makes: each one is a POST, which needs XSRF and a permission of its own."""

    auth_resource = RESOURCE

    @web.authenticated
    @authorized
    async def post(self, route: str) -> None:
        """Make the change of that route, as the body says; the answer tells what came of it."""
        with refusing():
            place = await self.existing(self.params())
            body = self._content()
            self.answer(await self.stores.change(place.folder, lambda store: change(store, route, body)))

    def _content(self) -> Any:
        """The body, which is JSON."""
        data = self.request.body
        if len(data) > _BODY:
            raise Refusal(413, "the body is too big")
        try:
            return json.loads(data or b"{}")
        except (ValueError, RecursionError) as error:
            raise Refusal(400, "the body is not JSON") from error
