"""A function that is submitted when it is called."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol

from cashet_jupyter.functions.options import PLAIN, TaskOptions, split


class Submits(Protocol):
    """A client."""

    def _submit(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions
    ) -> Any:
        """A call with its options."""
        ...


class Task:
    """What `@client.task` makes of a function: calling it gives a `ResultRef`."""

    __qualname__: str

    def __init__(self, func: Callable[..., Any], client: Submits, options: TaskOptions) -> None:
        functools.update_wrapper(self, func)
        self._cashet_wrapped_func = getattr(func, "_cashet_wrapped_func", func)
        self.options = options
        """How it is run, where a call does not say otherwise."""
        self._client = client

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Submit it."""
        options, rest = split(self.options, kwargs)
        return self._client._submit(self, args, rest, options)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """As a method: submitted with the instance as its first argument."""
        return self if instance is None else functools.partial(self, instance)

    def __repr__(self) -> str:
        return f"<task {self.__qualname__}>"

    def __cashet_fingerprint__(self) -> object:
        """A task counts as the function that it runs."""
        return (self._cashet_wrapped_func,)


def options_of(func: Any) -> TaskOptions:
    """How a function is run where a call does not say: what its `task` said."""
    return func.options if isinstance(func, Task) else PLAIN
