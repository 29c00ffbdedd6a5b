"""What users and library files write to, and how types are registered."""

from __future__ import annotations

import sys
import types

import pytest

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint import fingerprint_value, register
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.registry import REGISTRY


@pytest.fixture(autouse=True)
def own_registry():
    entries, waiting = dict(REGISTRY.entries), dict(REGISTRY.waiting)
    yield
    REGISTRY.entries.clear()
    REGISTRY.entries.update(entries)
    REGISTRY.waiting.clear()
    REGISTRY.waiting.update(waiting)


def written(*calls):
    """The fingerprint of an object whose encoder makes these calls."""

    class Probe:
        pass

    def encode(encoder, _):
        for name, *arguments in calls:
            getattr(encoder, name)(*arguments)

    Probe.__module__, Probe.__qualname__ = "__main__", "Probe"
    register(Probe, encode)
    return fingerprint_value(Probe())


DIFFERENT = [
    [("text", "ab"), ("text", "c")],
    [("text", "a"), ("text", "bc")],
    [("text", "abc")],
    [("tag", "abc")],
    [("value", "abc")],
    [("value", b"abc")],
    [("buffer", b"abc")],
    [("values", ["abc"])],
    [("values", [["abc"]])],
    [("values", ("a", "bc"))],
    [("content", ["abc"])],
    [("value", ["abc"])],
    [("unordered", ["abc"])],
    [("unordered", [("abc",)])],
    [("mapping", {"abc": 1})],
    [("mapping", {"abc": [1]})],
    [("value", {"abc": 1})],
    [("content", {"abc": 1})],
    [("values", [1, [2]]), ("values", [3])],
    [("values", [1]), ("values", [[2], 3])],
    [("buffer", b"x" * 5000)],
    [("buffer", b"x" * 5000), ("buffer", b"")],
    [("buffer", b""), ("buffer", b"x" * 5000)],
    [],
]


def test_no_two_ways_of_writing_are_confused():
    found = [written(*calls) for calls in DIFFERENT]
    assert len(set(found)) == len(DIFFERENT)


def test_a_buffer_is_its_bytes_in_whatever_form_they_come():
    data = bytes(range(256)) * 100
    forms = [data, memoryview(data), memoryview(bytearray(data)), memoryview(data).cast("i")]
    assert len({written(("buffer", form)) for form in forms}) == 1


def test_content_has_no_identity_and_a_value_has():
    shared = [1]
    assert written(("content", shared), ("content", shared)) == written(("content", [1]), ("content", [1]))
    assert written(("value", shared), ("value", shared)) != written(("value", [1]), ("value", [1]))


def test_memory_that_overlaps_counts_but_not_where_it_lies():
    class Span:
        def __init__(self, low, high, writes=True):
            self.low, self.high, self.writes = low, high, writes

    register(Span, lambda encoder, span: encoder.extent(span.low, span.high, writes=span.writes))
    apart = fingerprint_value([Span(0, 4), Span(4, 8)])
    overlapping = fingerprint_value([Span(0, 5), Span(4, 8)])
    assert apart == fingerprint_value([Span(10, 14), Span(24, 28)])
    assert overlapping == fingerprint_value([Span(100, 105), Span(104, 108)])
    assert overlapping not in (apart, fingerprint_value([Span(0, 5), Span(3, 8)]))
    assert fingerprint_value([Span(0, 5, False), Span(4, 8, False)]) == apart
    assert fingerprint_value([Span(0, 5, False), Span(4, 8, True)]) == overlapping


def test_a_type_can_be_registered_as_a_decorator_and_for_its_subclasses():
    class Base:
        def __init__(self, text):
            self.hidden = text

    @register(Base)
    def encode(encoder, obj):
        encoder.text(obj.hidden.lower())

    class Sub(Base):
        pass

    assert fingerprint_value(Base("A")) == fingerprint_value(Base("a"))
    assert fingerprint_value(Sub("A")) == fingerprint_value(Sub("a")) != fingerprint_value(Base("a"))
    register(Base, encode, subclasses=False)
    assert fingerprint_value(Sub("A")) != fingerprint_value(Sub("a"))


def test_an_immutable_type_has_no_identity():
    class Point:
        def __init__(self, x):
            self.x = x

    p = Point(1)
    assert fingerprint_value([p, p]) != fingerprint_value([Point(1), Point(1)])
    register(Point, lambda encoder, point: encoder.value(point.x), node=False)
    assert fingerprint_value([p, p]) == fingerprint_value([Point(1), Point(1)])
    assert fingerprint_value(p) != fingerprint_value(Point(2))
    assert len(InputGraph(["v"], {"v": [p]}).nodes) == 3  # the list, the class, its __init__


def test_a_type_can_be_registered_before_its_module_is_imported(monkeypatch):
    register("made_up_later:Outer.Inner", lambda encoder, _: encoder.tag("one value"))
    module = types.ModuleType("made_up_later")
    exec("class Outer:\n    class Inner:\n        def __init__(self, x): self.x = x", vars(module))
    monkeypatch.setitem(sys.modules, "made_up_later", module)
    assert fingerprint_value(module.Outer.Inner(1)) == fingerprint_value(module.Outer.Inner(2))


@pytest.mark.parametrize("name", ["no_colon", "two:colons:here"])
def test_a_name_that_is_no_path_to_a_type_is_an_error(name):
    with pytest.raises(ValueError, match="module:QualName"):
        register(name, lambda encoder, _: None)


def test_a_registered_encoder_can_refuse_with_a_path():
    class Inner:
        pass

    class Outer:
        def __init__(self):
            self.inner = Inner()

    def encode(encoder, outer):
        with encoder.step(".part"):
            encoder.values([1, (2, outer.inner)])

    register(Outer, encode)
    register(Inner, lambda encoder, _: encoder.refuse("it is secret", "ask"))
    with pytest.raises(NotFingerprintable) as caught:
        fingerprint_value({"k": Outer()})
    assert (caught.value.path, caught.value.why, caught.value.advice) == (
        "value['k'].part[1][1]",
        "it is secret",
        "ask",
    )


def test_an_encoder_that_fails_refuses_and_does_not_raise_its_own_error():
    class Broken:
        pass

    register(Broken, lambda encoder, _: encoder.nonsense())
    with pytest.raises(NotFingerprintable, match=r"value\[0\]: it could not be read: AttributeError"):
        fingerprint_value([Broken()])
