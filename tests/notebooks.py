"""Random notebooks: short cells of the kinds that people write, which read, change, share and delete each other's things."""

from __future__ import annotations

from random import Random

NAMES = ("a", "b", "c", "d")

SETUP = (
    "import copy, math, random\nimport numpy as np\nimport pandas as pd",
    "class Box:\n    made = 0\n\n    def __init__(self, value):\n        self.value = value\n        self.items = []\n\n"
    "    def add(self, item):\n        self.items.append(item)\n        return self\n\n"
    "    def __repr__(self):\n        return f'Box({len(self.items)})'",
    "log = []\n\n\ndef note(item, seen=[]):\n    seen.append(1)\n    log.append(item)\n    return len(log), len(seen)",
    "def counter(start):\n    def step(by=1):\n        nonlocal start\n        start += by\n        return start\n\n"
    "    return step\n\n\ntick = counter(10)",
    "def rebind(value):\n    global c\n    c = value\n    return c",
    "a = [1, [2, 3]]\nb = {'k': a, 'n': 0}\nc = Box(a)\nd = pd.DataFrame({'x': [1.0, 2.0, 3.0], 'g': list('uvu')})",
)

ATOMS = ("0", "1", "2.5", "'s'", "None", "True", "(1, 2)")
EXPRESSIONS = (
    "{n}", "[{n}, {m}]", "{{'k': {n}, 'j': {m}}}", "({n}, {m}, {n})", "Box({n})", "copy.copy({n})", "type({n}).__name__",
    "[type({n}).__name__ for _ in range(2)]", "np.arange({i}, {i} + 4)", "pd.DataFrame({{'x': [{i}, 1.5], 'g': ['p', 'q']}})",
    "lambda q={n}: [q, {m}]", "counter({i})", "random.random()", "float(np.random.rand())", "note({i})", "tick()",
    "{a}", "list(map(type, [{n}, {i}]))", "(lambda: {n})()", "sum(range({i}))",
)  # fmt: skip
STATEMENTS = (
    "{n} = {e}", "{n}.append({e})", "{n}['k'] = {e}", "{n}.value = {e}", "{n}.add({e})", "{n}[0] = {e}", "{n} += [{e}]",
    "del {n}", "{n}, {m} = {m}, {n}", "rebind({e})", "note({n})", "print({n})", "{n}['y'] = {n}['x'] * {i}",
    "{n}.sort_values('x', inplace=True, ascending={i} > 2)", "{n}.loc[0, 'x'] = {i}", "{n} = {n}.groupby('g')['x'].sum()",
    "{n} *= 2", "{n}.update(z={e})", "Box.made += 1", "note.label = {e}", "random.seed({i})", "{n} = tick",
    "for _i in range({i}):\n    {n} = [{n}, _i]", "{n} = [x for x in ({e}, {i})]",
    "def helper(z=0):\n    return [z, {m}]\n{n} = helper({i})", "class Sub(Box):\n    tag = {i}\n\n{n} = Sub({e})",
    "if {i} > 2:\n    {n} = {e}\nelse:\n    {m} = {e}", "with np.errstate(all='ignore'):\n    {n} = np.ones(3) / {i}",
    "{n}.items.extend([{m}])", "{n} = {m}[1:]", "{n}[::2] = 0",
)  # fmt: skip


class Writer:
    """Writes cells from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def expression(self, depth: int = 0) -> str:
        """An expression over the notebook's names."""
        template = self._random.choice(EXPRESSIONS if depth < 2 else ATOMS)
        return self._filled(template, depth)

    def statement(self) -> str:
        """One statement; one that fails is caught, so that the cell as a whole succeeds."""
        body = self._filled(self._random.choice(STATEMENTS), 0)
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        return f"try:\n{lines}\nexcept Exception as error:\n    print(type(error).__name__)"

    def cell(self) -> str:
        """A few statements, and at times a result."""
        parts = [self.statement() for _ in range(self._random.randrange(1, 4))]
        if self._random.random() < 0.4:
            parts.append(f"type({self._random.choice(NAMES)}).__name__")
        return "\n".join(parts)

    def _filled(self, template: str, depth: int) -> str:
        pick = self._random.choice
        text = template.replace("{{", "\0").replace("}}", "\1")
        while "{e}" in text:
            text = text.replace("{e}", self.expression(depth + 1), 1)
        for mark, words in (("{n}", NAMES), ("{m}", NAMES), ("{a}", ATOMS), ("{i}", ("1", "2", "3", "4"))):
            word = pick(words)
            text = text.replace(mark, word)
        return text.replace("\0", "{").replace("\1", "}")


def notebook(seed: int, cells: int = 6) -> list[str]:
    """The cells of one notebook."""
    writer = Writer(seed)
    return [*SETUP, *(writer.cell() for _ in range(cells))]


def edited(cells: list[str], seed: int) -> list[str]:
    """The same notebook after somebody has worked on it: a cell is changed, moved, dropped or run twice."""
    random = Random(seed)
    changed, at = list(cells), random.randrange(len(SETUP), len(cells))
    match random.randrange(4):
        case 0:
            changed[at] = Writer(seed + 1).cell()
        case 1:
            changed.insert(at, changed.pop(random.randrange(len(SETUP), len(cells))))
        case 2:
            del changed[at]
        case _:
            changed.insert(at, changed[at])
    return changed
