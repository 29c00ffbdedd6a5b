"""Random programs: cells that make, share, change, rebind and delete objects of many kinds."""

from __future__ import annotations

import random

#: variables that programs use; they begin as anything
NAMES = ("a", "b", "c", "d", "e", "f", "g")

PRELUDE = """
import collections, dataclasses, enum, functools
import numpy as np

err = []

class Box:
    made = 0
    def __init__(self, v=None):
        self.v = v
        self.items = []
    def put(self, x):
        self.items.append(x)
        return self
    @property
    def first(self):
        return self.items[0]

class Slots:
    __slots__ = ('v', 'w')
    def __init__(self, v):
        self.v = v

class Both(Slots):
    __slots__ = ('x', '__dict__')

@dataclasses.dataclass(frozen=True)
class Point:
    v: object
    w: object = None

@dataclasses.dataclass
class Row:
    v: object = None
    items: list = dataclasses.field(default_factory=list)

class Key:
    def __init__(self, n): self.n = n
    def __hash__(self): return hash(self.n)
    def __eq__(self, o): return isinstance(o, Key) and self.n == o.n

class Color(enum.Enum):
    RED = 1
    BLUE = 'b'

class Stack(list):
    pass

class Table(dict):
    pass

log = []
count = 0

def counter(start):
    state = [start]
    n = 0
    def up(k=1):
        nonlocal n
        n += 1
        state[0] = (state[0], k, n)
        log.append(state) if len(log) < 5 else log.clear()
        return state
    def get():
        return n, state
    up.get = get
    return up

def bump(x):
    global count, made
    count += 1
    made = [count, x]
    return made

def keep(x, seen=[]):
    seen.append(x) if len(seen) < 6 else seen.clear()
    return seen
"""


