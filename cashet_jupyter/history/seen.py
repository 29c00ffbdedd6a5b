"""What two runs showed, side by side: printed text by its lines, pictures as they were recorded, tables as text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, cast

from cashet_jupyter.diffs.difference import Entry
from cashet_jupyter.diffs.model import Budget, Picture, ValueDiff
from cashet_jupyter.diffs.text import compare_text
from cashet_jupyter.models import Shown
from cashet_jupyter.outputs.settled import settled

_PNG = "image/png"
_TEXTS = ("text/plain", "text/markdown", "text/latex", "text/html", "application/json")


def seen(old: Iterable[Shown], new: Iterable[Shown], budget: Budget) -> list[Entry]:
    """Every stream, then every other thing that was shown, the n-th with the n-th."""
    before, after = settled(old), settled(new)
    entries: list[Entry] = []
    for stream, name in (("stdout", "printed"), ("stderr", "printed to stderr")):
        texts = _stream(before, stream), _stream(after, stream)
        if any(texts):
            entries.append(_text(name, *texts, budget))
    displays = [[_data(item) for item in items if item.kind != "stream"] for items in (before, after)]
    for number, (was, now) in enumerate(zip_longest(*displays), 1):
        entries.append(_display(f"shown {number}", was, now, budget))
    return entries


def _stream(items: Sequence[Shown], name: str) -> str:
    return "".join(
        str(item.content["text"]) for item in items if item.kind == "stream" and item.content["name"] == name
    )


def _data(item: Shown) -> Mapping[str, Any]:
    data = item.content.get("data")
    return cast("Mapping[str, Any]", data) if isinstance(data, Mapping) else {}


def _text(name: str, old: str, new: str, budget: Budget) -> Entry:
    if old == new:
        return Entry(name, "equal", "text")
    found = compare_text(old, new, budget)
    status = "changed" if old and new else "added" if new else "removed"
    return Entry(name, status, "text", _lines(old), _lines(new), found.change, diff=found)


def _lines(text: str) -> str:
    count = len(text.splitlines())
    return f"{count} line{'' if count == 1 else 's'}" if text else ""


def _display(name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, budget: Budget) -> Entry:
    if old is None or new is None:
        there = new if old is None else old
        return _alone(name, there or {}, budget, came=old is None)
    kind = _kind(new)
    if all(old.get(mime) == new.get(mime) for mime in old.keys() | new.keys() if mime not in _volatile(old, new)):
        return Entry(name, "equal", kind)
    if _PNG in old and _PNG in new:
        images = _image(old, budget), _image(new, budget)
        found = ValueDiff("image", "different", _size(old), _size(new), "looks different", pictures=_picture(*images))
        why = "" if all(images) else "the picture is too large to be shown here"
        return Entry(name, "changed", "image", _size(old), _size(new), "looks different", why, diff=found)
    texts = _said(old), _said(new)
    if all(texts) and texts[0] != texts[1]:
        found = compare_text(*texts, budget)
        return Entry(name, "changed", kind, _words(old), _words(new), found.change, diff=found)
    change = "changed" if _words(old) == _words(new) else f"{_words(old)} -> {_words(new)}"
    return Entry(name, "changed", kind, _words(old), _words(new), change)


def _volatile(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """What differs each time where the picture says it better: `<Figure at 0x...>`."""
    return frozenset(_TEXTS) if _PNG in old and _PNG in new else frozenset()


def _alone(name: str, data: Mapping[str, Any], budget: Budget, *, came: bool) -> Entry:
    words = _words(data)
    image = _image(data, budget)
    text = _said(data)
    diff: ValueDiff | None = None
    if image:
        pair = (b"", image) if came else (image, b"")
        diff = ValueDiff("image", "different", "", "", "is new" if came else "is gone", pictures=_picture(*pair))
    elif text:
        diff = compare_text(*(("", text) if came else (text, "")), budget)
    if came:
        return Entry(name, "added", _kind(data), "", words, "is new", diff=diff)
    return Entry(name, "removed", _kind(data), words, "", "is gone", diff=diff)


def _kind(data: Mapping[str, Any]) -> str:
    if any(mime.startswith("image/") for mime in data):
        return "image"
    return "table" if "<table" in str(data.get("text/html", ""))[:4000] else "text"


def _said(data: Mapping[str, Any]) -> str:
    return next((str(data[mime]) for mime in _TEXTS if mime in data), "")


def _picture(old: bytes, new: bytes) -> tuple[Picture, ...]:
    return (Picture("as it was shown", old, new),) if old or new else ()


def _bytes(data: Mapping[str, Any]) -> bytes:
    """A picture as it was recorded, or nothing."""
    content = data.get(_PNG)
    if isinstance(content, bytes | bytearray | memoryview):
        return bytes(content)
    try:
        return base64.b64decode(content) if isinstance(content, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _image(data: Mapping[str, Any], budget: Budget) -> bytes:
    found = _bytes(data)
    return found if found.startswith(b"\x89PNG") and len(found) <= budget.picture else b""


def _size(data: Mapping[str, Any]) -> str:
    """`PNG 640 x 480`: from the picture's own head."""
    head = _bytes(data)[:24]
    if len(head) < 24:
        return "PNG"
    return f"PNG {int.from_bytes(head[16:20], 'big')} x {int.from_bytes(head[20:24], 'big')}"


def _words(data: Mapping[str, Any]) -> str:
    if _PNG in data:
        return _size(data)
    image = next((mime for mime in data if mime.startswith("image/")), "")
    if image:
        return f"{image}, {len(data[image]):,} bytes"
    return _kind(data) if _said(data) else ", ".join(sorted(map(str, data)))
