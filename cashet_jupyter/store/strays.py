"""Files of a store that belong to nothing: left by writers that were killed, or whose rows were lost."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from cashet_jupyter.models import Blob
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.layout import Layout
from cashet_jupyter.store.removal import Exchanged, removing

#: Seconds for which a file that belongs to no commit is left alone: its commit may be on its way. That spares writers
#: from writing it again; what is right does not depend on it.
GRACE = 3600.0
#: seconds for which damaged pieces are kept for whoever wants to look at them
KEEP_DAMAGED = 86400.0

_AT_ONCE = 200
_HEX = frozenset("0123456789abcdef")


def files(layout: Layout) -> Iterator[Blob]:
    """Whatever stands under `objects/` with the name of a blob, and its size; nothing is opened."""
    for number in range(256):
        shard = f"{number:02x}"
        with contextlib.suppress(OSError), os.scandir(layout.objects / shard) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if len(entry.name) == 62 and set(entry.name) <= _HEX:
                    yield Blob(shard + entry.name, entry.stat(follow_symlinks=False).st_size)


def strays(index: Index, layout: Layout) -> Iterator[Blob]:
    """The files under `objects/` that the index does not know."""
    return (blob for blob in files(layout) if not _known(index, blob))


def remove_strays(index: Index, layout: Layout) -> int:
    """Remove strays, drafts and damaged pieces that have lain there for a while; how many there were."""
    removed = _remove_old(layout.tmp, GRACE)
    suspects = iter(list(strays(index, layout)))
    while batch := list(itertools.islice(suspects, _AT_ONCE)):
        with contextlib.suppress(Exchanged), removing(index) as removal:
            old = [blob for blob in batch if not _known(index, blob) and _age_of(layout, blob) >= GRACE]
            for blob in old:
                removal.take(blob)
            removed += len(old)
    _remove_old(layout.quarantine, KEEP_DAMAGED)
    return removed


def _known(index: Index, blob: Blob) -> bool:
    sql = "SELECT 1 FROM blobs WHERE digest = ?1 UNION ALL SELECT 1 FROM refs WHERE digest = ?1 LIMIT 1"
    return bool(index.rows(sql, (bytes.fromhex(blob.digest),)))


def _age_of(layout: Layout, blob: Blob) -> float:
    return _age(layout.objects / blob.digest[:2] / blob.digest[2:])


def _age(path: Path) -> float:
    """Seconds since the last change of any kind; a rename is one."""
    try:
        return time.time() - path.lstat().st_ctime
    except OSError:
        return 0.0


def _remove_old(folder: Path, age: float) -> int:
    removed = 0
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            if _age(path) >= age:
                _remove(path)
                removed += 1
    return removed


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
