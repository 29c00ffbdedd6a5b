"""What is cached: functions that do nothing, so that a miss is the cost of the cache alone.

They stand in a module, where every peer can find their source.
"""

from __future__ import annotations

import builtins
from typing import Any


def increment(x: int) -> int:
    """W1: as little as there can be."""
    return x + 1


def prepared(seed: int) -> Any:
    """W2, W4, W5, W6, W7: a value that was made in advance.

    It hangs on `builtins`, a library's module, which no engine takes for a part of the function.
    """
    del seed
    return builtins.benchmark_value  # type: ignore[attr-defined]


def consume(value: Any) -> float:
    """W3, W4, W6: takes something large, gives something small; and leaves a trace of having run."""
    del value
    builtins.benchmark_calls.append(1)  # type: ignore[attr-defined]
    return 1.5


def step(frame: Any, number: int) -> Any:
    """W8: one cell of the chain."""
    return frame + number
