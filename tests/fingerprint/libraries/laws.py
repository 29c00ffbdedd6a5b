"""The laws of a fingerprint, for the values of one library; and the values of all of them in one list."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import cloudpickle

from cashet_jupyter.fingerprint import fingerprint_value
from tests.cases.distinctions import Pair, Value, build
from tests.cases.source import installed
from tests.fingerprint.libraries import objects, tables


def differ() -> list[Pair]:
    """The pairs that a cell can tell apart."""
    return [pair for pair in tables.DIFFER + objects.DIFFER if installed(pair.needs)]


def equal() -> list[Pair]:
    """The pairs that no cell can tell apart."""
    return [pair for pair in tables.EQUAL + objects.EQUAL if installed(pair.needs)]


def roundtrip() -> list[Value]:
    """The values that go through the store."""
    return [value for value in tables.ROUNDTRIP + objects.ROUNDTRIP if installed(value.needs)]


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
