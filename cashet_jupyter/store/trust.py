"""Who wrote an entry: a MAC by a key that only this user has.

A store may have come with a cloned repository or lie in a shared folder, and what it holds is unpickled. So an entry
counts only if it carries a *seal*: a short name of its author's key and a keyed BLAKE3 over the whole record. The
record is one canonical, length-prefixed, typed encoding and holds the key of the computation and every blob's digest
and size, so a sealed result can neither be moved to another key nor be given other bytes.
"""

from __future__ import annotations

import hmac
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from blake3 import blake3

from cashet_jupyter.digest import encode
from cashet_jupyter.errors import StoreError
from cashet_jupyter.store.layout import write_once

KEY_BYTES = 32
SIGNER_BYTES = 8
SEAL_BYTES = SIGNER_BYTES + 32

_CONTEXT = "cashet_jupyter store seal, version 1"
_SIGNER_CONTEXT = "cashet_jupyter store signer, version 1"


class Signer:
    """Seals records and recognises its own seals."""

    __slots__ = ("_head", "_key", "name")

    def __init__(self, key: bytes) -> None:
        #: derived, so that a key of any length serves and the same secret can be used for other purposes
        self._key = blake3(key, derive_key_context=_CONTEXT).digest()
        self.name = blake3(key, derive_key_context=_SIGNER_CONTEXT).digest()[:SIGNER_BYTES]
        #: what is sealed is `encode(("cashet-record", 1, name, record))`; this is all of it but the record's length and
        #: the record, made once (2 us instead of 15 for each)
        self._head = encode(("cashet-record", 1, self.name, b""))[:-8]

    def seal(self, record: bytes) -> bytes:
        """The seal of a record: 8 bytes that name the author's key, 32 bytes of MAC."""
        message = self._head + len(record).to_bytes(8, "little") + record
        return self.name + blake3(message, key=self._key).digest()

    def accepts(self, record: bytes, seal: bytes) -> bool:
        """Whether this key made the seal, over exactly this record."""
        return hmac.compare_digest(self.seal(record), seal)


def key_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the user's key lives: `CASHET_KEY_FILE`, else the user's data directory."""
    named = environ.get("CASHET_KEY_FILE")
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("cashet")) / "secret"


def load_key(environ: Mapping[str, str] = os.environ) -> bytes:
    """The user's own key, made on the first call ever.

    Raises `StoreError` if it can neither be read nor made: without a key nothing that is stored could be trusted later.
    """
    path = key_file(environ)
    try:
        return _read(path) or _make(path)
    except OSError as error:
        msg = f"the key {path} can neither be read nor made ({error.strerror}); set CASHET_KEY_FILE to a file of yours"
        raise StoreError(msg) from error


def _read(path: Path) -> bytes | None:
    deadline = time.monotonic() + 1.0
    while True:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        with os.fdopen(fd, "rb") as file:
            found = os.fstat(file.fileno())
            if found.st_mode & 0o077 and found.st_uid == os.geteuid():
                os.fchmod(file.fileno(), 0o600)
            key = file.read(KEY_BYTES + 1)
        if len(key) == KEY_BYTES:
            return key
        if len(key) > KEY_BYTES or time.monotonic() > deadline:
            msg = f"the key {path} does not hold {KEY_BYTES} bytes: remove it, and results made so far are not reused"
            raise StoreError(msg)
        time.sleep(0.01)  # where hard links are missing, another process may be writing it at this moment


def _make(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_once(path, secrets.token_bytes(KEY_BYTES), path.parent)
    key = _read(path)  # not the one just drawn: another process may have been first
    if key is None:
        raise FileNotFoundError(2, os.strerror(2), str(path))
    return key
