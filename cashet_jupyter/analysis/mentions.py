"""Identifiers in text: names that a library may look up by itself, as in `df.query("a > @limit")`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from keyword import iskeyword
from typing import cast

#: characters of one text that are searched; a formula or a query is short, and data that is longer is none
LONGEST = 64 * 1024
#: identifiers that are kept of one code object
MOST = 10_000

#: methods and functions that look names of their caller's variables up in a text
_READING = """
    query eval sql execute from_formula dmatrix dmatrices model_matrix sql_expr ols gls wls glm logit probit poisson
    mixedlm
"""
READ_CALLERS = frozenset(_READING.split())

_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def identifiers(texts: Iterable[str]) -> frozenset[str]:
    """The identifiers in some texts, keywords left out; at most `MOST`, from the first `LONGEST` characters of each."""
    found: set[str] = set()
    for text in texts:
        for match in _IDENTIFIER.finditer(text, 0, LONGEST):
            if len(found) >= MOST:
                return frozenset(found)
            word = match.group()
            if not iskeyword(word):
                found.add(word)
    return frozenset(found)


def strings(constant: object) -> Iterable[str]:
    """The strings in a constant of the compiler: itself, or the items of a tuple or frozenset."""
    if isinstance(constant, str):
        yield constant
    elif isinstance(constant, tuple | frozenset):
        items: Iterable[object] = cast("Iterable[object]", constant)
        for item in items:
            yield from strings(item)
