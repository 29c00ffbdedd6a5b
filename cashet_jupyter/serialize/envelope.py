"""The envelope of a run: what it left and what it showed, as bytes and back.

    skeleton = length of the header (8 bytes) + header (msgpack) + pickle + pack of small buffers

The header says the format and, for each output, in which of four ways it is stored: as plain data in the header
itself, as a raw array (dtype, shape and a buffer), as big plain data (a buffer of `marshal`), or as a part of the
pickle. All but the last share nothing with anything else; the first two can be read whoever wrote them. Everything
else goes into one pickle, so that what the values share they share again.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from cashet_jupyter.errors import Damaged
from cashet_jupyter.memory.gathered import whole
from cashet_jupyter.models import Effects, Patch, Payload, Shown
from cashet_jupyter.serialize.buffers import BufferReader, BufferWriter
from cashet_jupyter.serialize.collector import paused_collector, settle
from cashet_jupyter.serialize.graph import Pickled, UnstorableError, dump_graph
from cashet_jupyter.serialize.marshalled import VERSION, dump
from cashet_jupyter.serialize.marshalled import load as load_marshalled
from cashet_jupyter.serialize.pickles import load
from cashet_jupyter.serialize.plain import pack, unpack
from cashet_jupyter.serialize.references import NoInputs, References, check_slots
from cashet_jupyter.serialize.refusal import refusal
from cashet_jupyter.serialize.resolver import Resolver
from cashet_jupyter.serialize.sorting import Sorted, shared_after_all, sort_out

#: version of the layout; bytes of any other version are not read
FORMAT = 1
_LENGTH = 8
#: ways in which a value can be read whoever wrote it
_SAFE = ("plain", "array")
#: where the result of the cell (`Out[n]`) stands among the names
RESULT = "_"
#: where the hidden states stand, in messages
STATES = "hidden state"


def dumps(effects: Effects, shown: Sequence[Shown], references: References) -> Payload:
    """What a run left and showed, as bytes.

    The buffers are views of the values' own memory: they have to be written before anything changes it. Raises
    `NotSerializable`, whose path names the part that cannot be stored.
    """
    with paused_collector(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what classes do when they are taken apart; the user did not do that
        states = (dict(effects.states),) if effects.states else ()
        names = [*effects.outputs, *(RESULT for _ in effects.result), *(STATES for _ in states)]
        items = sort_out([*effects.outputs.values(), *effects.result, *states], references)
        pickled = _pickle(items, names, effects.patches, references)
        while shared_after_all(items, pickled, references):
            pickled = _pickle(items, names, effects.patches, references)
        writer = BufferWriter() if pickled is None else pickled.stream.writer
        stored = [_stored(item, writer) for item in items]
        finished = writer.finish()
        header = {
            "format": FORMAT,
            "slots": 0 if pickled is None else len(pickled.stream.slots),
            "names": list(effects.outputs),
            "results": len(effects.result),
            "values": stored,
            "deletions": list(effects.deletions),
            "imports": list(effects.imports),
            "places": [number for place in finished.places for number in place],
            "handed_out": writer.handed_out,
            "pickle": 0 if pickled is None else pickled.data.nbytes,
            "pack": len(finished.pack),
        }
        head = pack(header)
        data = b"" if pickled is None else pickled.data
        skeleton = b"".join([len(head).to_bytes(_LENGTH, "little"), head, data, finished.pack])
        return Payload(skeleton, dumps_shown(shown), finished.buffers, finished.groups)


def _pickle(
    items: Sequence[Sorted], names: Sequence[str], patches: Sequence[Patch], references: References
) -> Pickled | None:
    """The pickle of all that is not stored apart; None if that is nothing."""
    chosen = [index for index, item in enumerate(items) if item.way == "graph"]
    if not chosen and not patches:
        return None
    root = ([items[index].value for index in chosen], [(patch.node, patch.kind, patch.content) for patch in patches])
    try:
        return dump_graph(root, references)
    except UnstorableError as error:
        raise refusal(error, [names[index] for index in chosen], references.namespace) from error


def _stored(item: Sorted, writer: BufferWriter) -> list[Any]:
    """What the header says of a value."""
    if item.way == "plain":
        return ["plain", item.value]
    if item.way == "array":
        from cashet_jupyter.serialize.arrays import flat_bytes, order_of

        array = item.value
        number = writer.add(memoryview(flat_bytes(array)))
        return ["array", number, array.dtype.str, list(array.shape), order_of(array), bool(array.flags.writeable)]
    if item.way == "marshal":
        return ["marshal", writer.add(dump(item.value)), VERSION, type(item.value).__name__]
    return ["graph"]


def loads(payload: Payload, references: References) -> Effects:
    """What a run left, decoded against the live inputs; nothing is changed yet.

    Raises `Damaged` if anything about the bytes is not as it should be.
    """
    with paused_collector(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _decode(payload, references)
        except Damaged:
            raise
        except Exception as error:
            msg = f"cannot be decoded: {type(error).__name__}: {error}"
            raise Damaged(msg) from error


def _decode(payload: Payload, references: References) -> Effects:
    header, rest = _header(memoryview(payload.skeleton))
    end = header["pickle"]
    resolver = Resolver(references, _reader(header, rest[end:], payload))
    values, patches = _unpickle(rest[:end], header, resolver) if end else ([], [])
    remaining = iter(values)
    restored = [_restored(stored, remaining, resolver) for stored in header["values"]]
    if any(stored[0] == "marshal" for stored in header["values"]):
        settle()
    names = cast("list[str]", header["names"])
    results = len(names) + cast("int", header["results"])
    return Effects(
        outputs=dict(zip(names, restored, strict=False)),
        patches=tuple(Patch(*patch) for patch in patches),
        deletions=tuple(header["deletions"]),
        imports=tuple(header["imports"]),
        result=tuple(restored[len(names) : results]),
        states=restored[results] if len(restored) > results else {},
    )


def _reader(header: Mapping[str, Any], small: memoryview, payload: Payload) -> BufferReader:
    flat = cast("list[int]", header["places"])
    places = list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))
    return BufferReader(places, small, [whole(buffer) for buffer in payload.buffers])


def loads_data(payload: Payload) -> dict[str, Any]:
    """Those outputs of a run that are raw arrays or plain data that is not big; no code stored with them can run.

    What an entry may be asked for that somebody else wrote. Raises `Damaged`.
    """
    try:
        header, rest = _header(memoryview(payload.skeleton))
        references = References(NoInputs(), {})
        resolver = Resolver(references, _reader(header, rest[header["pickle"] :], payload))
        named = zip(cast("list[str]", header["names"]), header["values"], strict=False)
        return {name: _restored(stored, iter(()), resolver) for name, stored in named if stored[0] in _SAFE}
    except Damaged:
        raise
    except Exception as error:
        msg = f"cannot be decoded: {type(error).__name__}: {error}"
        raise Damaged(msg) from error


def slots_of(payload: Payload) -> int:
    """How many slots (references.py) the pickle of a run was written against; 0 if it has none. Raises `Damaged`."""
    try:
        return int(_header(memoryview(payload.skeleton))[0]["slots"])
    except Damaged:
        raise
    except Exception as error:
        msg = f"cannot be decoded: {type(error).__name__}: {error}"
        raise Damaged(msg) from error


def _header(skeleton: memoryview) -> tuple[dict[str, Any], memoryview]:
    """The header of a skeleton, and what follows it."""
    end = _LENGTH + int.from_bytes(skeleton[:_LENGTH], "little")
    if end > len(skeleton):
        raise Damaged("the skeleton is cut off")
    header = cast("dict[str, Any]", unpack(skeleton[_LENGTH:end]))
    if header["format"] != FORMAT:
        msg = f"format {header['format']} is not known"
        raise Damaged(msg)
    rest = skeleton[end:]
    if len(rest) != header["pickle"] + header["pack"]:
        raise Damaged("the skeleton is cut off")
    return header, rest


def _unpickle(data: memoryview, header: Mapping[str, Any], resolver: Resolver) -> tuple[list[Any], list[Any]]:
    """The values and changes of the pickle."""
    slots = resolver.references.slots(resolver)
    check_slots(header["slots"], slots)
    if resolver.reader is None:
        raise Damaged("there are no buffers")
    return load(data, slots, resolver.reader.handed_out(header["handed_out"]))


def _restored(stored: Sequence[Any], values: Iterator[Any], resolver: Resolver) -> Any:
    """A value, from what the header says of it."""
    if stored[0] == "plain":
        return stored[1]
    if stored[0] == "array":
        import numpy as np

        from cashet_jupyter.serialize.arrays import RAW_KINDS, restored

        _, number, name, shape, order, writeable = stored
        dtype = np.dtype(name)
        if dtype.kind not in RAW_KINDS or dtype.hasobject or not isinstance(number, int):
            raise Damaged("an array of a type whose memory is not its content")
        return restored(resolver, number, dtype, tuple(shape), order, writeable)
    if stored[0] == "marshal" and resolver.reader is not None:
        return load_marshalled(resolver.reader.peek(stored[1]), *stored[2:])
    return next(values)


def dumps_shown(shown: Sequence[Shown]) -> bytes:
    """What a run showed, as plain data that can be looked at without loading any value."""
    return pack([[item.kind, dict(item.content)] for item in shown])


def loads_shown(data: bytes | memoryview) -> tuple[Shown, ...]:
    """What a run showed; raises `Damaged`."""
    try:
        return tuple(Shown(kind, content) for kind, content in unpack(data))
    except Exception as error:
        msg = f"the outputs cannot be decoded: {type(error).__name__}: {error}"
        raise Damaged(msg) from error
