"""What has no value: parts of the running process that no fingerprint can stand for."""

from __future__ import annotations

from types import MappingProxyType

_INSIDE = "make it inside the cell that uses it"
_HANDLE = "open it inside the cell that uses it"
_LOCK = ("a lock has no value", "leave it out by defining __getstate__ or __cashet_fingerprint__ on the object's class")
_RUNNING = ("what it has still to give is hidden in its frame", "turn it into a list first")
_CONNECTION = ("a connection has no value", _HANDLE)
_SOCKET = ("a socket has no value", _HANDLE)
_FILE = ("an open file has no value", _HANDLE)
_TASK = ("a running task has no value", "await it first")
_THREAD = ("a thread has no value", _INSIDE)
_PROCESS = ("a process has no value", _INSIDE)

#: module and name of a class -> why an instance of it or of a subclass has no value, and what to do
REFUSED: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        "builtins.generator": ("a generator has no value: " + _RUNNING[0], _RUNNING[1]),
        "builtins.coroutine": ("a coroutine has no value: " + _RUNNING[0], "await it first"),
        "builtins.coroutine_wrapper": ("a coroutine has no value: " + _RUNNING[0], "await it first"),
        "builtins.async_generator": ("an asynchronous generator has no value: " + _RUNNING[0], _RUNNING[1]),
        "builtins.async_generator_asend": ("an asynchronous generator has no value: " + _RUNNING[0], _RUNNING[1]),
        "builtins.frame": ("a frame has no value", ""),
        "builtins.traceback": ("a traceback has no value", "keep its text: traceback.format_exc()"),
        "builtins.PyCapsule": ("a capsule hides what it holds", ""),
        "_thread.lock": _LOCK,
        "_thread.RLock": _LOCK,
        "_thread._local": ("values of a thread have no value for others", ""),
        "_thread._localdummy": ("values of a thread have no value for others", ""),
        "_thread._ThreadHandle": _THREAD,
        "threading._RLock": _LOCK,
        "threading.Thread": _THREAD,
        "multiprocessing.process.BaseProcess": _PROCESS,
        "subprocess.Popen": _PROCESS,
        "concurrent.futures._base.Executor": ("a pool of workers has no value", _INSIDE),
        "concurrent.futures._base.Future": ("a future has no value", "keep its result: .result()"),
        "_asyncio.Future": _TASK,
        "_asyncio.Task": _TASK,
        "asyncio.events.AbstractEventLoop": ("an event loop has no value", ""),
        "_contextvars.Context": ("a context has no value", ""),
        "_contextvars.Token": ("a context has no value", ""),
        "_socket.socket": _SOCKET,
        "ssl.SSLContext": _SOCKET,
        "_ssl._SSLContext": _SOCKET,
        "_ssl._SSLSocket": _SOCKET,
        "select.epoll": _SOCKET,
        "select.poll": _SOCKET,
        "mmap.mmap": ("a memory-mapped file has no value", _HANDLE),
        "sqlite3.Connection": ("a database connection has no value", _HANDLE),
        "sqlite3.Cursor": ("a database cursor has no value", _HANDLE),
        "_hashlib.HASH": ("a running hash has no value that can be read", "keep its hexdigest()"),
        "_hashlib.HMAC": ("a running hash has no value that can be read", "keep its hexdigest()"),
        "_ctypes._SimpleCData": ("memory behind ctypes has no value", ""),
        "_ctypes._Pointer": ("memory behind ctypes has no value", ""),
        "_ctypes.CFuncPtr": ("a native function has no value", ""),
        "ctypes.CDLL": ("a native library has no value", ""),
        "os.DirEntry": ("an entry of a directory listing has no value", "keep its path"),
        "posix.ScandirIterator": ("a directory listing that is being read has no value", "turn it into a list"),
        "psycopg2.extensions.connection": _CONNECTION,
        "psycopg.Connection": _CONNECTION,
        "duckdb.DuckDBPyConnection": _CONNECTION,
        "_duckdb.DuckDBPyConnection": _CONNECTION,
        "sqlalchemy.engine.base.Engine": _CONNECTION,
        "sqlalchemy.engine.base.Connection": _CONNECTION,
        "sqlalchemy.orm.session.Session": _CONNECTION,
        "requests.sessions.Session": _CONNECTION,
        "httpx.Client": _CONNECTION,
        "h5py._hl.files.File": _FILE,
        "zipfile.ZipFile": _FILE,
        "tarfile.TarFile": _FILE,
    }
)


def why_refused(kind: type) -> tuple[str, str] | None:
    """Why values of a type have no value, and what to do about it; None if they may have one."""
    for base in kind.__mro__:
        found = REFUSED.get(f"{base.__module__}.{base.__qualname__}")
        if found is not None:
            return found
    return None
