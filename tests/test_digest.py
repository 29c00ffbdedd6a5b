"""The digest of big buffers, in forked children too."""

from __future__ import annotations

import os
import signal

import pytest
from blake3 import blake3

from cashet_jupyter.digest import MANY_THREADS, digest_buffer, threads
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
