"""Values built from source, where a notebook builds them."""

from __future__ import annotations

import sys
from typing import Any

import cloudpickle

from tests.cases.distinctions import STANDARD
from tests.cases.source import code

__all__ = ["build", "code", "pickled_copy"]


def build(source: str) -> Any:
    """Run `source` in a new namespace called `__main__`, with the standard library at hand; return what `v` is then."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(STANDARD, namespace)
    exec("import abc, array, weakref, contextlib, sys, string, struct, math, logging, threading", namespace)
    exec(source, namespace)
    return namespace["v"]


def pickled_copy(value: Any) -> Any:
    """A copy as another process would get it: cloudpickle would give back this process's own classes."""
    data = cloudpickle.dumps(value)
    internals = sys.modules["cloudpickle.cloudpickle"]
    internals._DYNAMIC_CLASS_TRACKER_BY_ID.clear()
    internals._DYNAMIC_CLASS_TRACKER_BY_CLASS.clear()
    return cloudpickle.loads(data)
