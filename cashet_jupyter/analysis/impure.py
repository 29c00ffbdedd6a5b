"""The callables whose result is not a function of a cell's inputs, by the module that they are taken from.

Looked up by identity in the modules that the kernel has loaded, so that `from time import time as now` is seen and a
variable that happens to be called `time` is not. Timers (`perf_counter`, `monotonic`, `process_time`) are left out
on purpose: they are there to be printed. Random numbers drawn from the global generators are hidden state, which the
effects keep; here are only those that come from the system.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from cashet_jupyter.analysis.uses import Call

Kind = Literal["clock", "entropy", "stdin", "process", "address", "network", "subprocess", "ctypes"]
Condition = Callable[[Call], bool]


def always(_call: Call) -> bool:
    """Whatever it is called with."""
    return True


def unseeded(call: Call) -> bool:
    """Without an argument, or with None."""
    return call.empty


def fewer_than_two(call: Call) -> bool:
    """`time.strftime(format)` takes the time from the clock, `time.strftime(format, moment)` does not."""
    return call.arguments is not None and call.arguments < 2


def of_now(call: Call) -> bool:
    """`pd.Timestamp("now")`: a constant text that means the present."""
    return isinstance(call.constant, str) and call.constant.strip().lower() in {"now", "today"}


@dataclass(frozen=True, slots=True)
class Impure:
    """What is wrong with a callable, and when."""

    kind: Kind
    condition: Condition = always


#: module -> names in it (dotted for methods of a class), separated by blanks
_TABLE: tuple[tuple[Impure, str, str], ...] = (
    (Impure("clock"), "time", "time time_ns clock_gettime clock_gettime_ns"),
    (Impure("clock", unseeded), "time", "ctime localtime gmtime asctime"),
    (Impure("clock", fewer_than_two), "time", "strftime"),
    (Impure("clock"), "datetime", "datetime.now datetime.utcnow datetime.today date.today"),
    (Impure("clock", unseeded), "email.utils", "formatdate localtime"),
    (Impure("clock"), "pandas", "Timestamp.now Timestamp.utcnow Timestamp.today Period.now"),
    (Impure("clock", of_now), "pandas", "Timestamp to_datetime Period"),
    (Impure("clock", of_now), "numpy", "datetime64"),
    (Impure("clock"), "arrow", "now utcnow"),
    (Impure("clock"), "pendulum", "now today tomorrow yesterday"),
    (Impure("entropy"), "os", "urandom getrandom"),
    (Impure("entropy"), "uuid", "uuid1 uuid4 uuid6 uuid7"),
    (Impure("entropy"), "secrets", "token_bytes token_hex token_urlsafe randbelow choice randbits SystemRandom"),
    (Impure("entropy"), "random", "SystemRandom"),
    (Impure("entropy", unseeded), "random", "Random seed"),
    (Impure("entropy", unseeded), "numpy.random", "default_rng RandomState seed SeedSequence MT19937 PCG64 PCG64DXSM"),
    (Impure("entropy", unseeded), "numpy.random", "Philox SFC64"),
    (Impure("entropy"), "torch", "seed"),
    (Impure("entropy"), "torch.random", "seed"),
    (Impure("entropy"), "tempfile", "mkdtemp mkstemp mktemp NamedTemporaryFile TemporaryDirectory"),
    (Impure("stdin"), "builtins", "input breakpoint"),
    (Impure("stdin"), "getpass", "getpass"),
    (Impure("stdin"), "sys", "stdin"),
    (Impure("stdin"), "pdb", "set_trace"),
    (Impure("process"), "os", "getpid getppid times getloadavg"),
    (Impure("process"), "threading", "get_ident get_native_id"),
    (Impure("process"), "resource", "getrusage"),
    (
        Impure("process"),
        "psutil",
        "Process cpu_percent cpu_times virtual_memory swap_memory pids process_iter",
    ),
    (Impure("address"), "builtins", "id"),
    (Impure("network"), "socket", "socket create_connection create_server getaddrinfo gethostbyname"),
    (Impure("network"), "urllib.request", "urlopen urlretrieve build_opener OpenerDirector.open"),
    (Impure("network"), "http.client", "HTTPConnection HTTPSConnection"),
    (Impure("network"), "ftplib", "FTP FTP_TLS"),
    (Impure("network"), "smtplib", "SMTP SMTP_SSL"),
    (Impure("network"), "imaplib", "IMAP4 IMAP4_SSL"),
    (Impure("network"), "poplib", "POP3 POP3_SSL"),
    (Impure("network"), "xmlrpc.client", "ServerProxy"),
    (Impure("network"), "asyncio", "open_connection start_server"),
    (Impure("network"), "requests", "get post put patch delete head options request Session session"),
    (Impure("network"), "requests", "Session.get Session.post Session.put Session.patch Session.delete Session.head"),
    (Impure("network"), "requests", "Session.options Session.request Session.send"),
    (Impure("network"), "httpx", "get post put patch delete head options request stream Client AsyncClient"),
    (Impure("network"), "httpx", "Client.get Client.post Client.put Client.patch Client.delete Client.request"),
    (Impure("network"), "httpx", "AsyncClient.get AsyncClient.post AsyncClient.put AsyncClient.request Client.send"),
    (Impure("network"), "urllib3", "request PoolManager PoolManager.request"),
    (Impure("network"), "aiohttp", "ClientSession request"),
    (Impure("network"), "boto3", "client resource"),
    (Impure("network"), "paramiko", "SSHClient"),
    (Impure("subprocess"), "subprocess", "run Popen call check_call check_output getoutput getstatusoutput"),
    (Impure("subprocess"), "os", "system popen fork forkpty startfile posix_spawn posix_spawnp"),
    (Impure("subprocess"), "os", "execl execle execlp execlpe execv execve execvp execvpe"),
    (Impure("subprocess"), "os", "spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe"),
    (Impure("subprocess"), "pty", "spawn fork"),
    (Impure("subprocess"), "asyncio", "create_subprocess_exec create_subprocess_shell"),
    (Impure("ctypes"), "ctypes", "CDLL PyDLL cdll pydll pythonapi windll oledll memmove memset string_at"),
)


_MODULES = frozenset(module for _, module, _ in _TABLE)


@dataclass(frozen=True, slots=True)
class Unloaded:
    """A module that a cell will import, or something of one: known by its name only."""

    dotted: str


def impure_objects() -> ImpureObjects:
    """The table for the modules that are loaded now."""
    return _objects_of(frozenset(filter(sys.modules.__contains__, _MODULES)))


@lru_cache(maxsize=2)
def _objects_of(_loaded: frozenset[str]) -> ImpureObjects:
    return ImpureObjects()


@lru_cache(maxsize=1)
def _by_name() -> dict[str, list[Impure]]:
    found: dict[str, list[Impure]] = {}
    for impure, module, names in _TABLE:
        for name in names.split():
            found.setdefault(f"{module}.{name}", []).append(impure)
    return found


class ImpureObjects:
    """The table, resolved to the objects of the modules that are loaded now."""

    def __init__(self) -> None:
        self._objects: dict[int, tuple[Any, list[Impure]]] = {}
        self._methods: dict[str, list[tuple[type, Impure]]] = {}
        for impure, module_name, names in _TABLE:
            module = sys.modules.get(module_name)
            for name in names.split() if module is not None else ():
                self._add(impure, vars(module), name)

    def _add(self, impure: Impure, space: dict[str, Any], name: str) -> None:
        owner, _, method = name.rpartition(".")
        found = space.get(owner or name)
        if found is None:
            return
        if isinstance(found, type) and owner:
            # Methods are told by the class: taking one from it makes a new object each time.
            self._methods.setdefault(method, []).append((found, impure))
        elif not owner:
            self._objects.setdefault(id(found), (found, []))[1].append(impure)

    def by_identity(self, obj: object) -> list[Impure]:
        """What is wrong with an object itself."""
        if isinstance(obj, Unloaded):
            return _by_name().get(obj.dotted, [])
        known = self._objects.get(id(obj))
        return known[1] if known is not None and known[0] is obj else []

    def by_method(self, owner: object, name: str) -> list[Impure]:
        """What is wrong with a method of a class or of an instance."""
        if name not in self._methods:
            return []
        cls = owner if isinstance(owner, type) else type(owner)
        mro = type.__dict__["__mro__"].__get__(cls)
        return [impure for known, impure in self._methods[name] if known in mro]
