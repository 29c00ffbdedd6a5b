"""What a run showed, as a page may have it: images, text and harmless HTML, in bounds.

A recorded bundle may hold anything: scripts, widgets, addresses that tell who looks. Of each bundle one form is passed
on, and HTML only after it was cleaned here; the front end cleans it once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Commit, Shown
from cashet_jupyter.render import units
from cashet_jupyter.render.shown import harmless, image_address, settled
from cashet_jupyter.serialize.plain import unpack  # msgpack alone: it cannot load anything that is stored with it
from cashet_jupyter.store.store import Store

#: bytes of one thing that was shown, and of all of them
ONE = 4 << 20
ALL = 8 << 20
#: things that are passed on, and characters of one stream
MOST = 100
TEXT = 50_000
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")


def shown_of(store: Store, commit: Commit) -> dict[str, Any]:
    """What a run showed: `outputs`, and how many `more` there were. Raises `StoreError` and `Damaged`."""
    items = settled(_decoded(store.shown(commit))) if commit.shown is not None else []
    room = ALL
    outputs: list[dict[str, Any]] = []
    for item in items[:MOST]:
        output = _output(item, min(room, ONE))
        room -= sum(len(text) for text in output.values() if isinstance(text, str))
        outputs.append(output)
    return {"outputs": outputs, "more": max(0, len(items) - MOST)}


def _decoded(data: bytes) -> list[Shown]:
    try:
        return [Shown(kind, _mapping(content)) for kind, content in unpack(data)]
    except Exception as error:
        msg = f"the outputs cannot be decoded: {type(error).__name__}: {error}"
        raise Damaged(msg) from error


def _mapping(content: object) -> Mapping[str, Any]:
    if not isinstance(content, Mapping):
        msg = "an output without content"
        raise TypeError(msg)
    return cast("Mapping[str, Any]", content)


def _output(item: Shown, room: int) -> dict[str, Any]:
    if item.kind == "stream":
        name = "stderr" if item.content.get("name") == "stderr" else "stdout"
        return {"kind": name, **_cut(str(item.content.get("text", "")), room)}
    data = item.content.get("data")
    return _bundle(cast("Mapping[str, Any]", data) if isinstance(data, Mapping) else {}, room)


def _bundle(data: Mapping[str, Any], room: int) -> dict[str, Any]:
    """The best form of a bundle that fits: an image, HTML, or text; else its types by name."""
    for mime in _IMAGES:
        if mime in data:
            address = image_address(mime, data[mime])
            alt = _text(data.get("text/plain", mime))[:200]
            if len(address) <= room:
                return {"kind": "image", "address": address, "text": alt}
            return {"kind": "note", "text": f"{mime}, {units.size(len(address) * 3 // 4)}: too big to be shown here"}
    html = data.get("text/html")
    if isinstance(html, str | list) and len(text := _text(html)) <= room:
        return {"kind": "html", "text": harmless(text)}
    for mime in ("text/plain", "text/markdown", "text/latex"):
        if mime in data:
            return {"kind": "text", **_cut(_text(data[mime]), room)}
    return {"kind": "note", "text": ", ".join(sorted(str(mime)[:100] for mime in data)[:20])}


def _text(content: object) -> str:
    if isinstance(content, list):  # as notebooks keep lines
        return "".join(map(str, cast("Sequence[object]", content)))
    return str(content)


def _cut(text: str, room: int) -> dict[str, Any]:
    most = min(TEXT, max(0, room))
    return {"text": text[:most], "cut": max(0, len(text) - most)}
