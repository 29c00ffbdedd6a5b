"""Is it the same computation? Values, functions, classes, modules; the numbered graph of live objects."""

from __future__ import annotations

from cashet_jupyter.fingerprint.encoder import register
from cashet_jupyter.fingerprint.values import fingerprint_value

__all__ = ["fingerprint_value", "register"]
