"""Random cells, and what can be seen of running one.

The programs are made of few names, so that binding, deleting and reading meet often. They use helpers that are
builtins to them (`log`, `call`, `cm`, ...), whose value is therefore never varied.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import random
import re
import sys
import types
from dataclasses import dataclass, field
from typing import Any

NAMES = ("a", "b", "c", "d", "f", "g", "K", "L")


#: decorators and context managers that the analysis knows
KNOWN: dict[str, Any] = {"cache": functools.cache, "nothing": contextlib.nullcontext}
CALLABLE = (types.FunctionType, type, staticmethod, type(functools.cache(len)))


class Stop(BaseException):
    """The run takes too long."""


@dataclass
class Where:
    """Where in a program a statement or expression stands."""

    indent: int = 0
    depth: int = 0
    function: bool = False
    coroutine: bool = True  # the cell itself may await
    loop: bool = False
    enclosing: bool = False

    def inside(self, **changes: Any) -> Where:
        values = {**self.__dict__, "indent": self.indent + 1, "depth": self.depth + 1, **changes}
        return Where(**values)


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def program(self) -> str:
        return "".join(self.statement(Where()) for _ in range(self.random.randrange(2, 7)))

    def name(self) -> str:
        return self.random.choice(NAMES)

    def pick(self, *makers: Any) -> Any:
        return self.random.choice(makers)

    # ---------------------------------------------------------------------------------------------- expressions
    def expression(self, at: Where, depth: int = 0) -> str:
        simple = [self.name, self.name, self.name, lambda: str(self.random.randrange(3))]
        if depth >= 3:
            return self.random.choice(simple)()
        e = lambda: self.expression(at, depth + 1)
        lazy = lambda: self.expression(at.inside(coroutine=False), depth + 1)
        n = self.name
        makers = [
            *simple,
            lambda: f"({e()}, {e()})",
            lambda: f"[*({e()},), {e()}]",
            lambda: f"[{lazy()} for {n()} in (0, 1) if {lazy()}]",
            lambda: f"{{{n()}: {lazy()} for {n()} in (1, 2)}}",
            lambda: f"[{lazy()} for {n()} in (0, 1) for {n()} in (1,)]",
            lambda: f"list({lazy()} for {n()} in (0, 1))",
            lambda: f"({lazy()} for {n()} in (0, 1))",
            lambda: f"call({n()})",
            lambda: f"call(lambda: {lazy()})",
            lambda: f"({e()} if {e()} else {e()})",
            lambda: f"({e()} and {e()} or {e()})",
            lambda: f"({n()} := {e()})",
            lambda: f"(lambda {n()}={e()}: {lazy()})",
            lambda: f"(lambda *{n()}: {lazy()})",
            lambda: f"f'{{text({n()}):>{{width({n()})}}}}'",
            lambda: f"box({n()}={e()}).{n()}",
            lambda: f"call(*[{n()}])",
            lambda: f"({n()} is {n()})",
            lambda: f"take({n()})",
        ]
        if at.coroutine:
            makers += [lambda: f"(await soon({e()}))", lambda: f"[{n()} async for {n()} in stream({n()})]"]
        return self.random.choice(makers)()

    # ----------------------------------------------------------------------------------------------- statements
    def block(self, at: Where) -> str:
        return "".join(self.statement(at) for _ in range(self.random.randrange(1, 4)))

    def statement(self, at: Where) -> str:
        pad = "  " * at.indent
        simple = [self.assign, self.assign, self.log, self.chained, self.update, self.delete, self.show, self.unpack]
        simple += [self.annotated, self.target, self.imports, self.check, self.lazy]
        if at.function:
            simple += [self.give_back]
        if at.loop:
            simple += [lambda w: self.pick("break", "continue")]
        compound = [
            self.branch, self.repeat, self.attempt, self.attempt_finally, self.function, self.function, self.decorated,
            self.klass, self.klass, self.managed, self.matched, self.during, self.group, self.generator, self.closure,
            self.coroutine,
        ]  # fmt: skip
        if at.coroutine:
            compound += [self.repeat_async, self.managed_async]
        if sys.version_info >= (3, 12):
            compound += [self.generic]
        if at.depth < 3 and self.random.random() < 0.55:
            return self.random.choice(compound)(at)
        return f"{pad}{self.random.choice(simple)(at)}\n"

    def assign(self, at: Where) -> str:
        return f"{self.name()} = {self.expression(at)}"

    def log(self, at: Where) -> str:
        return f"log({self.expression(at)})"

    def chained(self, at: Where) -> str:
        return f"{self.name()} = {self.name()} = {self.expression(at)}"

    def update(self, at: Where) -> str:
        return f"{self.name()} += {self.expression(at)}"

    def delete(self, at: Where) -> str:
        return f"del {self.name()}"

    def show(self, at: Where) -> str:
        return self.expression(at)

    def unpack(self, at: Where) -> str:
        return f"{self.name()}, *{self.name()} = ({self.expression(at)}, {self.expression(at)}, 1)"

    def annotated(self, at: Where) -> str:
        value = f" = {self.expression(at)}" if self.random.random() < 0.7 else ""
        return f"{self.name()}: int{value}"

    def target(self, at: Where) -> str:
        made = self.pick(f"shelf.{self.name()}", f"shelf.table[{self.expression(at)}]")
        return f"{made} = {self.expression(at)}"

    def imports(self, at: Where) -> str:
        n = self.name()
        return self.pick(f"import math as {n}", f"from math import pi as {n}", f"from os import path as {n}")

    def check(self, at: Where) -> str:
        return f"assert {self.expression(at)}"

    def lazy(self, at: Where) -> str:
        return f"{self.name()} = ({self.name()} for {self.name()} in (0, {self.name()}))"

    def give_back(self, at: Where) -> str:
        return f"return {self.expression(at)}"

    def branch(self, at: Where) -> str:
        pad, inner = "  " * at.indent, at.inside()
        text = f"{pad}if {self.expression(at)}:\n{self.block(inner)}"
        if self.random.random() < 0.3:
            text += f"{pad}elif {self.expression(at)}:\n{self.block(inner)}"
        if self.random.random() < 0.6:
            text += f"{pad}else:\n{self.block(inner)}"
        return text

    def repeat(self, at: Where) -> str:
        pad = "  " * at.indent
        head = self.pick(
            f"for {self.name()} in range({self.random.randrange(3)}):",
            f"for {self.name()}, *{self.name()} in [(1, 2), (3, {self.name()})]:",
        )
        text = f"{pad}{head}\n{self.block(at.inside(loop=True))}"
        return text + (f"{pad}else:\n{self.block(at.inside())}" if self.random.random() < 0.3 else "")

    def during(self, at: Where) -> str:
        pad = "  " * at.indent
        text = f"{pad}while budget() and {self.expression(at)}:\n{self.block(at.inside(loop=True))}"
        return text + (f"{pad}else:\n{self.block(at.inside())}" if self.random.random() < 0.3 else "")

    def repeat_async(self, at: Where) -> str:
        return (
            f"{'  ' * at.indent}async for {self.name()} in stream({self.name()}):\n{self.block(at.inside(loop=True))}"
        )

    def attempt(self, at: Where) -> str:
        pad, inner = "  " * at.indent, at.inside()
        text = f"{pad}try:\n{self.block(inner)}"
        what = self.pick("Exception", f"Exception as {self.name()}", f"NameError as {self.name()}", "TypeError")
        text += f"{pad}except {what}:\n{self.block(inner)}"
        if self.random.random() < 0.3:
            text += f"{pad}else:\n{self.block(inner)}"
        return text + (f"{pad}finally:\n{self.block(inner)}" if self.random.random() < 0.3 else "")

    def attempt_finally(self, at: Where) -> str:
        pad, inner = "  " * at.indent, at.inside()
        return f"{pad}try:\n{self.block(inner)}{pad}finally:\n{self.block(inner)}"

    def group(self, at: Where) -> str:
        pad, inner = "  " * at.indent, at.inside(loop=False, function=False)
        return f"{pad}try:\n{self.block(inner)}{pad}except* Exception as {self.name()}:\n{self.block(inner)}"

    def managed(self, at: Where) -> str:
        pad = "  " * at.indent
        return f"{pad}with {self.pick('cm', 'swallow', 'nothing')}() as {self.name()}:\n{self.block(at.inside())}"

    def managed_async(self, at: Where) -> str:
        return f"{'  ' * at.indent}async with acm() as {self.name()}:\n{self.block(at.inside())}"

    def matched(self, at: Where) -> str:
        pad, case, inner = "  " * at.indent, "  " * (at.indent + 1), at.inside().inside()
        patterns = (
            f"({self.name()}, *{self.name()})",
            f"int() as {self.name()}",
            f"{self.name()} if {self.expression(at)}",
            f"{{'k': {self.name()}, **rest}}",
            f"[0 | 1, {self.name()}] | (2, {self.name()})",
            f"box(a={self.name()})",
        )
        text = f"{pad}match {self.expression(at)}:\n"
        text += f"{case}case {self.random.choice(patterns)}:\n{self.block(inner)}"
        return text + f"{case}case _:\n{self.block(inner)}"

    def body(self, at: Where, *, coroutine: bool = False) -> str:
        inner = at.inside(function=True, coroutine=coroutine, loop=False, enclosing=True)
        pad = "  " * inner.indent
        head = f"{pad}global {self.name()}\n" if self.random.random() < 0.5 else ""
        return f"{head}{self.block(inner)}{pad}return {self.expression(inner)}\n"

    def function(self, at: Where) -> str:
        pad, name = "  " * at.indent, self.name()
        arguments = self.pick("", f"{self.name()}={self.expression(at)}", f"*{self.name()}")
        text = f"{pad}def {name}({arguments}):\n{self.body(at)}"
        return text + (f"{pad}call({name})\n" if self.random.random() < 0.4 else "")

    def coroutine(self, at: Where) -> str:
        pad, name = "  " * at.indent, self.name()
        text = f"{pad}async def {name}():\n{self.body(at, coroutine=True)}"
        return text + (f"{pad}{self.name()} = await {name}()\n" if at.coroutine and self.random.random() < 0.7 else "")

    def generator(self, at: Where) -> str:
        pad, name = "  " * at.indent, self.name()
        inner = at.inside(function=True, coroutine=False, loop=False, enclosing=True)
        rest = self.block(inner.inside())
        text = (
            f"{pad}def {name}():\n{pad}  yield {self.name()}\n{pad}  for _ in (1,):\n{rest}{pad}  yield {self.name()}\n"
        )
        return text + f"{pad}{self.name()} = {name}()\n{pad}{self.pick('take', 'log')}({self.name()})\n"

    def closure(self, at: Where) -> str:
        pad, outer, name = "  " * at.indent, self.name(), self.name()
        inner = at.inside(function=True, coroutine=False, loop=False)
        text = f"{pad}def {outer}():\n{pad}  {name} = {self.expression(inner)}\n{pad}  def h():\n"
        text += f"{pad}    nonlocal {name}\n{pad}    {name} = {self.expression(inner)}\n"
        text += f"{pad}    return ({name}, {self.expression(inner)})\n"
        return text + f"{pad}  {self.pick('call(h)', 'pass')}\n{pad}  return h\n"

    def decorated(self, at: Where) -> str:
        pad = "  " * at.indent
        decorator = self.pick("keep", "run_it", f"tag({self.expression(at)})", "staticmethod", "cache")
        return f"{pad}@{decorator}\n{pad}def {self.name()}():\n{self.body(at)}"

    def generic(self, at: Where) -> str:
        pad, name = "  " * at.indent, self.name()
        return self.pick(
            f"{pad}def {name}[T: {self.name()}](x: T = {self.name()}) -> {self.name()}:\n{self.body(at)}",
            f"{pad}class {name}[T]:\n{pad}  k = {self.name()}\n{pad}  def m(self):\n{self.body(at.inside())}",
            f"{pad}type {name} = ({self.name()}, {self.name()})\n{pad}log({self.name()})\n",
        )

    def klass(self, at: Where) -> str:
        pad, inner = "  " * at.indent, at.inside(function=False, coroutine=False, loop=False)
        head = self.pick("", "(Base)", "(metaclass=Meta)", "(Base, tag=1)")
        text = f"{pad}{self.pick('', '@keep' + chr(10) + pad, '@run_it' + chr(10) + pad)}class {self.name()}{head}:\n"
        if self.random.random() < 0.3:
            text += f"{pad}  global {self.name()}\n"
        text += self.block(inner) if self.random.random() < 0.6 else ""
        for method in self.random.sample(["__init__", "m", "__repr__", "n", "p"], self.random.randrange(1, 4)):
            if method == "p":
                text += f"{pad}  @property\n"
            value = f"text({self.name()})" if method == "__repr__" else "None"
            text += f"{pad}  def {method}(self):\n{pad}    log({self.expression(inner)})\n{pad}    return {value}\n"
        return text


# ------------------------------------------------------------------------------------------------------ running
@dataclass
class Seen:
    """What a run has shown."""

    log: list[Any] = field(default_factory=list)
    namespace: dict[str, Any] = field(default_factory=dict)
    ended: str = ""
    """Name of the exception that ended it."""
    stopped: bool = False
    """Whether it took too long, so that nothing can be said."""


def plain(value: Any, depth: int = 0) -> Any:
    """A value as something that can be compared between two runs."""
    if depth > 4:
        return ".."
    if isinstance(value, tuple | list):
        return (type(value).__name__, *(plain(item, depth + 1) for item in value))
    if isinstance(value, dict):
        return ("dict", *((plain(k, depth + 1), plain(v, depth + 1)) for k, v in value.items()))
    if isinstance(value, types.FunctionType):
        return ("function", value.__code__.co_name, value.__code__.co_names, plain(value.__defaults__, depth + 1))
    if isinstance(value, type):
        return ("class", value.__name__)
    if isinstance(value, str):
        return re.sub(r"0x[0-9a-f]+", "0x", value)
    if value is None or isinstance(value, int | float):
        return value
    return type(value).__name__


class Runner:
    """Runs one program with given values, and keeps what can be seen."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.ticks = 0
        self.rounds = 0
        self.depth = 0

    def tick(self) -> None:
        self.ticks += 1
        if self.ticks > 300 or len(self.seen.log) > 300:
            self.seen.stopped = True
            raise Stop

    def log(self, value: Any) -> Any:
        self.tick()
        self.seen.log.append(plain(value))
        return value

    def call(self, value: Any = None) -> Any:
        self.tick()
        if not isinstance(value, CALLABLE):
            return value
        self.depth += 1
        try:
            if self.depth > 6:
                self.seen.stopped = True
                raise Stop
            result = value()
            if isinstance(result, types.CoroutineType):
                result = drive(result)
            return result
        finally:
            self.depth -= 1

    def take(self, value: Any) -> Any:
        self.tick()
        return next(value, None) if isinstance(value, types.GeneratorType) else value

    def more(self) -> bool:
        self.tick()
        self.rounds += 1
        return self.rounds < 12

    def show(self, value: Any) -> None:
        if value is not None:
            self.log(value)
            if "__repr__" in vars(type(value)):
                self.log(repr(value))

    def run(self, code: types.CodeType, values: dict[str, Any]) -> Seen:
        namespace = {**values, "__builtins__": {**vars(builtins), **helpers(self)}, "__name__": "__main__"}
        self.seen.namespace = namespace
        hook, sys.displayhook = sys.displayhook, self.show
        try:
            result = eval(code, namespace)
            if isinstance(result, types.CoroutineType):
                drive(result)
        except Stop:
            self.seen.stopped = True
        except RecursionError:
            self.seen.stopped = True
        except BaseException as error:
            self.seen.ended = type(error).__name__
        finally:
            sys.displayhook = hook
        return self.seen


