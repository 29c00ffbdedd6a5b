"""The executor that runs calls where they are submitted: `from cashet_jupyter.executor import LocalExecutor`."""

from __future__ import annotations

from cashet_jupyter.functions.seed.executors import LocalExecutor

__all__ = ["LocalExecutor"]
