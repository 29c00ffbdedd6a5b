"""Restored code is that of the cell as it stands now; references find the live objects."""

from __future__ import annotations

import inspect
import linecache
import sys
import traceback
from typing import Any

from cashet_jupyter.models import Effects, Payload
from cashet_jupyter.serialize.envelope import dumps, loads
from cashet_jupyter.serialize.references import References, seeds
from tests.cases.source import code
from tests.effects.notebook import codes_of, docstrings_of, new_namespace, variables
from tests.serialize.test_envelope import Inputs

THEN = code('''
    import dataclasses, typing
    def f(x):
        """Then."""
        return 1 / x
    class C:
        """Class, then."""
        def m(self):
            return lambda: [self]
    @dataclasses.dataclass
    class D:
        x: int = 1
    class N(typing.NamedTuple):
        """Written."""
        a: int
    def g():
        """By hand later."""
    g.__doc__ = "by hand"
''')
NOW = code('''
    # a comment that moves everything down


    import dataclasses, typing
    def f( x ):
        """Now."""
        return 1 / x  # the line that fails

    class C:
        """Class, now."""

        def m(self):
            return lambda: [ self ]

    @dataclasses.dataclass
    class D:
        """Now it has one."""
        x: int = 1
    class N(typing.NamedTuple):
        a: int
    def g():
        """Changed."""
    g.__doc__ = "by hand"
''')


def restored(then: str, now: str, filename: str = "<now>") -> dict[str, Any]:
    """The namespace of a cell that ran as `then` and is restored as it stands `now`."""
    plain, fresh = new_namespace(), new_namespace()
    before = compile(then, "<then>", "exec", dont_inherit=True)
    exec(before, plain)
    outputs = {name: value for name, value in variables(plain).items() if not inspect.ismodule(value)}
    payload = dumps(Effects(outputs), (), References(Inputs(), plain, codes_of(before), docstrings_of(then)))
    after = compile(now, filename, "exec", dont_inherit=True)
    payload = Payload(payload.skeleton, payload.shown, tuple(memoryview(bytearray(bytes(b))) for b in payload.buffers))
    references = References(Inputs(), fresh, codes_of(after), docstrings_of(now))
    fresh.update(loads(payload, references).outputs)
    return fresh


def test_functions_have_the_code_and_the_docstring_of_the_cell_as_it_stands():
    found = restored(THEN, NOW)
    assert found["f"].__doc__ == "Now."
    assert found["f"].__code__.co_filename == "<now>"
    assert found["f"].__code__.co_firstlineno == 5
    assert found["C"]().m().__code__.co_firstlineno == 13
    assert found["g"].__doc__ == "by hand"


def test_classes_have_the_docstring_of_the_cell_as_it_stands():
    found = restored(THEN, NOW)
    assert found["C"].__doc__ == "Class, now."
    assert found["D"].__doc__ == "Now it has one."
    assert found["N"].__doc__ == "N(a)"
    assert restored(NOW, THEN)["D"].__doc__ == "D(x: int = 1)"
    if sys.version_info >= (3, 13):
        assert found["C"].__firstlineno__ == 9


def test_tracebacks_and_sources_are_those_of_the_cell_as_it_stands():
    linecache.cache["<now cell>"] = (len(NOW), None, NOW.splitlines(keepends=True), "<now cell>")
    found = restored(THEN, NOW, "<now cell>")
    try:
        found["f"](0)
    except ZeroDivisionError as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
    assert last.lineno == 7
    assert "the line that fails" in (last.line or "")
    assert inspect.getsource(found["f"]).startswith("def f( x ):")


def test_code_that_is_not_of_the_cell_is_stored_with_the_value():
    found = restored("exec('def h(): return 5')\nf = eval('lambda: h() + 1')", "x = 1")
    assert found["f"]() == 6
    assert found["h"].__globals__ is found


def test_a_cell_without_its_code_gets_the_code_as_it_was():
    found = restored("def f(): return 2\ndef g(): return 3", "pass")
    assert (found["f"](), found["g"]()) == (2, 3)


def test_names_of_what_is_outside():
    x, namespace = [1], {}
    code_object = compile("1", "<c>", "eval")
    references = References(Inputs(x), namespace, [code_object])
    assert references.name(x) == ("n", 0)
    assert references.name(namespace) == ("ns",)
    assert references.name(sys) == ("mod", "sys")
    assert references.name(code_object) == ("code", 0)
    assert references.name([1]) is None


def test_an_object_with_two_slots_still_takes_two():
    x = [1]
    assert sorted(number for number, _ in seeds([x, x, x]).values()) == [0, 1, 2]


def test_the_namespace_can_be_an_input_as_well():
    namespace: dict[str, Any] = {"__name__": "__main__"}
    x = [1]
    payload = dumps(
        Effects({"a": [namespace, x, "text", Exception("text")]}), (), References(Inputs(namespace, x), namespace)
    )
    other: dict[str, Any] = {"__name__": "__main__"}
    y = [1]
    a = loads(payload, References(Inputs(other, y), other)).outputs["a"]
    assert a[0] is other
    assert a[1] is y
    assert a[3].args == ("text",)
