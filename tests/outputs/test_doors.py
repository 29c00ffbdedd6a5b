"""Attributes are put back exactly."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import pytest

from cashet_jupyter.outputs.doors import Doors


class Owner:
    def say(self, text: str) -> str:
        """Say it."""
        return text


def louder(call: Callable[..., Any]) -> Callable[..., Any]:
    return lambda text: call(text) + "!"


def test_a_method_found_in_the_class_is_found_there_again() -> None:
    owner, doors = Owner(), Doors()
    doors.hook(owner, "say", louder)
    assert (owner.say("a"), owner.say.__doc__) == ("a!", "Say it.")
    doors.close()
    doors.close()
    assert vars(owner) == {}


def test_an_attribute_of_a_module_is_the_same_object_again() -> None:
    module, doors = types.ModuleType("m"), Doors()
    module.say = original = lambda text: text
    doors.hook(module, "say", louder)
    assert module.say("a") == "a!"
    doors.close()
    assert module.say is original


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1), (1, 2, 0), (2, 0, 1)])
def test_doors_on_top_of_each_other_may_close_in_any_order(order: tuple[int, ...]) -> None:
    owner = Owner()
    doors = [Doors() for _ in order]
    for door in doors:
        door.hook(owner, "say", louder)
    assert owner.say("a") == "a!!!"
    for number in order:
        doors[number].close()
    assert vars(owner) == {}


def test_a_closed_door_below_a_foreign_patch_is_taken_out_later() -> None:
    owner, first, second = Owner(), Doors(), Doors()
    first.hook(owner, "say", louder)
    hook = owner.say
    owner.say = foreign = lambda text: hook(text)  # type: ignore[method-assign]
    first.close()
    assert owner.say is foreign
    owner.say = hook  # type: ignore[method-assign]  # as the foreign code puts back what it found
    second.hook(owner, "say", louder)
    second.close()
    assert vars(owner) == {}


def test_what_takes_no_attributes_is_an_error() -> None:
    with pytest.raises((TypeError, AttributeError)):
        Doors().hook(object(), "__str__", louder)
