"""scipy: sparse matrices and arrays by their parts.

Explicit zeros, duplicate entries and their order count, as they show; what scipy has found out about them
(`has_sorted_indices`, `has_canonical_format` of the compressed formats) does not: the attributes appear when they
are first asked for.
"""

from __future__ import annotations

from typing import Any

import scipy.sparse as sp

from cashet_jupyter.fingerprint.encoder import Encoder, register

#: attributes that are made on access and follow from the parts
DERIVED = frozenset({"_has_sorted_indices", "_has_canonical_format"})


def install() -> None:
    """Register the sparse formats."""
    for name in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil"):
        register(getattr(sp, f"{name}_array"), encode_sparse)
        register(getattr(sp, f"{name}_matrix"), encode_sparse)


def encode_sparse(enc: Encoder, matrix: Any) -> None:
    """Class, shape and the arrays, which a cell can hold by themselves."""
    attributes = {name: value for name, value in vars(matrix).items() if name not in DERIVED}
    enc.attributes({name: attributes[name] for name in sorted(attributes)})
