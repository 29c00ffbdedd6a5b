"""The key of a computation: what runs, on which Python, with which inputs."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from cashet_jupyter.digest import digest
from cashet_jupyter.models import CellAnalysis, Fingerprint, Value

if TYPE_CHECKING:
    from cashet_jupyter.fingerprint.graph import InputGraph

#: grows when the same computation gets another key, so that old entries are never read for new ones
KEY_VERSION = 2

_NONE: Mapping[str, str] = MappingProxyType({})


def fingerprint(
    analysis: CellAnalysis, graph: InputGraph, *, depends: Mapping[str, str] = _NONE, values: Sequence[Value] = ()
) -> Fingerprint:
    """The fingerprint of a cell that is about to run with the inputs of `graph`.

    `depends` maps what the user named (`--depends`) to its digest. `values` describes the inputs for people; it has no
    part in the key.
    """
    key = digest(
        "cashet-key",
        KEY_VERSION,
        sys.implementation.name,
        platform.python_version(),
        analysis.code_key,
        [[name, graph.digests[name]] for name in sorted(graph.digests)],
        graph.joint,
        [[name, depends[name]] for name in sorted(depends)],
    )
    named = tuple(Value(name, depends[name]) for name in sorted(depends))
    return Fingerprint(key=key, code=analysis.code_key, inputs=tuple(values), depends=named)
