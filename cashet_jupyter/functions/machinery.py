"""The machinery of a cluster in the process of a worker: its event loop draws random numbers, beside the function.

Who drew from Python's one global generator cannot be told afterwards, so a run beside which it changed is not cached
(`trace.recorder`). The libraries that do so in a worker all the time get a generator of their own instead.
"""

from __future__ import annotations

import random
import sys
from functools import lru_cache
from types import ModuleType

#: Python's one global generator
_GLOBAL = getattr(random.random, "__self__", None)
_LIBRARIES = ("dask", "distributed", "tornado")
#: draws on behalf of the user
_NOT = frozenset({"dask.datasets"})


def keep_to_themselves() -> None:
    """Give the modules of these libraries, as far as they are loaded, a `random` of their own; harmless if repeated."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _LIBRARIES and name not in _NOT:
            names = getattr(module, "__dict__", {})
            for key, value in list(names.items()):
                if value is random:
                    names[key] = _own()
                elif getattr(value, "__self__", None) is _GLOBAL:  # `from random import randint`
                    names[key] = getattr(_own(), value.__name__, value)


@lru_cache(maxsize=1)
def _own() -> ModuleType:
    own, generator = ModuleType("random", random.__doc__), random.Random()
    own.__dict__.update(vars(random))
    for name in random.__all__:
        method = getattr(generator, name, None)
        if method is not None and getattr(getattr(random, name), "__self__", None) is not None:
            setattr(own, name, method)
    return own