def drive(coroutine: types.CoroutineType[Any, Any, Any]) -> Any:
    """Run a coroutine that never really waits."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value


class Box:
    """Attributes, a table, and a pattern."""

    __match_args__ = ("a",)

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(table={}, **fields)


class Soon:
    """An awaitable that is done at once."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Any:
        return self.value
        yield


class Managed:
    """A context manager that may swallow exceptions."""

    def __init__(self, swallow: bool = False) -> None:
        self.swallow = swallow

    def __enter__(self) -> int:
        return 7

    def __exit__(self, kind: Any, *rest: Any) -> bool:
        return self.swallow and kind is not None and issubclass(kind, Exception)

    async def __aenter__(self) -> int:
        return 8

    async def __aexit__(self, *rest: Any) -> bool:
        return False


async def stream(*items: Any) -> Any:
    """An asynchronous iterable."""
    for item in items:
        yield item


def base_of(runner: Runner) -> type:
    """A base whose keywords make it call a method of the new class."""

    class Base:
        def __init_subclass__(cls, **keywords: Any) -> None:
            runner.log(cls.__name__)
            if keywords and "n" in vars(cls):
                runner.call(lambda: cls.n(None))  # type: ignore[attr-defined]

    return Base


def metaclass_of(runner: Runner) -> type:
    """A metaclass that calls a method of each class that it makes."""

    class Meta(type):
        def __init__(cls, name: str, bases: Any, space: dict[str, Any]) -> None:
            super().__init__(name, bases, space)
            if "m" in space:
                runner.call(lambda: space["m"](None))

    return Meta


def helpers(runner: Runner) -> dict[str, Any]:
    """What the programs find among their builtins."""

    def run_it(function: Any) -> Any:
        runner.call(function)
        return function

    return {
        "log": runner.log, "call": runner.call, "take": runner.take, "budget": runner.more, "cm": Managed,
        "swallow": lambda: Managed(True), "acm": Managed, "soon": Soon, "stream": stream, "box": Box, "shelf": Box(),
        "Base": base_of(runner), "Meta": metaclass_of(runner), "keep": lambda thing: thing, "run_it": run_it,
        **KNOWN, "tag": lambda value: lambda function: (plain(value), function)[1],
        "width": lambda value: 6, "text": lambda value: str(plain(value)),
    }  # fmt: skip


def compiled(source: str) -> types.CodeType:
    """A program as the shell runs it: values of expressions are shown."""
    tree = ast.Interactive(ast.parse(source).body)
    return compile(tree, "<program>", "single", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def fresh(source: random.Random) -> Any:
    """A value that no other variable holds, so that it is seen whether a variable still has it."""
    return source.choice([[], [1], (source.random(),), int(source.random() * 1e12) + 10**6, f"s{source.random()}"])
