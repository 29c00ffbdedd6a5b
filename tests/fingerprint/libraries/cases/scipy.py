"""Values of scipy."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("numpy", "scipy")

DIFFER = pairs(
    "scipy",
    NEEDS,
    [
        (
            "format",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2)).tocsc()",
            "v.format",
        ),
        (
            "array-or-matrix",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))",
            "v = sp.csr_matrix(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))",
            "type(v)",
        ),
        (
            "shape",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 3))",
            "v.shape",
        ),
        (
            "value",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2)) * 2",
            "v.toarray().tolist()",
        ),
        (
            "dtype",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2)).astype('f4')",
            "v.dtype",
        ),
        ("dok", "v = sp.dok_array((2, 2))", "v = sp.dok_array((2, 2))\nv[0, 0] = 1", "v.nnz"),
        ("lil", "v = sp.lil_array((2, 2))", "v = sp.lil_array((2, 2))\nv[0, 0] = 1", "v.nnz"),
        (
            "duplicates",
            "v = sp.coo_array(([1, 1], ([0, 0], [0, 0])), (1, 1))",
            "v = sp.coo_array(([2], ([0], [0])), (1, 1))",
            "v.nnz",
        ),
        (
            "data-that-somebody-holds",
            "x = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))\nv = [x, x.data]",
            "v = [sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2)), np.array([1.0, 2.0])]",
            "v[0].data is v[1]",
        ),
    ],
)

EQUAL = pairs(
    "scipy",
    NEEDS,
    [
        (
            "after-use",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))",
            "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))\nv.sum(), v.toarray(), v.has_sorted_indices, v.has_canonical_format, v.nnz, repr(v), v @ v",
            "v.toarray().tolist()",
        ),
        (
            "matrix-after-use",
            "v = sp.csc_matrix(np.eye(2))",
            "v = sp.csc_matrix(np.eye(2))\nv.has_sorted_indices, v.has_canonical_format, v.T @ v",
            "v.toarray().tolist()",
        ),
    ],
)

ROUNDTRIP = values(
    "scipy",
    NEEDS,
    [
        "v = sp.bsr_array(np.eye(3))",
        "v = sp.coo_array(np.eye(3))",
        "v = sp.csc_array(np.eye(3))",
        "v = sp.csr_array(np.eye(3))",
        "v = sp.dia_array(np.eye(3))",
        "v = sp.dok_array(np.eye(3))",
        "v = sp.lil_array(np.eye(3))",
        "v = sp.bsr_matrix(np.eye(3))",
        "v = sp.coo_matrix(np.eye(3))",
        "v = sp.csc_matrix(np.eye(3))",
        "v = sp.csr_matrix(np.eye(3))",
        "v = sp.dia_matrix(np.eye(3))",
        "v = sp.dok_matrix(np.eye(3))",
        "v = sp.lil_matrix(np.eye(3))",
        "from scipy import interpolate\nv = interpolate.CubicSpline([0, 1, 2], [0, 1, 4])",
        "from scipy import spatial\nv = spatial.KDTree(np.eye(3))",
    ],
)
