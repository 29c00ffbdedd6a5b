"""The fingerprint of one value."""

from __future__ import annotations

from cashet_jupyter.fingerprint.graph import InputGraph


def fingerprint_value(obj: object) -> str:
    """The fingerprint of one value: 64 hexadecimal digits.

    Equal for values that no code can tell apart, in any process. Raises `NotFingerprintable` if it has none; the path
    in the message starts with `value`.
    """
    return InputGraph(["value"], {"value": obj}, lazy=True).digests["value"]
