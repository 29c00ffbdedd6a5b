"""What a store, an executor and a format of your own have to offer: `from cashet_jupyter.protocols import Store`."""

from __future__ import annotations

from cashet_jupyter.functions.seed.protocols import AsyncStore, Executor, Serializer, Store

__all__ = ["AsyncStore", "Executor", "Serializer", "Store"]
