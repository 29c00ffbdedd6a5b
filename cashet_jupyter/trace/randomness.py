"""The global random generators of Python, NumPy and PyTorch; how their seeding and reading is seen."""

from __future__ import annotations

import random
import sys
import threading
from typing import Any

from cashet_jupyter.trace.bus import report
from cashet_jupyter.trace.origin import origin
from cashet_jupyter.trace.patches import Patches, Watched, argument
from cashet_jupyter.trace.providers import Random

#: a generator made without a seed takes it from the operating system
UNSEEDED = "it draws from a generator that was not seeded"


# ----------------------------------------------------------------------------------------------- their states
def _numpy_take() -> Any:
    return _plain(sys.modules["numpy.random"].get_state(legacy=False))


def _numpy_put(state: Any) -> None:
    sys.modules["numpy.random"].set_state(_alive(state))


def _plain(value: Any) -> Any:
    """Arrays of a generator's state as bytes."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if hasattr(value, "tobytes") and hasattr(value, "shape") and value.shape:
        return ("array", value.dtype.str, value.tobytes())
    return value.item() if hasattr(value, "item") else value


def _alive(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _alive(item) for key, item in value.items()}
    if isinstance(value, tuple) and len(value) == 3 and value[0] == "array":
        numpy = sys.modules["numpy"]
        return numpy.frombuffer(value[2], dtype=value[1]).copy()
    return value


def _torch_take() -> bytes:
    return _bytes(sys.modules["torch"].get_rng_state())


def _torch_put(state: bytes) -> None:
    sys.modules["torch"].set_rng_state(_tensor(state))


def _cuda_take() -> list[bytes]:
    return [_bytes(state) for state in sys.modules["torch"].cuda.get_rng_state_all()]


def _cuda_put(states: list[bytes]) -> None:
    sys.modules["torch"].cuda.set_rng_state_all([_tensor(state) for state in states])


def _cuda_ready() -> bool:
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    return bool(cuda is not None and cuda.is_initialized())


def _bytes(tensor: Any) -> bytes:
    return bytes(tensor.numpy()) if "numpy" in sys.modules else bytes(tensor.tolist())


def _tensor(state: bytes) -> Any:
    torch = sys.modules["torch"]
    return torch.frombuffer(bytearray(state), dtype=torch.uint8)


RANDOM = (
    Random("random", "random", random.getstate, random.setstate),
    Random("numpy.random", "numpy.random", _numpy_take, _numpy_put),
    Random("torch.random", "torch", _torch_take, _torch_put),
    Random("torch.cuda.random", "torch.cuda", _cuda_take, _cuda_put, _cuda_ready),
)


# ------------------------------------------------------------------------------------ who seeds, who only looks
def watch_random(patches: Patches) -> None:
    """Tell of the seeding and reading of `random`'s global generator."""
    generator: Any = getattr(random, "_inst", None)
    for name, what in (("seed", "seeded"), ("setstate", "seeded"), ("getstate", "peeked")):

        def note(args: tuple[Any, ...], kwargs: dict[str, Any], what: str = what, name: str = name) -> None:
            if argument(args, kwargs, 0, "self") is not generator:
                return
            report(what, "random")
            if name == "seed" and argument(args, kwargs, 1, "a") is None:
                report("refuse", "entropy", UNSEEDED)

        patches.call(random.Random, name, note)


def watch_numpy(patches: Patches, _module: Any) -> None:
    """Tell of the seeding and reading of NumPy's global generator, and of generators made without a seed."""
    numpy_random = sys.modules["numpy.random"]

    def seeded(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        report("seeded", "numpy.random")
        if argument(args, kwargs, 0, "seed") is None and "state" not in kwargs:
            report("refuse", "entropy", UNSEEDED)

    patches.call(numpy_random, "seed", seeded)
    patches.call(numpy_random, "set_state", lambda _args, _kwargs: report("seeded", "numpy.random"))
    patches.call(numpy_random, "get_state", lambda _args, _kwargs: report("peeked", "numpy.random"))
    if (entropy := sys.modules.get("numpy.random.bit_generator")) is not None:
        patches.call(entropy, "randbits", _entropy)
    legacy = sys.modules.get("numpy.random.mtrand")
    if isinstance(original := getattr(legacy, "_MT19937", None), type):
        patches.other(lambda: setattr(legacy, "_MT19937", maker), lambda: setattr(legacy, "_MT19937", original))
        maker = _LegacyMaker(original, lambda _args, _kwargs: None)


def _entropy(_args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
    # some libraries make a generator for themselves when they are imported
    if not _MAKING.active and origin(sys._getframe(2)) != "noise":
        report("refuse", "entropy", UNSEEDED)


class _Making(threading.local):
    """Whether this thread is making the generator of a `RandomState`."""

    active = False


_MAKING = _Making()


class _LegacyMaker(Watched):
    """Makes the generator of a `RandomState`, which is seeded only afterwards: `RandomState(0)`, too, asks for entropy.

    Whether it was seeded can be told later: then it has no seed sequence any more.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The generator; it is told of, to be judged when the run has ended."""
        _MAKING.active = True
        try:
            made = self._original(*args, **kwargs)
        finally:
            _MAKING.active = False
        if origin(sys._getframe(1)) != "noise":
            report("generator", made)
        return made


def watch_torch(patches: Patches, _module: Any) -> None:
    """Tell of the seeding and reading of PyTorch's global generators."""
    torch_random = sys.modules["torch.random"]
    for name, what in (
        ("manual_seed", "seeded"),
        ("seed", "seeded"),
        ("set_rng_state", "seeded"),
        ("get_rng_state", "peeked"),
        ("initial_seed", "peeked"),
    ):

        def note(_args: tuple[Any, ...], _kwargs: dict[str, Any], what: str = what, name: str = name) -> None:
            report(what, "torch.random")
            if name in {"manual_seed", "seed"}:
                report(what, "torch.cuda.random")
            if name == "seed":
                report("refuse", "entropy", UNSEEDED)

        patches.call(torch_random, name, note)
