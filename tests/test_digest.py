"""The bytes of structures, and the digest of big buffers, in forked children too."""

from __future__ import annotations

import os
import signal

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.digest import MANY_THREADS, Part, digest, digest_buffer, encode, threads
from cashet_jupyter.memory.content import content_digest


def test_big_and_small_buffers_are_hashed_alike() -> None:
    for size in (0, 1, MANY_THREADS - 1, MANY_THREADS, MANY_THREADS + 1):
        assert digest_buffer(bytes(size)) == blake3(bytes(size)).hexdigest()
    assert (threads(MANY_THREADS - 1), threads(MANY_THREADS)) == (1, blake3.AUTO)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_hashes_big_buffers_as_its_parent_did() -> None:
    """The threads of the parent are not in the child: waiting for them would be for ever."""
    data = bytes(MANY_THREADS + 1)
    expected = digest_buffer(data), content_digest(data)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(20)
        os._exit((digest_buffer(data), content_digest(data)) != expected)
    assert os.waitpid(child, 0)[1] == 0


class Text(str):
    """Not exactly text."""


class Row(tuple[Part, ...]):
    """Not exactly a tuple."""


atoms = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.binary(max_size=2000), st.text(st.characters(), max_size=50)),
    *(st.text(max_size=5).map(Text), st.just("\ud800"), st.just("x" * 1023), st.just("x" * 1024)),
)
structures = st.recursive(
    atoms, lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.just(Row((1, "a")))
)


def spelled(part: Part) -> bytes:
    """The bytes of a structure, as they are defined: type, length, content."""
    if part is None or isinstance(part, bool):
        return {None: b"n", True: b"T", False: b"F"}[part]
    if isinstance(part, list | tuple):
        return b"l" + len(part).to_bytes(8, "little") + b"".join(map(spelled, part))
    tag, content = (
        (b"b", part)
        if isinstance(part, bytes)
        else (b"i", str(part).encode())
        if isinstance(part, int)
        else (b"s", part.encode("utf-8", "surrogatepass"))
    )
    return tag + len(content).to_bytes(8, "little") + content


@given(structures)
def test_a_structure_is_written_as_it_is_defined(part: Part) -> None:
    assert encode(part) == spelled(part)
    assert digest("tag", part) == blake3(spelled(("tag", part))).hexdigest()


def test_what_is_no_structure_is_refused() -> None:
    for wrong in (1.0, {"a": 1}, ["a", {1}]):
        with pytest.raises(TypeError):
            encode(wrong)  # type: ignore[arg-type]
