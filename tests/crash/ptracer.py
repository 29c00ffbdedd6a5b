"""Meddle with the N-th state-changing system call of a forked child, by ptrace (Linux on x86-64).

The child is a fork of this warm interpreter, so a trial costs milliseconds. It installs a seccomp filter that stops it
at the calls that change files and at no others: what only reads runs at full speed. Threads and children of the child
are traced too.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

Action = Literal["before", "after", "torn", "short", "errno", "sticky", "hook"]
"""Kill before or after the call; half of a write and kill; half of a write and go on; fail; fail from now on; run
something else while the child is stopped before the call."""

_NAMES = {
    **{1: "write", 18: "pwrite64", 20: "writev", 296: "pwritev", 257: "openat", 2: "open", 85: "creat"},
    **{74: "fsync", 75: "fdatasync", 76: "truncate", 77: "ftruncate", 285: "fallocate", 277: "sync_file_range"},
    **{82: "rename", 264: "renameat", 316: "renameat2", 83: "mkdir", 258: "mkdirat", 84: "rmdir"},
    **{86: "link", 265: "linkat", 87: "unlink", 263: "unlinkat", 88: "symlink", 266: "symlinkat"},
    **{90: "chmod", 91: "fchmod", 268: "fchmodat", 280: "utimensat", 326: "copy_file_range", 40: "sendfile"},
}
_READING = {0: "read", 17: "pread64", 19: "readv", 5: "fstat", 262: "newfstatat", 9: "mmap", 217: "getdents64"}
#: calls whose third argument is a number of bytes to write
WRITES = frozenset({"write", "pwrite64"})
#: calls that a full disk fails
GROWING = frozenset({*WRITES, "writev", "pwritev", "openat", "open", "creat", "ftruncate", "fallocate", "mkdir"})
GROWING |= {"mkdirat", "link", "linkat", "rename", "renameat", "renameat2", "symlink", "symlinkat"}
_FLAGS_AT = {257: 2, 2: 1}
_CREATES = os.O_CREAT | os.O_TRUNC

_TRACEME, _CONT, _GETREGS, _SETREGS, _SYSCALL, _SETOPTIONS = 0, 7, 12, 13, 24, 0x4200
_EVENT_SECCOMP = 7
#: SYSGOOD, FORK, VFORK, CLONE, SECCOMP; and the child dies with its tracer
_OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x80 | 0x00100000
_WALL = 0x40000000


_REGISTERS = """r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss
    fs_base gs_base ds es fs gs"""


class Regs(ctypes.Structure):
    """The registers of a stopped thread (`struct user_regs_struct`)."""

    _fields_ = [(name, ctypes.c_ulonglong) for name in _REGISTERS.split()]


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is about to happen."""

    number: int
    """From 1 on, among the calls that count."""
    name: str
    tid: int
    args: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What to do at which call."""

    at: int
    action: Action
    code: int = 0
    """For `errno` and `sticky`."""
    hook: Callable[[], None] | None = None

    def __str__(self) -> str:
        return f"{self.action} {errno.errorcode[self.code]}" if self.code else self.action


@dataclass(slots=True)
class Run:
    """How a child ended."""

    calls: list[str] = field(default_factory=list[str])
    """Names of the calls that counted, in order."""
    output: bytes = b""
    """What it wrote into its pipe."""
    exit: int | None = None
    signal: int | None = None

    @property
    def hung(self) -> bool:
        """Whether it was stopped because its time was over."""
        return self.signal == signal.SIGALRM


class Observer(Protocol):
    """Sees every call before it happens and what came of it."""

    def enter(self, call: Call) -> None:
        """Before the call; the child is stopped."""
        ...

    def leave(self, call: Call, result: int) -> None:
        """After it."""
        ...

    def said(self, line: bytes) -> None:
        """Something was written into the pipe."""
        ...


def run(
    work: Callable[[int], None],
    fault: Fault | None = None,
    *,
    observer: Observer | None = None,
    reading: bool = False,
    limit: float = 10.0,
) -> Run:
    """Call `work` in a child with the descriptor of a pipe, whose writes do not count.

    An exception ends it with the exit code 3. With `reading`, calls that read count too. After `limit` seconds it gets
    SIGALRM.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(work, writer, _program(reading), limit)
    os.close(writer)
    try:
        trace = _Trace(pid, writer, fault, observer)
        trace.follow()
        with os.fdopen(reader, "rb", closefd=False) as pipe:
            trace.run.output = pipe.read()
    finally:
        os.close(reader)
    return trace.run


