"""The digest of a column does not depend on how it lies in memory."""

from __future__ import annotations

import pytest
from blake3 import blake3

from cashet_jupyter.fingerprint.libraries.runs import TILE, array_digest, row_digests

np = pytest.importorskip("numpy")


@pytest.mark.parametrize("dtype", ["?", "u1", "i2", "f4", "f8", "c16", "M8[ns]", "m8[s]"])
@pytest.mark.parametrize("rows", [0, 1, 5, TILE, TILE + 1, 3 * TILE - 1])
def test_rows_of_a_block_have_the_digest_of_their_copies(dtype, rows):
    block = (np.arange(3 * rows).reshape(rows, 3) % 100).astype(dtype).T
    expected = [blake3(np.ascontiguousarray(row).tobytes()).digest() for row in block]
    assert row_digests(block) == expected
    assert row_digests(np.ascontiguousarray(block)) == expected
    assert [array_digest(row) for row in block] == expected


def test_reversed_and_stepped_columns_have_the_digest_of_their_copies():
    column = np.arange(50_000)
    for view in (column[::-1], column[::7], column[5:5]):
        assert array_digest(view) == array_digest(view.copy())
