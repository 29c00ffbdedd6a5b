"""networkx: graphs by nodes, edges and their data, in order of insertion.

A graph keeps what its properties made (`adj`, `nodes`, `edges`, `degree`) among its attributes, and results of
backends in a cache; both appear by reading and follow from the rest.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import networkx as nx

from cashet_jupyter.fingerprint.encoder import Encoder, register


def install() -> None:
    """Register graphs; the directed and the multiple ones derive from `Graph`."""
    register(nx.Graph, encode_graph)


def encode_graph(enc: Encoder, graph: Any) -> None:
    """A graph: its attributes, without what was made from them."""
    kind = type(graph)
    names = sorted(name for name in vars(graph) if not _is_made(kind, name))
    enc.attributes({name: vars(graph)[name] for name in names})


def _is_made(kind: type, name: str) -> bool:
    return name == "__networkx_cache__" or isinstance(_static(kind, name), cached_property)


def _static(kind: type, name: str) -> Any:
    for base in kind.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return None