@functools.cache
def unavailable() -> str:
    """Why calls cannot be traced here; empty if they can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "system calls are traced on Linux on x86-64 only"

    def work(fd: int) -> None:
        os.write(fd, b"written")
        os.close(os.open("/dev/null", os.O_WRONLY | os.O_CREAT))

    try:
        found = run(work)
    except OSError as error:
        return f"ptrace is not allowed here: {error}"
    return "" if (found.calls, found.output, found.exit) == (["openat"], b"written", 0) else f"ptrace fails: {found}"


# ----------------------------------------------------------------------------------------------------------- the child
def _child(work: Callable[[int], None], fd: int, program: bytes, limit: float) -> None:
    code = 9
    with contextlib.suppress(BaseException):
        os.setpgid(0, 0)  # so that the tracer can wait for this child's threads and nobody else's
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, limit)
        _ptrace(_TRACEME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        _filter(program)
        code = 3
        work(fd)
        code = 0
    os._exit(code)


def _filter(program: bytes) -> None:
    libc = _libc()
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    no_new_privileges, set_seccomp, mode_filter = 38, 22, 2
    if libc.prctl(no_new_privileges, 1, 0, 0, 0) or libc.prctl(set_seccomp, mode_filter, header, 0, 0):
        raise OSError(ctypes.get_errno(), "no seccomp filter")


@functools.cache
def _program(reading: bool) -> bytes:
    """A filter in the kernel's packet language: stop at these calls, at opens only if they create or cut off."""
    load, equal, any_bit, answer = 0x20, 0x15, 0x45, 0x06
    trace, allow = 0x7FF00000, 0x7FFF0000
    numbers = [*_NAMES, *(_READING if reading else ())]
    flags = {} if reading else _FLAGS_AT
    plain = [number for number in numbers if number not in flags]
    code: list[tuple[int, int, int, int]] = [(load, 0, 0, 4), (equal, 1, 0, 0xC000003E), (answer, 0, 0, allow)]
    code.append((load, 0, 0, 0))
    for number, argument in flags.items():
        code += [(equal, 0, 4, number), (load, 0, 0, 16 + 8 * argument), (any_bit, 0, 1, _CREATES)]
        code += [(answer, 0, 0, trace), (answer, 0, 0, allow)]
    for number in plain:
        code += [(equal, 0, 1, number), (answer, 0, 0, trace)]
    code.append((answer, 0, 0, allow))
    return b"".join(struct.pack("HBBI", *step) for step in code)


# ---------------------------------------------------------------------------------------------------------- the tracer
class _Trace:
    def __init__(self, pid: int, own: int, fault: Fault | None, observer: Observer | None) -> None:
        self.run = Run()
        self._pid, self._own, self._fault, self._observer = pid, own, fault, observer
        self._fired = False
        self._waiting: dict[int, Call] = {}
        """Calls whose end is waited for, by thread."""
        self._regs = Regs()
        self._names = {**_NAMES, **_READING}

    def follow(self) -> None:
        os.waitpid(self._pid, _WALL)
        _ptrace(_SETOPTIONS, self._pid, None, ctypes.c_void_p(_OPTIONS))
        _ptrace(_CONT, self._pid, None, None)
        try:
            while self._step():
                pass
        except BaseException:
            with contextlib.suppress(OSError):
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, _WALL)
            raise

    def _step(self) -> bool:
        """Handle one stop; False once the child has ended."""
        tid, status = os.waitpid(-self._pid, _WALL)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            if tid != self._pid:
                return True
            self.run.exit = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
            self.run.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
            return False
        stop = os.WSTOPSIG(status)
        try:
            if status >> 16 == _EVENT_SECCOMP:
                self._entered(tid)
            elif stop == signal.SIGTRAP | 0x80:
                self._left(tid)
            else:  # a new thread, or a signal, which is handed on
                own = stop in (signal.SIGTRAP, signal.SIGSTOP)
                _ptrace(_CONT, tid, None, ctypes.c_void_p(0 if own else stop))
        except ProcessLookupError:
            pass  # killed meanwhile
        return True

    def _entered(self, tid: int) -> None:
        regs = self._regs
        _ptrace(_GETREGS, tid, None, ctypes.byref(regs))
        name = self._names[regs.orig_rax]
        if name == "write" and regs.rdi == self._own:
            if self._observer:
                self._observer.said(memory(tid, regs.rsi, regs.rdx))
            _ptrace(_CONT, tid, None, None)
            return
        self.run.calls.append(name)
        args = (regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8)
        call = Call(len(self.run.calls), name, tid, args)
        if self._observer:
            self._observer.enter(call)
        self._meddle(call)

    def _meddle(self, call: Call) -> None:
        fault, regs = self._fault, self._regs
        here = fault is not None and call.number == fault.at
        action = fault.action if fault and (here or (fault.action == "sticky" and self._repeats(call))) else ""
        if action == "hook" and fault and fault.hook:
            fault.hook()
        elif action == "before":
            os.kill(self._pid, signal.SIGKILL)
            return
        elif action in ("errno", "sticky") and fault:
            self._fired = True
            regs.orig_rax, regs.rax = (1 << 64) - 1, (1 << 64) - fault.code
            _ptrace(_SETREGS, call.tid, None, ctypes.byref(regs))
        elif action in ("torn", "short") and call.name in WRITES:
            regs.rdx = regs.rdx // 2
            _ptrace(_SETREGS, call.tid, None, ctypes.byref(regs))
        if action in ("torn", "after") or self._observer:
            self._waiting[call.tid] = call
            _ptrace(_SYSCALL, call.tid, None, None)
        else:
            _ptrace(_CONT, call.tid, None, None)

    def _repeats(self, call: Call) -> bool:
        """A disk that is full stays full, and one that is read-only stays so; syncing and removing go on."""
        return self._fired and call.name in GROWING

    def _left(self, tid: int) -> None:
        call = self._waiting.pop(tid)
        if self._observer:
            _ptrace(_GETREGS, tid, None, ctypes.byref(self._regs))
            self._observer.leave(call, ctypes.c_longlong(self._regs.rax).value)
        if self._fault and call.number == self._fault.at and self._fault.action in ("torn", "after"):
            os.kill(self._pid, signal.SIGKILL)
        else:
            _ptrace(_CONT, tid, None, None)


def memory(tid: int, address: int, size: int) -> bytes:
    """Bytes of a stopped thread."""
    with Path(f"/proc/{tid}/mem").open("rb", 0) as file:
        file.seek(address)
        return file.read(size)


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.restype = ctypes.c_long
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    return libc


def _ptrace(request: int, pid: int, address: object, data: object) -> None:
    if _libc().ptrace(request, pid, address, data) < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"ptrace {request}: {os.strerror(code)}")