class Program:
    """One random program, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.setup = PRELUDE + "".join(self._begin(name) for name in NAMES) + self.cell(self._few(0, 6))
        self.first = self.cell(self._few(1, 6))
        self.second = self.cell(self._few(1, 4))

    def _few(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def _one(self, *choices: str) -> str:
        return self.random.choice(choices)

    def _begin(self, name: str) -> str:
        known = NAMES[: NAMES.index(name)]
        value = self.random.choice(known) if known and self.random.random() < 0.3 else self.value(2, known)
        return f"try:\n    {name} = {value}\nexcept Exception as x:\n    {name} = [1]\n"

    # ------------------------------------------------------------------------------------------------------ values
    def name(self, known: tuple[str, ...] = NAMES) -> str:
        return self.random.choice(known) if known else "log"

    def value(self, depth: int = 0, known: tuple[str, ...] = NAMES) -> str:
        """An expression."""
        roll = self.random.random()
        if known and roll < 0.3:
            return self._part(known)
        if depth > 2 or roll < 0.45:
            return self._one("0", "1", "2.5", "'x'", "None", "(1, 2)", "[]", "{}", "b'y'", "2**70", "float('nan')")
        return self._made(depth + 1, known)

    def _part(self, known: tuple[str, ...]) -> str:
        v = self.name(known)
        return self._one(
            *[v] * 8,
            f"{v}[0]",
            f"{v}.v",
            f"{v}['k']",
            f"{v}[1:]",
            f"{v}()",
            f"{v}.items",
            f"{v}.T",
            f"{v}[::2]",
            f"type({v})",
            f"{v}.get",
        )

    def _made(self, depth: int, known: tuple[str, ...]) -> str:
        x, y = self.value(depth, known), self.value(depth, known)
        n = self._few(2, 5)
        return self._one(
            *[f"[{x}, {y}]"] * 3, *[f"{{'k': {x}, 'm': {y}}}"] * 3, f"({x}, {y})", f"{{1, 'k', ({n},)}}", f"Box({x})", f"Box({x}).put({y})",
            f"Slots({x})", f"Both({x})", f"Point({x}, {y})", f"Row({x})", f"Key({n})", f"{{Key({n}): {x}}}", f"{{Key({n}), Key(0)}}",
            f"Stack([{x}])", f"Table(k={x})", f"counter({x})", f"(lambda q={x}: [q, {self.name()}])", f"functools.partial(keep, {x})",
            f"np.arange({n})", f"np.arange({n * 2.0}).reshape(2, -1)", f"np.array([{x}, None], object)",
            f"np.asfortranarray(np.ones((2, {n})))", f"np.frombuffer(bytearray({n}), 'u1')", f"np.ma.array([1, {n}], mask=[0, 1])",
            f"np.random.default_rng({n})", f"bytearray(b'{n}')", f"collections.deque([{x}], 3)", f"collections.defaultdict(list, k={x})",
            f"collections.OrderedDict(k={x}, z={y})", "collections.Counter('ab')", f"{{Color.BLUE: {x}, Color.RED: 1}}", f"ValueError({x})", f"frozenset(('k', {n}))",
            f"Box({x}).put", f"(lambda: {self.name()})", f"type('Made', (Box,), {{'tag': {x}}})", "globals", f"iter([{x}, {y}])", f"range({n})",
        )  # fmt: skip

    # -------------------------------------------------------------------------------------------------- statements
    def cell(self, statements: int) -> str:
        """A cell of so many statements; exceptions are part of what it does."""
        return "".join(self._statement(0) for _ in range(statements))

    def _statement(self, depth: int) -> str:
        indent = "    " * depth
        roll = self.random.random()
        if depth < 2 and roll < 0.06:
            return f"{indent}for _i in range(2):\n{self._statement(depth + 1)}"
        if depth < 2 and roll < 0.12:
            name = self.name()
            return f"{indent}if '{name}' in globals() and isinstance({name}, (list, dict)):\n{self._statement(depth + 1)}{indent}else:\n{self._statement(depth + 1)}"
        if roll < 0.18:
            return self._definition(indent)
        body = self._action()
        return f"{indent}try:\n{indent}    {body}\n{indent}except Exception as x:\n{indent}    err.append(type(x).__name__)\n"

    def _action(self) -> str:
        v, w, e = self.name(), self.name(), self.value()
        return self._one(
            *[f"{v} = {e}"] * 5, f"{v}, {w} = {w}, {v}", f"{v} = {w} = {e}", *[f"{v}.append({e})"] * 3, f"{v}['k'] = {e}", f"{v}['n'] = {e}",
            *[f"{v}.v = {e}"] * 3, f"{v}.extra = {e}", f"{v}.items.append({e})", f"{v}[0] = {e}", f"{v} += [{e}]", f"del {v}", f"del {v}.v", f"del {v}[0]",
            f"{v}.pop('k')", f"{v}.clear()", f"{v}.update(z={e})", f"{v}.update([({e}, 1)])", f"{v}.add({e})", f"{v}.insert(0, {e})", f"{v}.reverse()",
            f"{v}.sort(key=lambda q: type(q).__name__)", f"bump({e})", f"keep({e})", f"{v}({e})", f"{v}()", f"type({v}).__module__ == '__main__' and setattr(type({v}), 'shared', {e})", f"Box.made = {e}",
            f"{v}[...] = {self._few(0, 9)}", f"{v} *= 2", f"{v}[1:] = 7", f"{v}.fill(3)", f"{v}['x'] = 4", f"{v}.setflags(write=False)", f"{v}.flat[0] = 1.5",
            f"{v}.normal()", f"{v}.put({e})", f"{v}.note = {w}", f"object.__setattr__({v}, 'w', {e})", f"{v}.n = {self._few(0, 3)}", f"{v}.extend([{e}, {e}])",
            f"{v}.rotate(1)", f"{v}.move_to_end('k')", f"{v}.default_factory = dict", f"{v} = {v}[::-1]", f"{v} = {v}.copy()", f"{v}.shape = (2, -1)",
            f"{v}.__class__ = Row", f"{v}.__defaults__ = ({e},)", f"{v}.__doc__ = 'doc'", f"{v}.resize({self._few(2, 6)})",
            f"t = {v}; del {v}; {v} = t", f"{v} = {w}.view()", f"{v} = [{w}, {w}]", f"{v}.mask = True", f"{v}.get()", f"setattr({v}, 'v', {v})",
        )  # fmt: skip

    def _definition(self, indent: str) -> str:
        v, e = self.name(), self.value()
        lines = self._one(
            f"def {v}(z=None):\n    global {self.name()}\n    {self.name()}2 = [z]\n    return {self.name()}",
            f"class Sub(Box):\n    tag = 1\n    def get(self):\n        return super().put(self.tag)\n{v} = Sub(3)",
            f"def outer(q):\n    def inner():\n        nonlocal q\n        q = [q]\n        return q\n    def look():\n        return q\n    return inner, look\n{v} = outer(1)",
            f"@functools.lru_cache\ndef {v}(n=1):\n    return [n]",
            f"class Meta(type):\n    pass\nclass Other(metaclass=Meta):\n    __slots__ = ('v', 'me')\n{v} = Other()\n{v}.me = {v}",
            f"class Kind(enum.Enum):\n    A = 1\n    B = (2, 3)\n{v} = {{Kind.A: 1, Kind.B: [1]}}",
            f"@dataclasses.dataclass\nclass Data:\n    x: int = 1\n    y: list = dataclasses.field(default_factory=list)\n{v} = Data()",
            f"try:\n    {v} = {e}\nfinally:\n    pass",
            f"{v} = [j for j in range(3)]",
        )  # fmt: skip
        body = "".join(f"{indent}    {line}\n" for line in lines.split("\n"))
        return f"{indent}try:\n{body}{indent}except Exception as x:\n{indent}    err.append(type(x).__name__)\n"
