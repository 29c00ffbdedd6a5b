"""What is the same call, and what is another one."""

from __future__ import annotations

import functools
import operator
import textwrap

import pytest

from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.options import PLAIN
from cashet_jupyter.functions.target import wrapped


def key(func, *args, **kwargs):
    return Call(wrapped(func), args, kwargs, PLAIN).key


def made(source, name="f", **space):
    """A function out of text, as a cell would define it."""
    namespace = {"__name__": "__main__", **space}
    exec(compile(textwrap.dedent(source), "<cell>", "exec"), namespace)
    return namespace[name]


def f(a, b=2, *rest, c=3, **more):
    return a, b, rest, c, more


def g(a, b=2):
    return a, b


def test_arguments_count_by_parameter_however_they_are_given():
    assert key(g, 1) == key(g, 1, 2) == key(g, a=1, b=2) == key(g, b=2, a=1) == key(g, 1, b=2)
    assert key(f, 1) == key(f, 1, 2, c=3) == key(f, a=1, b=2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, 2), (2, 1)),
        ((1,), (True,)),
        ((1,), (1.0,)),
        ((0.0,), (-0.0,)),
        (("1",), (b"1",)),
        (([1, 2],), ((1, 2),)),
        (({"a": 1, "b": 2},), ({"b": 2, "a": 1},)),
        (([],), (None,)),
        (([[1], [1]],), ([[1, 1], []],)),
        (([1] * 65,), ([1] * 66,)),
        (({1, 2},), ({1, 3},)),
    ],
)
def test_different_values_are_different_calls(one, other):
    assert key(g, *one) != key(g, *other)
    assert key(g, *one) == key(g, *one)


def test_which_arguments_are_the_same_object_counts():
    short, again, long = [1], [1], [[1], 2]
    assert key(g, short, short) != key(g, short, again)
    assert key(g, short, again) == key(g, [1], [1])
    assert key(g, long, long) != key(g, long, [[1], 2])
    assert key(g, (1,), (1,)) == key(g, *[(1,)] * 2)


def test_a_default_that_is_passed_itself_is_told_from_one_that_is_equal():
    def h(a=[]):  # noqa: B006
        return a

    assert key(h) == key(h, h.__defaults__[0])
    assert key(h) != key(h, [])


def test_comments_docstrings_and_layout_do_not_count():
    one = made("def f(x):\n    return x + 1")
    other = made('''
        def f(x):
            """Add."""
            # one

            return (x +
                    1)
    ''')
    assert key(one, 1) == key(other, 1)
    assert key(one, 1) != key(made("def f(x):\n    return x + 2"), 1)


def test_a_docstring_counts_where_the_function_looks_at_it():
    one, other = (made(f'def f():\n    "{text}"\n    return f.__doc__') for text in ("a", "b"))
    assert key(one) != key(other)
    helper = "def helper(g): return g.__doc__\ndef f(g): return helper(g)"
    assert key(made(helper), one) != key(made(helper), other)


def test_what_a_function_closes_over_counts_by_value():
    def adder(n):
        return lambda x: x + n

    assert key(adder(1), 1) == key(adder(1), 1) != key(adder(2), 1)


def test_globals_and_helpers_count_by_value_and_others_do_not():
    source = "def helper(x): return x * {}\ndef f(x): return helper(x) + LIMIT"
    assert key(made(source.format(2), LIMIT=1), 1) == key(made(source.format(2), LIMIT=1, OTHER=5), 1)
    assert key(made(source.format(2), LIMIT=1), 1) != key(made(source.format(3), LIMIT=1), 1)
    assert key(made(source.format(2), LIMIT=1), 1) != key(made(source.format(2), LIMIT=2), 1)
    assert key(made(source.format(2), LIMIT=[1]), 1) != key(made(source.format(2), LIMIT=[2]), 1)


def test_defaults_count():
    assert key(made("def f(x=1): return x")) != key(made("def f(x=2): return x"))
    assert key(made("def f(*, x=1): return x")) != key(made("def f(*, x=2): return x"))


def test_partials_methods_classes_and_builtins_are_calls():
    class Scale:
        def __init__(self, by):
            self.by = by

        def times(self, x):
            return x * self.by

    assert key(functools.partial(g, 1), 2) == key(functools.partial(g, 1), 2) != key(functools.partial(g, 2), 2)
    assert key(Scale(2).times, 1) == key(Scale(2).times, 1) != key(Scale(3).times, 1)
    assert key(Scale, 1) != key(Scale, 2)
    assert key(sorted, [2, 1]) == key(sorted, [2, 1]) != key(max, [2, 1])
    assert key(operator.itemgetter(1), [1, 2]) != key(operator.itemgetter(0), [1, 2])


def test_arguments_that_do_not_fit_still_make_a_call():
    assert key(g, 1, 2, 3) != key(g, 1, 2, 4)


def test_a_named_serializer_is_a_part_of_the_key():
    assert Call(g, (1,), {}, PLAIN, "json").key != Call(g, (1,), {}, PLAIN).key


def test_a_function_that_is_wrapped_counts_with_its_decorator():
    def twice(func):
        @functools.wraps(func)
        def call(x):
            return func(func(x))

        return call

    def once(func):
        @functools.wraps(func)
        def call(x):
            return func(x)

        return call

    def add(x):
        return x + 1

    assert key(twice(add), 1) == key(twice(add), 1) != key(once(add), 1)
