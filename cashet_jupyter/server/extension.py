"""What the Jupyter server loads."""

from __future__ import annotations

from typing import Any

from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Float

from cashet_jupyter.api.changes import CHANGES
from cashet_jupyter.api.questions import QUESTIONS
from cashet_jupyter.api.routes import pattern
from cashet_jupyter.server import handlers
from cashet_jupyter.server.front_end import missing_front_end
from cashet_jupyter.server.stores import Stores
from cashet_jupyter.server.watch import SCHEMA, SCHEMA_ID, Watch

_BASE = "/cashet_jupyter/api"


class CashetServer(ExtensionApp):
    """The history of stores, for front ends."""

    name = "cashet_jupyter"
    extension_url = f"{_BASE}/store"

    interval = Float(0.25, config=True, help="Seconds between two looks at a store that somebody looks at.")

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
        if advice := missing_front_end():
            self.log.warning(advice)

    def initialize_handlers(self) -> None:
        """The routes: those of `api`, and that which tells of the store itself."""
        self.handlers.append((f"{_BASE}/store", handlers.StoreHandler))
        for table, handler in ((QUESTIONS, handlers.QuestionHandler), (CHANGES, handlers.ChangeHandler)):
            self.handlers.extend((f"{_BASE}/({pattern(route)})", handler) for route in table)

    async def stop_extension(self) -> None:
        """Stop looking, and let go of every store."""
        await self._watch.close()
        self._stores.close()

    def _emit(self, store: str, version: int) -> None:
        self._events.emit(schema_id=SCHEMA_ID, data={"store": store, "version": version})
