"""Commits and blobs on disk.

What stands where, from the door inwards:

- the door: `protocol` (the promises), `answers`, `store` and `asking` (the methods), `door` (errors)
- a run goes in and out: `publish`, `uploads` (its bytes, cut into blobs), `reading`; `objects`, `writing`, `stamps`
  (blobs as files, and which were hashed before); `entries`, `records`, `trust` (commits as sealed bytes); `pending`
  (hits that are not written yet)
- the index and the logs that say the same: `index`, `connections`, `schema`, `queries`; `fold` (what a record does),
  `log`, `merge` (all logs in order), `compaction`
- opening, in whatever state it is: `opening`, `layout`, `mounts`, `faults`
- keeping it small and sound: `gc`, `worth`, `described` (what goes), `removal`, `strays`, `ballast`, `upkeep`; `verify`
- several at once: `claims`, `owners` (single flight), `locks`
- archives: `exchange` (export and import), `archive`, `manifest`, `tar`, `incoming`
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """`SQLiteStore`: this store under the seed library's name and with its methods; made of layers far above."""
    if name != "SQLiteStore":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    return import_module("cashet_jupyter.functions.seed.facade").SQLiteStore
