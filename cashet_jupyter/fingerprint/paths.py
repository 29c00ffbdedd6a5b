"""The path from a variable to an object, for messages: found again when it is needed."""

from __future__ import annotations

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint.modules import encode_slot
from cashet_jupyter.fingerprint.pieces import Slot
from cashet_jupyter.fingerprint.records import Records
from cashet_jupyter.fingerprint.tracing import Found, TracingEncoder


def path_to(records: Records, index: int, *, inside: bool = False) -> str:
    """How an object is reached: `model.logger.handlers[0].lock`.

    `inside` adds the steps within the object itself, down to what refused.
    """
    steps: list[str] = []
    if inside and index >= 0:
        steps = _steps(records, index, None)
    while index >= 0:
        obj, parent = records.objects[index], records.parents[index]
        if type(obj) is Slot and obj.kind == "variable":
            steps = [obj.name, *steps]
            break
        if parent >= 0:
            steps = [*_steps(records, parent, index), *steps]
        index = parent
    return "".join(steps)


def _steps(records: Records, index: int, target: int | None) -> list[str]:
    """The steps within one object: to one of its children, or to what refuses in it."""
    encoder = TracingEncoder(records, target)
    obj = records.objects[index]
    try:
        if type(obj) is Slot:
            encode_slot(encoder, obj)
        elif obj is not None:
            records.entry(type(obj)).encode(encoder, obj)
    except (Found, NotFingerprintable):
        return encoder.path
    except Exception:  # a path is for people: without it the message still holds
        return []
    return []
