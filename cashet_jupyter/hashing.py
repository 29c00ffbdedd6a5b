"""Formats of results and the warning about closures: `from cashet_jupyter.hashing import Serializer`."""

from __future__ import annotations

from cashet_jupyter.functions.failures import ClosureWarning
from cashet_jupyter.functions.serializers import JsonSerializer, PickleSerializer, SafePickleSerializer, Serializer

__all__ = ["ClosureWarning", "JsonSerializer", "PickleSerializer", "SafePickleSerializer", "Serializer"]
