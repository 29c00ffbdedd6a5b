"""Values of sympy."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("sympy",)

DIFFER = pairs(
    "sympy",
    NEEDS,
    [
        ("symbol", "v = sympy.Symbol('x')", "v = sympy.Symbol('y')"),
        ("assumption", "v = sympy.Symbol('x')", "v = sympy.Symbol('x', positive=True)", "v.is_positive"),
        ("exact-or-not", "v = sympy.Rational(1, 2)", "v = sympy.Float('0.5')"),
        ("precision", "v = sympy.Float('0.5', 15)", "v = sympy.Float('0.5', 30)", "v._prec"),
        ("unevaluated", "v = sympy.Integer(2)", "v = sympy.Add(1, 1, evaluate=False)"),
        ("function", "v = sympy.Function('f')(1)", "v = sympy.Function('g')(1)"),
        ("function-assumption", "v = sympy.Function('f')", "v = sympy.Function('f', real=True)", "v(1).is_real"),
        ("argument", "v = sympy.sin(1)", "v = sympy.sin(2)"),
        ("head", "v = sympy.sin(1)", "v = sympy.cos(1)"),
        ("matrix", "v = sympy.Matrix([[1, 2]])", "v = sympy.Matrix([[1], [2]])"),
        ("mutable-matrix", "v = sympy.Matrix([[1]])", "v = sympy.ImmutableMatrix([[1]])", "type(v).__name__"),
        (
            "wild",
            "v = sympy.Wild('w')",
            "v = sympy.Wild('w', exclude=[sympy.Symbol('x')])",
            "v.matches(sympy.Symbol('x'))",
        ),
        ("domain", "v = sympy.Poly(sympy.Symbol('x'))", "v = sympy.Poly(sympy.Symbol('x'), modulus=5)"),
        ("dummies", "d = sympy.Dummy('d')\nv = [d, d]", "v = [sympy.Dummy('d'), sympy.Dummy('d')]", "v[0] == v[1]"),
        ("set", "v = sympy.Interval(0, 1)", "v = sympy.Interval.open(0, 1)"),
        (
            "lambda",
            "x = sympy.Symbol('x')\nv = sympy.Lambda(x, x + 1)",
            "x = sympy.Symbol('x')\nv = sympy.Lambda(x, x + 2)",
        ),
        ("true", "v = sympy.true", "v = True", "type(v).__name__"),
        ("integer-or-int", "v = sympy.Integer(1)", "v = 1", "type(v).__name__"),
    ],
)

DIFFER += pairs(
    "sympy",
    NEEDS,
    [
        ("field", "v = sympy.GF(5)", "v = sympy.GF(7)"),
        ("precision-of-a-field", "v = sympy.RealField(100)", "v = sympy.RealField(53)", "v.precision"),
        ("array", "v = sympy.Array([1, 2])", "v = sympy.Array([1, 3])"),
        ("point", "v = sympy.Point(0, 1)", "v = sympy.Point(0, 2)"),
        (
            "own-function",
            "class f(sympy.Function):\n    def one(self):\n        return 1\nv = f(1)",
            "class f(sympy.Function):\n    def one(self):\n        return 2\nv = f(1)",
            "v.one()",
        ),
    ],
)

EQUAL = pairs(
    "sympy",
    NEEDS,
    [
        ("order-of-a-sum", "x, y = sympy.symbols('x y')\nv = x + y", "x, y = sympy.symbols('x y')\nv = y + x"),
        (
            "after-use",
            "v = sympy.Symbol('x', positive=True) ** 2 + 1",
            "v = sympy.Symbol('x', positive=True) ** 2 + 1\nv.is_positive, hash(v), v.free_symbols, str(v), v.diff(), sympy.integrate(v)",
        ),
        (
            "function-made-twice",
            "v = sympy.Function('f')(1)",
            "sympy.Function('f')\nv = sympy.Function('f')(sympy.Integer(1))",
        ),
        (
            "matrix-after-use",
            "v = sympy.Matrix([[1, 2], [3, 4]])",
            "v = sympy.Matrix([[1, 2], [3, 4]])\nv.det(), v.inv(), v.T, repr(v)",
        ),
        ("dummies", "v = sympy.Dummy('d')", "sympy.Dummy('e')\nv = sympy.Dummy('d')"),
        (
            "bound-dummies",
            "x = sympy.Symbol('x')\nv = sympy.solveset(sympy.sin(x), x)",
            "x = sympy.Symbol('x')\n[sympy.Dummy() for _ in range(5)]\nv = sympy.solveset(sympy.sin(x), x)",
        ),
        (
            "set-of-symbols",
            "v = sympy.FiniteSet(*sympy.symbols('a:h'))",
            "v = sympy.FiniteSet(*reversed(sympy.symbols('a:h')))",
        ),
    ],
)

EQUAL += pairs(
    "sympy", NEEDS, [("field-after-use", "v = sympy.GF(5)", "v = sympy.GF(5)\nv(7), v.zero + v.one, repr(v)")]
)

ROUNDTRIP = values(
    "sympy",
    NEEDS,
    [
        "x = sympy.Symbol('x', positive=True)\nv = sympy.integrate(sympy.sin(x) ** 2 / x, x)",
        "v = sympy.Function('f')(sympy.Symbol('t')).diff()",
        "v = sympy.Matrix([[1, sympy.Symbol('x')]])",
        "v = sympy.ImmutableMatrix([[1, 2]])",
        "v = sympy.SparseMatrix([[0, 1]])",
        "d = sympy.Dummy('d')\nv = [d, d + 1]",
        "v = sympy.Poly(sympy.Symbol('x') ** 2 + 1)",
        "v = [sympy.pi, sympy.oo, sympy.I, sympy.Float('1.5', 30), sympy.Rational(1, 3), sympy.true, sympy.S.Reals]",
        "v = sympy.Piecewise((sympy.Symbol('x'), sympy.Symbol('x') > 0), (0, True))",
        "v = sympy.MatrixSymbol('A', 2, 2)",
        "v = sympy.IndexedBase('A')[sympy.Idx('i', 3)]",
        "v = sympy.Eq(sympy.Symbol('x'), 1)",
        "x = sympy.Symbol('x')\nv = sympy.solveset(sympy.sin(x), x)",
        "from sympy.physics import units\nv = 3 * units.meter / units.second",
    ],
)
