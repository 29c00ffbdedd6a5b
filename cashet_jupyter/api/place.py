"""Which state a store is in, for those who ask again and again whether anything is new."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from pathlib import Path

from cashet_jupyter.api.stores import OpenStores, is_store
from cashet_jupyter.errors import CashetError

#: stores that are remembered; that which was asked about longest ago is forgotten
_MOST = 64


class Names:
    """What stores are called towards front ends, while the process runs: a name tells nothing of where a store is."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def of(self, folder: Path) -> str:
        """The name of a store."""
        return hmac.new(self._secret, str(folder).encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()[:32]


class Versions:
    """Counts the changes of stores, as far as anybody asks; to be used from any thread."""

    def __init__(self, stores: OpenStores) -> None:
        self._stores = stores
        self._names = Names()
        self._lock = threading.Lock()
        self._known: dict[Path, tuple[object, int]] = {}

    def of(self, folder: Path) -> tuple[str, int]:
        """The name of a store and its version, which is another one once anything was stored, changed or removed.

        A folder without a store has one, too: it changes when a store comes or goes.
        """
        seen = self._look(folder)
        with self._lock:
            before, version = self._known.pop(folder, (seen, 0))
            version += before != seen
            self._known[folder] = seen, version
            while len(self._known) > _MOST:
                del self._known[next(iter(self._known))]
        return self._names.of(folder), version

    def _look(self, folder: Path) -> object:
        if not is_store(folder):
            return None
        try:
            with self._stores.looking(folder) as store:
                return store.state()
        except CashetError as error:
            return str(error)
