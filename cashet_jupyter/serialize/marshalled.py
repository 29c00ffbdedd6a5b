"""Big plain data in the format of `marshal`: four times as fast as a pickle, and exact for trees of plain data.

Only for what trees.py has proven. For anything else `marshal` is wrong: what has a buffer comes back as bytes, and a
list that two values share comes back as two. Its bytes mean something to the version of Python that wrote them (which
every key names), and bytes that are not its own may crash the interpreter: they are read only from commits of one's
own, after the store has verified them, and never by `loads_data`.
"""

from __future__ import annotations

import marshal
from types import MappingProxyType
from typing import Any

from cashet_jupyter.errors import Damaged

#: of the format, and its name in the header: version 4 writes short text short, and a text that stands many times once
VERSION = 4
#: parts; smaller values are stored as msgpack, which can be read without any risk
FEWEST = 20_000

_KINDS: MappingProxyType[str, type] = MappingProxyType({kind.__name__: kind for kind in (list, dict, tuple)})


def dump(value: Any) -> memoryview:
    """The bytes of a tree of plain data.

    They are a second copy of the value until they are written: smaller than the value, in one piece. `marshal.dump`
    writes to a file, but it makes all the bytes before as well.
    """
    return memoryview(marshal.dumps(value, VERSION))


def load(data: memoryview, version: object, kind: object) -> Any:
    """The value of bytes of `dump`; they are read where they lie.

    `kind` is the name of its type. Raises `Damaged`, or an error of `marshal`, for bytes that are not of `dump`.
    """
    if version != VERSION:
        msg = f"version {version} of marshal is not known"
        raise Damaged(msg)
    value = marshal.loads(data)
    if type(value) is not _KINDS.get(str(kind)):
        msg = f"a {type(value).__name__} where a {kind} should be"
        raise Damaged(msg)
    return value
