"""Stores of these tests lie in memory."""

from __future__ import annotations

from tests.contracts.memory_disk import tmp_path

__all__ = ["tmp_path"]
