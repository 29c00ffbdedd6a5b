"""Settings as text that is the same in every process: what the digest of a hidden state is made of."""

from __future__ import annotations

import re
from typing import Any

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def plain(value: Any) -> str:
    """Everything by which two settings differ."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{plain(key)}:{plain(value[key])}" for key in sorted(value, key=repr)) + "}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}[" + ",".join(plain(item) for item in value) + "]"
    if isinstance(value, set | frozenset):
        return "set[" + ",".join(sorted(plain(item) for item in value)) + "]"
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    code = getattr(value, "__code__", None)
    if code is not None:
        return f"{value.__module__}.{value.__qualname__}{code.co_code.hex()}{_ADDRESS.sub('', repr(code.co_consts))}"
    return f"{type(value).__name__}:{_ADDRESS.sub('', repr(value))}"
