"""More cells with the names that they read and bind; the battery of `tests/cases/scoping.py` goes on here."""

from __future__ import annotations

from tests.cases.scoping import Scope
from tests.cases.source import code

#: names of the prelude count as read where they are used, like all others
MORE: list[Scope] = [
    # ---------------------------------------------------------------- plain statements
    Scope(id="chained-assignment", source="a = b = c", reads={"c"}, binds={"a", "b"}, given={"c": "1"}),
    Scope(id="swap-reads-both", source="a, b = b, a", reads={"a", "b"}, binds={"a", "b"}, given={"a": "1", "b": "2"}),
    Scope(id="augmented-attribute", source="o.x += v", reads={"o", "v"}, given={"o": "Box(x=1)", "v": "2"}),
    Scope(
        id="augmented-subscript", source="d[k] += v", reads={"d", "k", "v"}, given={"d": "{1: 1}", "k": "1", "v": "2"}
    ),
    Scope(
        id="slice-target",
        source="rows[lo:hi] = new",
        reads={"rows", "lo", "hi", "new"},
        given={"rows": "[1, 2, 3]", "lo": "0", "hi": "1", "new": "[9]"},
    ),
    Scope(id="delete-subscript", source="del d[k]", reads={"d", "k"}, given={"d": "{1: 1}", "k": "1"}),
    Scope(id="delete-attribute", source="del o.x", reads={"o"}, given={"o": "Box(x=1)"}),
    Scope(id="delete-then-bind", source="del x\nx = 1\ny = x", reads={"x"}, binds={"x", "y"}, given={"x": "1"}),
    Scope(id="bound-deleted-read", source="x = 1\ndel x\ny = x", may={"x"}, binds={"x", "y"}, raises="NameError"),
    Scope(
        id="annotated-attribute",
        source="o.x: T = v",
        reads={"o", "v"},
        may={"T"},
        given={"o": "Box()", "v": "1", "T": "int"},
    ),
    Scope(id="annotated-binding", source="x: T = v", reads={"v"}, may={"T"}, binds={"x"}, given={"v": "1", "T": "int"}),
    Scope(
        id="starred-call",
        source="r = f(*a, **k)",
        reads={"f", "a", "k"},
        binds={"r"},
        given={"f": "print", "a": "()", "k": "{}"},
    ),
    Scope(id="assert-with-message", source="assert ok, msg", reads={"ok"}, may={"msg"}, given={"ok": "1", "msg": "''"}),
    Scope(id="walrus-then-read", source="(n := f())\nm = n", reads={"f"}, binds={"n", "m"}, given={"f": "int"}),
    Scope(
        id="walrus-behind-and",
        source="if a and (n := b):\n    pass\nm = n",
        reads={"a", "b", "n"},
        binds={"n", "m"},
        given={"a": "0", "b": "1", "n": "2"},
    ),
    Scope(
        id="nested-format-spec",
        source="s = f'{f\"{x}\"}:{y:{w}.{p}}'",
        reads={"x", "y", "w", "p"},
        binds={"s"},
        given={"x": "1", "y": "2.0", "w": "5", "p": "1"},
    ),
    Scope(id="ellipsis-and-constants", source="x = ... \ny = (1, 'a', None)", binds={"x", "y"}),
    Scope(id="double-underscore-names-are-ordinary", source="y = __x", reads={"__x"}, binds={"y"}, given={"__x": "1"}),
    Scope(id="builtin-shadowed-then-used", source="list = 3\nx = list", binds={"list", "x"}),
    # ---------------------------------------------------------------- control flow
    Scope(
        id="while-else",
        source=code("""
            while go:
                a = 1
                break
            else:
                b = 2
            r = (a, b)
        """),
        reads={"go", "a", "b"},
        binds={"a", "b", "r"},
        given={"go": "0", "a": "1", "b": "2"},
    ),
    Scope(
        id="endless-loop-binds",
        source="while True:\n    a = f()\n    if a:\n        break\nb = a",
        reads={"f"},
        binds={"a", "b"},
        given={"f": "lambda: 1"},
    ),
    Scope(
        id="starred-for-target",
        source="for a, *b in rows:\n    c = b",
        reads={"rows"},
        binds={"a", "b", "c"},
        given={"rows": "[(1, 2)]"},
    ),
    Scope(
        id="for-into-attribute",
        source="for o.x in rows:\n    pass",
        reads={"o", "rows"},
        given={"o": "Box()", "rows": "[1]"},
    ),
    Scope(
        id="for-target-after-loop",
        source="for i in rows:\n    pass\nr = i",
        reads={"rows", "i"},
        binds={"i", "r"},
        given={"rows": "[1]", "i": "0"},
    ),
    Scope(
        id="try-finally-binds-in-both",
        source="try:\n    a = f()\nfinally:\n    b = 1\nc = (a, b)",
        reads={"f"},
        binds={"a", "b", "c"},
        given={"f": "int"},
    ),
    Scope(
        id="try-else",
        source="try:\n    a = f()\nexcept E:\n    pass\nelse:\n    b = a\nc = b",
        reads={"f", "b"},
        may={"E"},
        binds={"a", "b", "c"},
        given={"f": "int", "E": "ValueError", "b": "1"},
    ),
    Scope(
        id="nothing-raises-before-the-binding",
        source="try:\n    n = 0\n    n = f()\nexcept E:\n    pass\nm = n",
        reads={"f"},
        may={"E"},
        binds={"n", "m"},
        given={"f": "int", "E": "ValueError"},
    ),
    Scope(
        id="handler-that-leaves",
        source="try:\n    a = f()\nexcept E:\n    raise\nb = a",
        reads={"f"},
        may={"E"},
        binds={"a", "b"},
        given={"f": "int", "E": "ValueError"},
    ),
    Scope(
        id="exception-name-shadows-a-variable",
        source="try:\n    f()\nexcept ValueError as x:\n    pass\ny = x",
        reads={"f", "x"},
        binds={"x", "y"},
        given={"f": "int", "x": "1"},
    ),
    Scope(
        id="nested-try",
        source="try:\n    try:\n        a = f()\n    finally:\n        g()\nexcept ValueError:\n    a = 0\nb = a",
        reads={"f", "g"},
        binds={"a", "b"},
        given={"f": "int", "g": "int"},
    ),
    Scope(
        id="unknown-manager-may-swallow",
        source="with Scoped(p) as q:\n    a = f()\nb = a",
        reads={"Scoped", "p", "f", "a"},
        binds={"q", "a", "b"},
        given={"p": "1", "f": "int", "a": "0"},
    ),
    Scope(
        id="two-managers",
        source="with Scoped(p) as q, Scoped(q) as r:\n    pass",
        reads={"Scoped", "p"},
        binds={"q", "r"},
        given={"p": "1"},
    ),
    Scope(
        id="manager-into-subscript",
        source="with Scoped(p) as d[k]:\n    pass",
        reads={"Scoped", "p", "d", "k"},
        given={"p": "1", "d": "{}", "k": "1"},
    ),
    Scope(
        id="match-guard-reads-the-capture",
        source="match v:\n    case [a, b] if a > lim:\n        r = b\n    case _:\n        r = 0",
        reads={"v", "lim"},
        binds={"a", "b", "r"},
        given={"v": "[1, 2]", "lim": "0"},
    ),
    Scope(
        id="match-value-pattern",
        source="match v:\n    case Red.x:\n        r = 1",
        reads={"v", "Red"},
        binds={"r"},
        given={"v": "1", "Red": "Box(x=1)"},
    ),
    Scope(
        id="match-or-pattern",
        source="match v:\n    case (1, a) | (a, 2):\n        r = a",
        reads={"v"},
        binds={"a", "r"},
        given={"v": "(1, 2)"},
    ),
    Scope(
        id="match-without-default",
        source="match v:\n    case 1:\n        r = 1\ns = r",
        reads={"v", "r"},
        binds={"r", "s"},
        given={"v": "1", "r": "0"},
    ),
    Scope(id="debug-branch", source="if __debug__:\n    a = 1\nelse:\n    a = b", binds={"a"}, mentions={"b"}),
    Scope(
        id="conditional-import",
        source="if flag:\n    import math as m\nelse:\n    import cmath as m\nr = m.pi",
        reads={"flag"},
        binds={"m", "r"},
        given={"flag": "1"},
    ),
    Scope(
        id="import-may-not-happen",
        source="if flag:\n    import math\nr = math",
        reads={"flag", "math"},
        binds={"math", "r"},
        given={"flag": "0", "math": "1"},
    ),
    Scope(id="dotted-import-as", source="import xml.dom.minidom as md\nr = md", binds={"md", "r"}),
    Scope(
        id="import-inside-a-function", source="def f():\n    import math\n    return math.pi\nr = f()", binds={"f", "r"}
    ),
    # ---------------------------------------------------------------- comprehensions
    Scope(
        id="nested-comprehension",
        source="r = [[c for c in row if c > k] for row in t]",
        reads={"t", "k"},
        binds={"r"},
        given={"t": "[[1]]", "k": "0"},
        mentions={"c", "row"},
    ),
    Scope(
        id="comprehension-over-a-bound-name", source="a = [1]\nr = {x: a for x in a}", binds={"a", "r"}, mentions={"x"}
    ),
    Scope(
        id="comprehension-variable-hides-a-global",
        source="r = [x for x in [1]]\ns = x",
        reads={"x"},
        binds={"r", "s"},
        given={"x": "7"},
    ),
    Scope(
        id="generator-is-lazy",
        source="g = (x + k for x in a)\nk = 1\nr = list(g)",
        reads={"a"},
        may={"k"},
        binds={"g", "k", "r"},
        given={"a": "[1]"},
    ),
    Scope(
        id="first-iterable-is-read-at-once",
        source="g = (x for x in a)\na = 1",
        reads={"a"},
        binds={"g", "a"},
        given={"a": "[1]"},
    ),
    Scope(
        id="async-comprehension",
        source="r = [i async for i in s]",
        reads={"s"},
        binds={"r"},
        given={"s": "Stream(1)"},
        mentions={"i"},
    ),
    Scope(
        id="async-with",
        source="async with Scoped(p) as q:\n    r = q",
        reads={"Scoped", "p"},
        binds={"q", "r"},
        given={"p": "1"},
    ),
    Scope(
        id="await-in-a-comprehension",
        source="r = [await j for j in js]",
        reads={"js"},
        binds={"r"},
        given={"js": "[Soon(1)]"},
    ),
    # ---------------------------------------------------------------- functions
    Scope(id="function-only-defined", source="def f():\n    return a + b", binds={"f"}, mentions={"a", "b"}),
    Scope(id="lambda-only-defined", source="f = lambda: a", binds={"f"}, mentions={"a"}),
    Scope(id="keyword-only-default", source="def f(*, a=b):\n    pass", reads={"b"}, binds={"f"}, given={"b": "1"}),
    Scope(id="default-reads-an-earlier-binding", source="b = 1\ndef f(a=b):\n    pass", binds={"b", "f"}),
    Scope(
        id="call-between-definition-and-binding",
        source="def f():\n    return late\nprint()\nlate = 1",
        may={"late"},
        binds={"f", "late"},
    ),
    Scope(
        id="global-in-a-nested-function",
        source="def f():\n    def g():\n        global x\n        x = y\n    g()\nf()",
        reads={"y"},
        binds={"f", "x"},
        given={"y": "1"},
    ),
    Scope(
        id="global-augmented",
        source="def f():\n    global n\n    n += 1\nf()",
        reads={"n"},
        binds={"f", "n"},
        given={"n": "1"},
    ),
    Scope(
        id="global-deleted", source="def f():\n    global n\n    del n\nf()", reads={"n"}, binds={"f"}, given={"n": "1"}
    ),
    Scope(
        id="global-bound-before-it-is-read",
        source="def f():\n    global n\n    n = 1\n    return n\nr = f()",
        binds={"f", "n", "r"},
    ),
    Scope(
        id="decorator-that-calls",
        source="@run\ndef f():\n    return f, a",
        reads={"run", "f", "a"},
        binds={"f"},
        given={"run": "lambda g: g()", "f": "1", "a": "2"},
    ),
    Scope(
        id="stacked-decorators",
        source="@p\n@q(r)\ndef f():\n    pass",
        reads={"p", "q", "r"},
        binds={"f"},
        given={"p": "lambda f: f", "q": "lambda r: lambda f: f", "r": "1"},
    ),
    Scope(
        id="recursive-function",
        source="def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)\nr = fact(k)",
        reads={"k"},
        binds={"fact", "r"},
        given={"k": "4"},
    ),
    Scope(
        id="cached-recursion",
        source="from functools import lru_cache\n@lru_cache\ndef fib(n):\n    return fib(n - 1) if n else 0",
        binds={"lru_cache", "fib"},
    ),
    Scope(
        id="helper-defined-later",
        source="def main():\n    return helper()\ndef helper():\n    return k\nr = main()",
        reads={"k"},
        binds={"main", "helper", "r"},
        given={"k": "1"},
    ),
    Scope(
        id="closure-called-before-its-name-is-bound",
        source="def f():\n    return g()\nf()\ndef g():\n    pass",
        reads={"g"},
        binds={"f", "g"},
        given={"g": "int"},
    ),
    Scope(
        id="callback", source="r = map(lambda x: x + k, a)", reads={"a", "k"}, binds={"r"}, given={"a": "[1]", "k": "1"}
    ),
    Scope(
        id="generator-function",
        source="def g():\n    yield a\ni = g()\nr = next(i)",
        reads={"a"},
        binds={"g", "i", "r"},
        given={"a": "1"},
    ),
    Scope(
        id="coroutine-function",
        source="async def c():\n    return a\nr = await c()",
        reads={"a"},
        binds={"c", "r"},
        given={"a": "1"},
    ),
    Scope(
        id="shown-object-may-run-code",
        source="class V:\n    def __repr__(self):\n        return t\nV()",
        reads={"t"},
        binds={"V"},
        given={"t": "'x'"},
    ),
    Scope(
        id="return-in-finally",
        source="def f():\n    try:\n        return a\n    finally:\n        return b\nr = f()",
        reads={"a", "b"},
        binds={"f", "r"},
        given={"a": "1", "b": "2"},
    ),
    # ---------------------------------------------------------------- classes
    Scope(
        id="nested-class-bodies",
        source="class A:\n    x = a\n    class B:\n        y = x",
        reads={"a", "x"},
        binds={"A"},
        given={"a": "1", "x": "2"},
    ),
    Scope(id="class-body-reads-its-own-name", source="class A:\n    k = 1\n    m = k", binds={"A"}),
    Scope(
        id="global-in-a-class-body",
        source="class A:\n    global g\n    g = v",
        reads={"v"},
        binds={"A", "g"},
        given={"v": "1"},
    ),
    Scope(
        id="class-decorator",
        source="@deco\nclass A:\n    pass",
        reads={"deco"},
        binds={"A"},
        given={"deco": "lambda c: c"},
    ),
    Scope(
        id="class-keywords",
        source="class A(Base, flag=v):\n    pass",
        reads={"Base", "v"},
        binds={"A"},
        given={"Base": "type('Base', (), {'__init_subclass__': classmethod(lambda c, **k: None)})", "v": "1"},
    ),
    Scope(
        id="metaclass-may-call-methods",
        source="class A(metaclass=M):\n    def m(self):\n        return k",
        reads={"M", "k"},
        binds={"A"},
        given={"M": "type", "k": "1"},
    ),
    Scope(
        id="plain-class-calls-no-method",
        source="class A:\n    def m(self):\n        return k",
        binds={"A"},
        mentions={"k"},
    ),
    Scope(
        id="classes-that-make-each-other",
        source="class A:\n    def m(self):\n        return B()\nclass B:\n    def m(self):\n        return A()",
        binds={"A", "B"},
    ),
    Scope(
        id="property-and-classmethod",
        source=code("""
            class A:
                @property
                def p(self):
                    return A()

                @p.setter
                def p(self, value):
                    A.x = value

                @classmethod
                def make(cls):
                    return A()
        """),
        binds={"A"},
    ),
    Scope(
        id="dataclass-that-makes-itself",
        binds={"dataclass", "P"},
        source="from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 0\n    def up(self):\n        return P(self.x + 1)",
        may={"P"},
    ),
    Scope(
        id="method-called-on-an-instance",
        source="class A:\n    def m(self):\n        return k\nr = A().m()",
        reads={"k"},
        binds={"A", "r"},
        given={"k": "1"},
    ),
    Scope(
        id="class-attribute-is-an-expression",
        source="class A:\n    x = [f(i) for i in rows]",
        reads={"f", "rows"},
        binds={"A"},
        given={"f": "int", "rows": "[1]"},
    ),
    Scope(
        id="conditional-class-attribute",
        source="class A:\n    if flag:\n        x = 1\n    y = x",
        reads={"flag", "x"},
        binds={"A"},
        given={"flag": "0", "x": "2"},
    ),
    Scope(
        id="slots-and-bases-from-a-call",
        source="class A(make(Base)):\n    __slots__ = names",
        reads={"make", "Base", "names"},
        binds={"A"},
        given={"make": "lambda b: b", "Base": "object", "names": "()"},
    ),
    # ---------------------------------------------------------------- groups and newer syntax
    Scope(
        id="group-without-a-name",
        source="try:\n    f()\nexcept* (E, F):\n    r = 1",
        reads={"f"},
        may={"E", "F"},
        binds={"r"},
        given={"f": "int", "E": "ValueError", "F": "TypeError"},
    ),
    Scope(
        id="type-alias-used",
        source="type A = B\nr = A.__value__",
        reads={"B"},
        binds={"A", "r"},
        given={"B": "int"},
        since=(3, 12),
    ),
    Scope(
        id="generic-class",
        source="class A[T]:\n    def m(self) -> T:\n        return A()",
        binds={"A"},
        may={"A"},
        since=(3, 12),
    ),
    Scope(
        id="generic-class-body-reads",
        source="class A[T](Base):\n    k = v",
        reads={"Base", "v"},
        binds={"A"},
        given={"Base": "type('Base', (), {})", "v": "1"},
        since=(3, 12),
    ),
    Scope(
        id="generic-recursion",
        source="def f[T](x: T) -> T:\n    return f(x)",
        binds={"f"},
        mentions={"T"},
        since=(3, 12),
    ),
    Scope(
        id="generic-default",
        source="def f[T](x: T = d) -> T:\n    return x",
        reads={"d"},
        binds={"f"},
        given={"d": "1"},
        since=(3, 12),
    ),
    Scope(
        id="nested-quotes",
        source="s = f'{d['k']} {x!r}'",
        reads={"d", "x"},
        binds={"s"},
        given={"d": "{'k': 1}", "x": "1"},
        since=(3, 12),
    ),
]
