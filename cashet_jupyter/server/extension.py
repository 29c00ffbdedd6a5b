"""What the Jupyter server loads."""

from __future__ import annotations

from typing import Any

from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Float

from cashet_jupyter.server import changes, handlers
from cashet_jupyter.server.stores import Stores
from cashet_jupyter.server.watch import SCHEMA, SCHEMA_ID, Watch

_ID = "([0-9a-f]{64})"
_BASE = "/cashet_jupyter/api"


class CashetServer(ExtensionApp):
    """The history of stores, for front ends."""

    name = "cashet_jupyter"
    extension_url = f"{_BASE}/store"

    interval = Float(0.5, config=True, help="Seconds between two looks at a store that somebody looks at.")

    @property
    def _server(self) -> Any:
        return self.serverapp

    def initialize_settings(self) -> None:
        """Open nothing yet: stores are opened when somebody asks."""
        self._stores = Stores()
        self._watch = Watch(self._stores, self._emit, float(self.interval))
        self._events: Any = self._server.event_logger
        self._events.register_event_schema(SCHEMA)
        runtime = getattr(self._server, "runtime_dir", "") or jupyter_runtime_dir()
        self.settings.update(cashet_stores=self._stores, cashet_watch=self._watch, cashet_runtime=runtime)

    def initialize_handlers(self) -> None:
        """The routes."""
        run = f"{_BASE}/runs/{_ID}"
        self.handlers.extend(
            [
                (f"{_BASE}/store", handlers.StoreHandler),
                (f"{_BASE}/runs", handlers.RunsHandler),
                (f"{_BASE}/cells", handlers.CellsHandler),
                (run, handlers.RunHandler),
                (f"{run}/shown", handlers.ShownHandler),
                (f"{run}/lineage", handlers.DescentHandler),
                (f"{run}/versions", handlers.VersionsHandler),
                (f"{_BASE}/diff/{_ID}/{_ID}", handlers.DiffHandler),
                (f"{_BASE}/stats", handlers.StatsHandler),
                (f"{_BASE}/names/([a-z]+)", handlers.NamesHandler),
                (f"{_BASE}/gc", handlers.CollectionHandler),
                (f"{run}/pin", changes.PinHandler),
                (f"{run}/tags", changes.TagsHandler),
                (f"{run}/rm", changes.RemovalHandler),
                (f"{_BASE}/collect", changes.CollectHandler),
            ]
        )

    async def stop_extension(self) -> None:
        """Stop looking, and let go of every store."""
        await self._watch.close()
        self._stores.close()

    def _emit(self, store: str, version: int) -> None:
        self._events.emit(schema_id=SCHEMA_ID, data={"store": store, "version": version})
