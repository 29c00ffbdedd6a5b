"""How the case files of this folder write their cases: every value is source that binds `v`."""

from __future__ import annotations

from collections.abc import Sequence

from tests.cases.distinctions import Pair, Value


def pairs(library: str, needs: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[Pair]:
    """Pairs from rows of: id, one value, the other value, and what a cell can observe of them (default: `repr(v)`)."""
    return [Pair(f"{library}/{name}", a, b, *observe, needs=needs) for name, a, b, *observe in rows]


def values(library: str, needs: tuple[str, ...], sources: Sequence[str]) -> list[Value]:
    """Values from their sources, which name them."""
    named = enumerate(source.splitlines()[-1] for source in sources)
    return [
        Value(f"{library}/{position}-{name}", source, "type(v)", needs)
        for (position, name), source in zip(named, sources, strict=True)
    ]
