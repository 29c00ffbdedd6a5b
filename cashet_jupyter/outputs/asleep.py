"""Whether a thread of the kernel waits for something to do, as Linux tells: then all that it had to do is done.

To ask takes 20 us; to give it something to do and to wait until that is done takes ten to fifty times as long, more on
a busy machine. What cannot be told - another system, a sandbox that hides it - counts as no.
"""

from __future__ import annotations

import os
from typing import Any

#: numbers of the system calls in which threads wait: for text in a pipe, and for events
_READING = {"x86_64": {0}, "aarch64": {63}, "riscv64": {63}}
_POLLING = {"x86_64": {232, 281, 441}, "aarch64": {22, 441}, "riscv64": {22, 441}}


def waits_for_text(thread: Any, descriptor: int) -> bool:
    """Whether it waits in `read` for something in that descriptor."""
    call = _call_of(thread)
    return len(call) > 1 and call[0] in _READING.get(os.uname().machine, ()) and call[1] == descriptor


def waits_for_events(thread: Any) -> bool:
    """Whether it waits for the next event of its loop."""
    call = _call_of(thread)
    return bool(call) and call[0] in _POLLING.get(os.uname().machine, ())


def _call_of(thread: Any) -> tuple[int, ...]:
    """The system call that a thread is blocked in, with its first argument; nothing while it runs."""
    try:
        descriptor = os.open(f"/proc/self/task/{thread.native_id}/syscall", os.O_RDONLY | os.O_CLOEXEC)
        try:
            words = os.read(descriptor, 200).split()
        finally:
            os.close(descriptor)
        return (int(words[0]), *(int(word, 16) for word in words[1:2]))
    except (OSError, ValueError, IndexError, AttributeError):  # `running`
        return ()
