"""Files that were hashed and have not changed since: they need not be hashed again before they are mapped.

A *stamp* is what would change if a file were written to: device, inode, size, and the two times that the system keeps.
It counts only if the file had not been touched for a moment when it was read, because clocks of files tick in 4 ms or
more; a file that was just written is therefore read once more when nobody works (`settle`). Stamps are kept in the
index for later processes, sealed like records, and for this boot of the machine only: after a power cut a file may
have its times and its size, and other bytes.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import apsw

from cashet_jupyter.models import Blob
from cashet_jupyter.store import records
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.trust import Signer

#: a stamp tells a later change only if it was this old when the file was read
SETTLED = 0.1
#: how many are kept in memory, 200 bytes each
_MOST = 100_000

_KNOWN = """SELECT s.digest, s.stamp, s.seal FROM refs r JOIN stamps s ON s.digest = r.digest
    WHERE r.n = (SELECT n FROM commits WHERE id = ?)"""
_NOTE = "INSERT OR REPLACE INTO stamps SELECT ?1, ?2, ?3 WHERE EXISTS(SELECT 1 FROM blobs WHERE digest = ?1)"

Stamp = tuple[int, int, int, int, int]


def stamp_of(found: os.stat_result) -> Stamp:
    """What would change if the file were written to."""
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class Stamps:
    """The stamps that this process knows; without an index, only its own."""

    def __init__(self, index: Index | None = None, signer: Signer | None = None) -> None:
        self._index = index
        self._signer = signer
        self._known: dict[str, Stamp] = {}
        self._unwritten: dict[str, Stamp] = {}
        self._fresh: dict[Blob, float] = {}

    # --------------------------------------------------------------------------------------------------- in memory
    def holds(self, blob: Blob, found: os.stat_result) -> bool:
        """Whether the file was hashed as it is now."""
        return self._known.get(blob.digest) == stamp_of(found)

    def note(self, blob: Blob, found: os.stat_result, began: float) -> None:
        """A file was hashed, from `began` on (seconds since the epoch), and was sound."""
        if began - found.st_ctime > SETTLED:
            self._keep(blob.digest, stamp_of(found))
            self._unwritten[blob.digest] = stamp_of(found)
            self._fresh.pop(blob, None)

    def wrote(self, blob: Blob) -> None:
        """A file was written just now: it has no stamp before it has settled."""
        if len(self._fresh) < _MOST:
            self._fresh[blob] = time.monotonic()

    def _keep(self, digest: str, stamp: Stamp) -> None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[digest] = stamp

    # ------------------------------------------------------------------------------------------------ files to read
    @property
    def unsettled(self) -> bool:
        """Whether files were written that have no stamp yet."""
        return bool(self._fresh)

    def settle(self, read: Callable[[Blob], object], stop: Callable[[], bool]) -> None:
        """Read what was written, once it is old enough, until `stop()`; `read` notes the stamp or finds damage."""
        for blob, written in list(self._fresh.items()):
            while not stop() and (wait := written + 2 * SETTLED - time.monotonic()) > 0:
                time.sleep(min(wait, 0.02))
            if stop():
                return
            read(blob)
            self._fresh.pop(blob, None)

    # ------------------------------------------------------------------------------------------------ in the index
    def recall(self, id: str, blobs: Iterable[Blob]) -> None:
        """Learn what the index has of the blobs of a commit, if there is anything to learn."""
        if self._signer is None or self._index is None or all(blob.digest in self._known for blob in blobs):
            return
        boot = _boot()
        for digest, packed, seal in self._index.rows(_KNOWN, (bytes.fromhex(id),)) if boot else ():
            if not self._signer.accepts(_sealed(digest, packed), seal):
                continue
            of_boot, *stamp = records.unpack(packed)
            if of_boot == boot and digest.hex() not in self._known:
                self._keep(digest.hex(), (stamp[0], stamp[1], stamp[2], stamp[3], stamp[4]))

    @property
    def due(self) -> bool:
        """Whether there is something to write into the index."""
        return bool(self._unwritten) and self._signer is not None and _boot() is not None

    def write(self, db: apsw.Connection) -> None:
        """Write the new ones into the index; the transaction is the caller's. They are in no log: they can be lost."""
        assert self._signer is not None
        unwritten, self._unwritten = self._unwritten, {}
        for name, stamp in unwritten.items():
            digest, packed = bytes.fromhex(name), records.pack([_boot(), *stamp])
            db.execute(_NOTE, (digest, packed, self._signer.seal(_sealed(digest, packed))))


def _sealed(digest: bytes, packed: bytes) -> bytes:
    """What is sealed: it can be no record, which begins as a map does."""
    return b"stamp" + digest + packed


@functools.cache
def _boot() -> str | None:
    """The name of this run of the machine; None where the system gives it none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip() or None
    except OSError:
        return None
