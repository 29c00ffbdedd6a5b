"""pyarrow: arrays and tables by their logical content.

Chunks, slices, offsets, padding and what lies under a null do not matter. The type does, with everything that is
said about it (nullability and metadata of fields, order of a dictionary), and so does the dictionary of a
dictionary array: it shows in `.dictionary` and becomes the categories of a frame.

The pickle reduction of an array is its buffers with the garbage in them, so it is not used.
"""

from __future__ import annotations

import sys
from typing import Any

import pyarrow as pa

from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.libraries.arrow_content import content, extents


def install() -> None:
    """Register what pyarrow makes: class by class, as many of them reduce in C in a way of their own."""
    for base, encode, node in (
        (pa.Array, encode_array, True),
        (pa.ChunkedArray, encode_array, True),
        (pa.Table, encode_table, True),
        (pa.RecordBatch, encode_table, True),
        (pa.Buffer, encode_buffer, True),
        (pa.DataType, encode_type, False),
        (pa.Field, encode_field, False),
        (pa.Schema, encode_schema, False),
        (pa.Scalar, encode_scalar, False),
        (pa.KeyValueMetadata, encode_metadata, False),
    ):
        for kind in vars(sys.modules["pyarrow.lib"]).values():
            if isinstance(kind, type) and issubclass(kind, base):
                register(kind, encode, node=node)


def encode_array(enc: Encoder, array: Any) -> None:
    """An array or chunked array: kind, type, content."""
    encode_type(enc, array.type)
    encode_content(enc, array)


def encode_content(enc: Encoder, array: Any) -> None:
    """The content of an array or chunked array, without its kind and type."""
    enc.value(content(array))
    for low, high in extents(array):
        enc.extent(low, high, writes=False)


def encode_table(enc: Encoder, table: Any) -> None:
    """A table or record batch: schema and columns."""
    encode_schema(enc, table.schema)
    enc.value(table.num_rows)
    for column in table.columns:
        encode_content(enc, column)


def encode_schema(enc: Encoder, schema: Any) -> None:
    """Fields and metadata, as Arrow's own message says them; and the classes of extension types."""
    enc.buffer(memoryview(schema.serialize()))
    for field in schema:
        _extension_classes(enc, field.type)


def encode_field(enc: Encoder, field: Any) -> None:
    """A field: a schema of one."""
    encode_schema(enc, pa.schema([field]))


def encode_type(enc: Encoder, kind: Any) -> None:
    """A data type: a schema of one field without a name."""
    encode_schema(enc, pa.schema([pa.field("", kind)]))


def encode_scalar(enc: Encoder, scalar: Any) -> None:
    """A scalar: an array of one."""
    encode_type(enc, scalar.type)
    enc.value(content(pa.array([scalar], type=scalar.type)))


def encode_metadata(enc: Encoder, metadata: Any) -> None:
    """Pairs of bytes, in order; a key may come twice."""
    enc.values([part for pair in metadata.items() for part in pair])


def encode_buffer(enc: Encoder, buffer: Any) -> None:
    """Bytes; whether they could be written to is a matter of where they came from and does not survive a pickle."""
    if not buffer.is_cpu:
        enc.refuse("a buffer in the memory of a device", "copy it to main memory first")
    enc.buffer(memoryview(buffer))
    if buffer.size:
        enc.extent(buffer.address, buffer.address + buffer.size)


def _extension_classes(enc: Encoder, kind: Any) -> None:
    """Name the Python class behind every extension type: its methods are part of what the value does."""
    if isinstance(kind, pa.BaseExtensionType):
        enc.value(type(kind))
        _extension_classes(enc, kind.storage_type)
    for position in range(kind.num_fields):
        _extension_classes(enc, kind.field(position).type)
