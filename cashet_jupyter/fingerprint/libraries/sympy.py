"""sympy: expressions by their structure.

An expression is its class and what sympy itself compares it by. Hashes, assumptions that were worked out on the way
and caches in slots do not count; neither does which of two equal expressions stands where. The pickle reduction is
not enough: it forgets what a `Wild` excludes and the domain of a polynomial.

A `Dummy` is different from every other one, equal names or not; its number, by which sympy knows it, is drawn anew
by each process. So the number does not count, but which dummies are the same one does: each number has an object
here that stands for it. (Taking the identity of the dummies themselves was rejected: a pickle makes equal copies of
one.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakValueDictionary

import sympy
from sympy.core.function import UndefinedFunction
from sympy.matrices.matrixbase import MatrixBase
from sympy.polys.domains.domain import Domain

from cashet_jupyter.fingerprint.classes import derive
from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.pieces import ATOMS

#: what sympy writes into every class of expressions
CONCLUSIONS = frozenset({"_explicit_class_assumptions", "_prop_handler", "default_assumptions"})


class _Number:
    """Stands for the number of a dummy."""


_numbers: WeakValueDictionary[int, _Number] = WeakValueDictionary()
"""Number of a dummy -> what stands for it, as long as a walk knows it."""


def install() -> None:
    """Register expressions, matrices and undefined functions."""
    derive(is_worked_out)
    register(sympy.Basic, encode_expression, node=False, whole=True)
    register(sympy.Dummy, encode_dummy, node=False, whole=True)
    register(_Number, encode_number)
    register(sympy.Poly, encode_polynomial, node=False, whole=True)
    register(Domain, encode_domain, node=False, whole=True)
    register(UndefinedFunction, encode_function, node=False)
    # the immutable kinds are expressions too: first their own encoder, so that the nearest base is not the mutable one
    for kind in (sympy.ImmutableDenseMatrix, sympy.ImmutableSparseMatrix):
        register(kind, encode_matrix, node=False, whole=True)
    register(MatrixBase, encode_matrix, whole=True)


def is_worked_out(kind: type, name: str, _value: object) -> bool:
    """Whether an entry of a class is what sympy concludes from its attributes and methods, in no stable order."""
    return name in CONCLUSIONS and issubclass(kind, sympy.Basic)


def encode_expression(enc: Encoder, expression: Any) -> None:
    """An expression: what sympy compares it by, besides its class."""
    _parts(enc, expression._hashable_content())


def encode_dummy(enc: Encoder, dummy: Any) -> None:
    """A dummy symbol: name, assumptions, and which one it is."""
    enc.text(dummy.name)
    enc.values([part for item in sorted(dummy._assumptions_orig.items()) for part in item])
    number = _numbers.get(dummy.dummy_index)
    if number is None:
        number = _numbers[dummy.dummy_index] = _Number()
    enc.value(number)


def encode_number(enc: Encoder, _number: Any) -> None:
    """Nothing but an identity."""
    enc.tag("dummy")


def encode_polynomial(enc: Encoder, polynomial: Any) -> None:
    """A polynomial: coefficients, generators and the domain of the coefficients."""
    enc.value(polynomial.domain)
    _parts(enc, (polynomial.as_expr(), *polynomial.gens))


def encode_domain(enc: Encoder, domain: Any) -> None:
    """A domain of coefficients: its name, and what the name leaves out; the class of its elements follows."""
    enc.values([repr(domain), getattr(domain, "sym", None), getattr(domain, "precision", None)])


def encode_function(enc: Encoder, function: Any) -> None:
    """A function without a definition: name, assumptions and number of arguments."""
    enc.tag("sympy function")
    enc.text(function.__name__)
    _parts(enc, tuple(part for item in sorted(function._kwargs.items()) for part in item))
    _parts(enc, (getattr(function, "_nargs", None),))


def encode_matrix(enc: Encoder, matrix: Any) -> None:
    """A matrix: shape and elements."""
    enc.values(list(matrix.shape))
    _parts(enc, matrix.flat())


def _parts(enc: Encoder, parts: Any) -> None:
    """Values and (nested) tuples of values, which are made anew whenever sympy is asked."""
    enc.values([len(parts)])
    for part in parts:
        if isinstance(part, tuple | list):
            enc.tag("tuple")
            _parts(enc, part)
        elif isinstance(part, Mapping):
            enc.tag("mapping")
            _parts(enc, [half for pair in part.items() for half in pair])
        elif type(part) in ATOMS or isinstance(part, sympy.Basic | MatrixBase):
            enc.value(part)
        else:
            _number(enc, part)


def _number(enc: Encoder, part: Any) -> None:
    """Integers of gmpy2, which sympy calculates with where it is installed, are integers."""
    if type(part).__name__ == "mpz":
        enc.value(int(part))
    else:
        enc.value(part)
