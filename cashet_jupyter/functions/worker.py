"""What runs in a worker of a pool or a cluster: one call, looked up, run and stored by the engine as anywhere else."""

from __future__ import annotations

import io
import pickle
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloudpickle

from cashet_jupyter.errors import Refused
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.engine import Engine
from cashet_jupyter.functions.failures import TaskError
from cashet_jupyter.functions.formats import Format
from cashet_jupyter.functions.home import Home, adopt
from cashet_jupyter.functions.machinery import keep_to_themselves
from cashet_jupyter.functions.options import PLAIN, TaskOptions
from cashet_jupyter.functions.pending import PendingRef
from cashet_jupyter.functions.refs import ResultRef
from cashet_jupyter.functions.returned import read_changes
from cashet_jupyter.functions.settings import Settings, under
from cashet_jupyter.functions.target import Target
from cashet_jupyter.models import Commit
from cashet_jupyter.steps.artifacts import put_back
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.store import open_store
from cashet_jupyter.store.trust import load_key


@dataclass(frozen=True)
class Job:
    """One call on its way to a worker: all of it can be pickled."""

    where: Any
    """The folder of the store; or a store of the user's own."""
    call: bytes
    """Function, positional and named arguments, as they were when they were submitted."""
    refs: Sequence[ResultRef[Any]]
    """The results in the places that `call` has left open."""
    options: TaskOptions
    target: Target
    """What was submitted, as it was described there: the source of a notebook's function is known to the notebook."""
    serializer: Any = None
    key: str = ""
    """What the call was told by there; empty if it was not looked up."""
    function: str = ""
    """The fingerprint of the function alone, where there is no key."""
    key_file: str = ""
    """Where the user's key is there; what a worker signs with another one does not count."""
    settings: Settings = field(default_factory=dict[str, dict[str, Any]])
    """Those of the libraries there."""


@dataclass(frozen=True)
class Answer:
    """What became of it."""

    commit: str = ""
    hash: str = ""
    size: int = 0
    kept: bytes = b""
    """The result, pickled, where it could not be stored."""
    failed: str = ""
    """The text of the `TaskError`."""
    cause: bytes = b""
    """Its cause, pickled, where that could be."""
    place: str = ""
    """The store."""


class KeyHome(Home):
    """A store that is opened with the key of a certain file, if that can be read here."""

    def __init__(self, path: Path, key_file: str) -> None:
        super().__init__(path)
        self._key_file = key_file

    def _opened(self) -> Store:
        try:
            there = bool(self._key_file) and Path(self._key_file).is_file()
        except OSError:
            there = False
        return open_store(self.path, key=load_key({"CASHET_KEY_FILE": self._key_file}) if there else None)


@dataclass
class _Worker:
    """What a process keeps between two calls."""

    homes: dict[tuple[str, str], Home] = field(default_factory=dict[tuple[str, str], Home])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def home(self, where: Any, key_file: str) -> Home:
        """The store of a job: opened once for all of its folder."""
        if not isinstance(where, str):
            return Home(store=where)
        with self.lock:
            known = self.homes.get((where, key_file))
            if known is None:
                known = self.homes[where, key_file] = KeyHome(Path(where), key_file)
            adopt(known)
            return known


_WORKER = _Worker()


class ElsewhereEngine(Engine):
    """An engine whose arguments are copies, or stay here while copies are sent: changes of them are made to nobody.

    Files that a run wrote are put back on a hit as ever.
    """

    def _change(self, commit: Commit, call: Call) -> None:
        if commit.artifacts:
            call.graph.expand()
            _, files = read_changes(self.home.store(), commit, call.graph)
            put_back(commit.artifacts, files)


class WorkerEngine(ElsewhereEngine):
    """The engine of one job."""

    def __init__(self, home: Home, format: Format, job: Job) -> None:
        super().__init__(home, format)
        self._job = job

    def call(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions = PLAIN
    ) -> Call:
        """The call of the job, described as it was where it was submitted."""
        call = super().call(func, args, kwargs, options)
        call.__dict__["target"] = self._job.target
        return call


def run_job(data: bytes) -> bytes:
    """Do a job; what became of it, pickled. Raises nothing that comes from the function."""
    answer = _answer(pickle.loads(data))
    return pickle.dumps(answer)


def _answer(job: Job) -> Answer:
    home = _WORKER.home(job.where, job.key_file)
    keep_to_themselves()
    try:
        func, args, kwargs = unpack_call(job.call, job.refs)
        engine = WorkerEngine(home, Format(job.serializer), job)
        with under(job.settings):
            ref = _submitted(engine, job, func, args, kwargs)
        if ref.stored:
            return Answer(ref.commit_hash, ref.hash, ref.size, place=str(home.path))
        return Answer("", ref.hash, ref.size, kept=cloudpickle.dumps(ref.load()))
    except TaskError as error:
        return Answer(failed=str(error), cause=_pickled(error.__cause__))
    except Exception as error:
        return Answer(
            failed=f"{job.target.name} could not be run there: {type(error).__name__}: {error}", cause=_pickled(error)
        )


def _submitted(
    engine: WorkerEngine, job: Job, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> ResultRef[Any]:
    call = engine.call(func, args, kwargs, job.options)
    if why := _other_code(call, job):
        return engine.record(call, why)
    return engine.submit(func, args, kwargs, job.options)


def _other_code(call: Call, job: Job) -> Refused | None:
    """Why what is here is not what was submitted: a worker that has run for long has older modules.

    The result of older code must not be served as that of newer code.
    """
    try:
        same = (call.key == job.key) if job.key else (not job.function or function_digest(call) == job.function)
    except Refused as error:
        return error
    if same:
        return None
    return Refused(call.name, "the worker has another version of what it reads", "restart the workers")


def function_digest(call: Call) -> str:
    """The fingerprint of a function without its arguments; empty if it has none."""
    try:
        return InputGraph([call.own_name], {call.own_name: call.func}, docstrings=False, lazy=True).digests[
            call.own_name
        ]
    except Refused:
        return ""


def _pickled(error: BaseException | None) -> bytes:
    try:
        data = cloudpickle.dumps(error)
        pickle.loads(data)
    except Exception:
        return b""
    return data


# ------------------------------------------------------------------------------------------------------ arguments
def pack_call(
    func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[bytes, list[PendingRef]]:
    """A call as bytes, and the refs in it by number: they may not have come yet. Raises what pickle does."""
    stream = io.BytesIO()
    pickler = _CallPickler(stream)
    pickler.dump((func, args, kwargs))
    return stream.getvalue(), pickler.refs


def unpack_call(data: bytes, refs: Sequence[ResultRef[Any]]) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """The call again, with these refs in their places."""
    unpickler = _CallUnpickler(io.BytesIO(data))
    unpickler.refs = refs
    return unpickler.load()


class _CallPickler(cloudpickle.Pickler):
    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream)
        self.refs: list[PendingRef] = []
        self._numbers: dict[int, int] = {}

    def persistent_id(self, obj: Any) -> Any:
        """The number of a ref that waits."""
        if not isinstance(obj, PendingRef):
            return None
        if id(obj) not in self._numbers:
            self._numbers[id(obj)] = len(self.refs)
            self.refs.append(obj)
        return self._numbers[id(obj)]


class _CallUnpickler(pickle.Unpickler):
    refs: Sequence[ResultRef[Any]] = ()

    def persistent_load(self, pid: Any) -> Any:
        """The ref of a number."""
        return self.refs[pid]
