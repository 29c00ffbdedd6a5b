"""What must add up in a store that nobody is using: files, rows, uses and totals."""

from __future__ import annotations

import os
from pathlib import Path

from cashet_jupyter.store.store import Store


def files_of(path: Path) -> set[str]:
    """The digests of what lies in the shards."""
    top = f"{path}/objects/"  # as text: paths of 256 folders would cost more than reading them
    return {shard + name for shard in os.listdir(top) for name in os.listdir(top + shard)}  # noqa: PTH208


def leaks(store: Store) -> list[str]:
    """Files without a row, rows without a file, rows that nothing refers to, totals that do not add up."""
    bad: list[str] = []
    rows = store.index.rows("SELECT hex(digest), state, inline IS NULL, size FROM blobs")
    known = {digest.lower() for digest, *_ in rows}
    kept = {digest.lower() for digest, _, in_file, _ in rows if in_file}
    files = files_of(store.path)
    if files != kept:
        bad.append(f"LEAK: files without a row {_short(files - kept)}, rows without a file {_short(kept - files)}")
    used = {digest.lower() for (digest,) in store.index.rows("SELECT DISTINCT hex(digest) FROM refs")}
    if used != known:
        bad.append(f"LEAK: rows without a use {_short(known - used)}, uses without a row {_short(used - known)}")
    if condemned := {digest.lower() for digest, state, *_ in rows if state != 0}:
        bad.append(f"LEAK: condemned {_short(condemned)}")
    if left := os.listdir(store.path / "tmp"):  # noqa: PTH208
        bad.append(f"LEAK: temporary files {_short(set(left))}")
    found = store.stats()
    counted = (len(rows), sum(size for *_, size in rows), len(store.log(limit=10**6)))
    if (found.blobs, found.physical, found.commits) != counted:
        bad.append(f"TOTALS: {found}, counted {counted}")
    return bad


def _short(names: set[str]) -> str:
    return f"{len(names)} {sorted(name[:8] for name in names)[:5]}" if names else "0"
