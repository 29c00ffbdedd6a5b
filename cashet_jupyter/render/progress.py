"""How far something is, in one line."""

from __future__ import annotations

from cashet_jupyter.render import units


def progress_line(what: str, done: int, total: int, unit: str) -> str:
    """`verifying: 340 MB of 1.2 GB (28 %)`, `verifying: 120 of 400 blobs (30 %)`; a `total` of 0 is not known."""
    shown, all_of_it = (units.size(done), units.size(total)) if unit == "bytes" else (str(done), f"{total} {unit}")
    if total <= 0:
        return f"{what}: {shown}" + ("" if unit == "bytes" else f" {unit}")
    return f"{what}: {shown} of {all_of_it} ({100 * min(done, total) // total} %)"
