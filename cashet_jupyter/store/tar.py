"""The members of a tar file (POSIX ustar), written and read by ourselves.

`tarfile` reads far more than we write: extended headers of any size, links, devices, sparse files, names that lead
elsewhere. Here a member is a regular file of a plain name, or the file is not ours.
"""

from __future__ import annotations

import re
import struct

BLOCK = 512
#: what stands after the last member
END = bytes(2 * BLOCK)
REGULAR = b"0"

#: name mode uid gid size mtime checksum type link magic+version user group major minor prefix
_FIELDS = struct.Struct("100s8s8s8s12s12s8sc100s8s32s32s8s8s155s12x")
_MAGIC = b"ustar\x0000"
_BLANK = b" " * 8
_CHECKSUM = slice(148, 156)
#: what eleven octal digits can say; beyond it, the number stands there in binary, as GNU tar began and all read
_OCTAL_LIMIT = 8**11
_OCTAL = re.compile(rb"([0-7]{1,11})[\0 ]+")

_KINDS = {
    b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"5": "a folder",
    b"6": "a pipe", b"7": "a file of a special kind", b"x": "an extended header", b"g": "an extended header",
    b"X": "an extended header", b"L": "a long name", b"K": "a long link", b"S": "a sparse file",
}  # fmt: skip


class BadMember(Exception):
    """A member that is not as ours are; it never leaves the store."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")


def header(name: str, size: int, mtime: int) -> bytes:
    """The block before a member. `name` is ASCII and shorter than 100 characters; `mtime` in seconds."""
    fields = (
        *(name.encode("ascii"), b"0000600\0", b"0000000\0", b"0000000\0"),
        *(_number(size), _number(mtime), _BLANK, REGULAR, b"", _MAGIC, b"", b"", b"0000000\0", b"0000000\0", b""),
    )
    block = bytearray(_FIELDS.pack(*fields))
    block[_CHECKSUM] = b"%06o\0 " % sum(block)
    return bytes(block)


def padding(size: int) -> int:
    """Zero bytes after a member of that many bytes."""
    return -size % BLOCK


def looks_right(block: bytes) -> bool:
    """Whether a file that begins with this block may be a tar file at all."""
    return len(block) == BLOCK and block[257:262] == _MAGIC[:5]


def parse(block: bytes) -> tuple[str, int]:
    """Name and size of the member that a block announces. Raises `BadMember` if it is not a plain file."""
    raw, _, _, _, size, _, checksum, kind, link, magic, _, _, _, _, prefix = _FIELDS.unpack(block)
    name = raw.partition(b"\0")[0]
    shown = printable(prefix.rstrip(b"\0") + (b"/" if prefix.strip(b"\0") else b"") + name)
    claimed = _OCTAL.fullmatch(checksum)
    if claimed is None or int(claimed[1], 8) != sum(block[:148]) + sum(_BLANK) + sum(block[156:]):
        raise BadMember(shown, "its header is damaged")
    if kind != REGULAR:
        what = _KINDS.get(kind, f"of an unknown kind ({printable(kind)})")
        raise BadMember(shown, f"it is {what}, not a plain file")
    if magic != _MAGIC or link.strip(b"\0") or prefix.strip(b"\0") or raw[len(name) :].strip(b"\0"):
        raise BadMember(shown, "its header is not one that this program writes")
    return shown, _size(shown, size)


def printable(raw: bytes) -> str:
    """A name that anybody may have made up, safe to print, on one line."""
    text = "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in raw[:120])
    return text or "(no name)"


def _number(value: int) -> bytes:
    return b"%011o\0" % value if 0 <= value < _OCTAL_LIMIT else b"\x80" + value.to_bytes(11, "big")


def _size(name: str, field: bytes) -> int:
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    found = _OCTAL.fullmatch(field)
    if found is None:
        raise BadMember(name, "its size cannot be read")
    return int(found[1], 8)
