"""The door of the store: whatever goes wrong inside leaves it as one of the project's errors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import apsw

from cashet_jupyter.errors import CashetError
from cashet_jupyter.store.faults import FAULTS, INDEX_FAULTS, store_error
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.opening import REBUILT

_RETRIES = 2


class Housed(Protocol):
    """What has an index behind its methods."""

    @property
    def path(self) -> Path:
        """Where the store is."""
        ...

    @property
    def index(self) -> Index:
        """Its index."""
        ...

    @property
    def notices(self) -> list[str]:
        """What the user should be told."""
        ...

    @property
    def read_only(self) -> str:
        """Why nothing can be stored; empty if it can."""
        ...


_S = TypeVar("_S", bound=Housed)
_P = ParamSpec("_P")
_R = TypeVar("_R")


def door(method: Callable[Concatenate[_S, _P], _R]) -> Callable[Concatenate[_S, _P], _R]:
    """Turn every failure into one of the project's errors; where the index was damaged or exchanged, try again."""

    @functools.wraps(method)
    def call(self: _S, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            for _ in range(_RETRIES):
                try:
                    return method(self, *args, **kwargs)
                except (*INDEX_FAULTS, apsw.Error) as error:
                    if not _healed(self, error):
                        raise
            return method(self, *args, **kwargs)
        except CashetError:
            raise
        except FAULTS as error:
            raise store_error(error, self.path) from error

    return call


def _healed(store: Housed, error: BaseException) -> bool:
    """Whether there is another index now than the one that failed."""
    connections = store.index.connections
    if store.read_only or not isinstance(error, INDEX_FAULTS):
        return not store.read_only and connections.seen != connections.identity()
    store.index.renew(connections.seen)
    notice = REBUILT.format("damaged")
    if notice not in store.notices:
        store.notices.append(notice)
    return True
