"""The laws of a fingerprint, for the values of one library; and the values of all of them in one list."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import cloudpickle

from cashet_jupyter.fingerprint import fingerprint_value
from tests.cases.distinctions import Pair, Value, build
from tests.cases.source import installed
from tests.fingerprint.libraries import cases

#: the case files, in order
LIBRARIES = [import_module(f"{cases.__name__}.{module.name}") for module in iter_modules(cases.__path__)]


def differ() -> list[Pair]:
    """The pairs that a cell can tell apart."""
    return [pair for library in LIBRARIES for pair in library.DIFFER if installed(pair.needs)]


def equal() -> list[Pair]:
    """The pairs that no cell can tell apart."""
    return [pair for library in LIBRARIES for pair in library.EQUAL if installed(pair.needs)]


def roundtrip() -> list[Value]:
    """The values that go through the store."""
    return [value for library in LIBRARIES for value in library.ROUNDTRIP if installed(value.needs)]


def sources() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every value of the lists: id, source, needs."""
    for law, pairs in (("differ", differ()), ("equal", equal())):
        for pair in pairs:
            yield f"{law}/{pair.id}/a", pair.a, pair.needs
            yield f"{law}/{pair.id}/b", pair.b, pair.needs
    for value in roundtrip():
        yield value.id, value.make, value.needs


def through_pickle(obj: object) -> object:
    """A copy through pickle with its buffers out of band, as the store keeps them."""
    buffers: list[pickle.PickleBuffer] = []
    data = cloudpickle.dumps(obj, 5, buffer_callback=buffers.append)
    return pickle.loads(data, buffers=[bytearray(buffer.raw()) for buffer in buffers])


def main() -> None:
    """Print id and fingerprint of every value: what another process finds."""
    for name, source, needs in sources():
        print(name, fingerprint_value(build(source, needs)))


if __name__ == "__main__":
    main()
