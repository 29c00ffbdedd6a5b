"""Functions: by the code that runs, and everything that it reaches.

Not by source and not by file: two functions on one line differ, an edited comment does not count, and a module that
was edited but not loaded again still runs its old code.
"""

from __future__ import annotations

import dis
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    FunctionType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any

from cashet_jupyter.analysis.mentions import READ_CALLERS
from cashet_jupyter.analysis.names import Names, names_of
from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.fingerprint.bytecode import HAS_DOCSTRING, constants, instructions
from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.origins import distribution_version, is_local, reference, resolves
from cashet_jupyter.fingerprint.pieces import ATOMS, Slot
from cashet_jupyter.fingerprint.registry import REGISTRY, Entry

#: caches in the closures of `functools.singledispatch`
_CACHE_CELLS = frozenset({"dispatch_cache", "cache_token"})
_OF_SHELL = frozenset({"In", "Out", "get_ipython", "exit", "quit", "open"})


def install() -> None:
    """Register functions, methods, code objects and cells."""
    REGISTRY.entries[FunctionType] = Entry(FunctionType, encode_function, inline=function_reference)
    REGISTRY.entries[BuiltinFunctionType] = Entry(BuiltinFunctionType, encode_builtin_method, node=False)
    register(CodeType, encode_code, node=False)
    register(CellType, encode_cell)
    register(MethodType, encode_method, node=False)
    register(MethodWrapperType, encode_method_wrapper, node=False)
    register(type(lru_cache(int)), encode_lru_cache)  # the type has no public name


# -------------------------------------------------------------------------------------------------------- functions
def function_reference(function: FunctionType) -> bytes | None:
    """The bytes that stand for a function of a library that its name still leads to; None for others."""
    module = function.__module__
    if is_local(module) or not resolves(function):
        return None
    return reference(module, function.__qualname__)


def encode_function(encoder: Encoder, function: FunctionType) -> None:
    """A function: its code, defaults, attributes and annotations, what it closes over, and the globals it reads."""
    encoder.text(function.__qualname__)
    encoder.values([function.__name__, function.__module__, function.__doc__ if encoder.docstrings else None])
    encoder.value(function.__code__)
    with encoder.step(".__defaults__"):
        encoder.values(function.__defaults__ or ())
    with encoder.step(".__kwdefaults__"):
        encoder.mapping(function.__kwdefaults__ or {})
    _encode_annotations(encoder, function)
    attributes = function.__dict__
    encoder.part(attributes)
    encoder.attributes({name: value for name, value in attributes.items() if name != "_clear_cache"})
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    if function.__module__ == "functools":
        cells = {name: cell for name, cell in cells.items() if name not in _CACHE_CELLS}
    for name, cell in cells.items():
        with encoder.step(f" → {name}"):
            encoder.value(cell)
    _encode_globals(encoder, function)


def _encode_annotations(encoder: Encoder, function: Any) -> None:
    with encoder.step(".__annotations__"):
        if sys.version_info >= (3, 14):
            encoder.value(function.__annotate__)  # evaluating them could run anything
        else:
            encoder.mapping(function.__annotations__)
    if sys.version_info >= (3, 12):
        encoder.values(function.__type_params__)


def _encode_globals(encoder: Encoder, function: FunctionType) -> None:
    """The globals that a function reads, by value; those of a library by its version."""
    space = function.__globals__
    names = names_of(function.__code__)
    owner = _library(space, names)
    if owner is not None:
        encoder.value(owner)
        return
    for name in sorted(_read(names, function)):
        with encoder.step(f" → {name}"):
            chains = names.attributes.get(name) if isinstance(space.get(name), ModuleType) else None
            encoder.slot(Slot(space, name, chains))
    _encode_imports(encoder, names, space)


def _library(space: dict[str, Any], names: Names) -> ModuleType | None:
    """The library's module whose globals a function reads; also if it came out of a pickle, with a copy of them."""
    owner = space.get("__name__")
    module = sys.modules.get(owner) if isinstance(owner, str) else None
    if module is None or is_local(owner):
        return None
    own = vars(module)
    if own is space or all(_same(space.get(name, own), own.get(name, own)) for name in names.loads):
        return module
    return None


def _same(a: object, b: object) -> bool:
    """Whether two globals are one; text and numbers come out of a pickle as copies."""
    return a is b or (type(a) is type(b) and type(a) in ATOMS and a == b)


def _read(names: Names, function: FunctionType) -> set[str]:
    """The globals that may be read, those included that are only named in a text."""
    space = function.__globals__
    found = set(names.loads)
    if names.dynamic:
        found |= {name for name in space if not name.startswith("_") and name not in _OF_SHELL}
    elif names.mentions and _words(function.__code__) & READ_CALLERS:
        found |= names.mentions & space.keys()
    return found


def _words(code: CodeType) -> set[str]:
    found = set(code.co_names)
    for const in code.co_consts:
        if isinstance(const, CodeType):
            found |= _words(const)
    return found


def _encode_imports(encoder: Encoder, names: Names, space: dict[str, Any]) -> None:
    """Modules that a function imports when it runs."""
    for name in names.imports:
        dotted = _absolute(name, space)
        with encoder.step(f" → {dotted}"):
            encoder.text(dotted)
            library = _library_named(dotted.partition(".")[0])
            if library:
                encoder.content(library)  # loaded or not: that a run loads it does not make the function another one
                continue
            module = sys.modules.get(dotted)
            parent, _, last = dotted.rpartition(".")
            owner = sys.modules.get(parent)
            if module is not None:
                if not _only_from(dotted, names, space):
                    encoder.value(module)
            elif owner is None:
                _encode_unloaded(encoder, dotted)
            else:
                encoder.slot(Slot(vars(owner), last, None, "attribute"))


def _library_named(top: str) -> bytes:
    """The bytes that stand for a library that a function imports, whether it is loaded or not; none for the user's."""
    if top in sys.modules:
        return b"" if is_local(top) else _standard_or(top)
    try:
        spec = find_spec(top) if top else None
    except (ImportError, ValueError):
        spec = None
    place = None if spec is None else spec.origin or next(iter(spec.submodule_search_locations or ()), None)
    if not place or (place not in ("built-in", "frozen") and origin_of_file(place)):
        return b""
    return _standard_or(top)


def _standard_or(top: str) -> bytes:
    """By its distribution, not by what the module says itself: that is only known once it is loaded."""
    return b"standard" if top in sys.stdlib_module_names else f"{top}@{distribution_version(top)}".encode()


def _absolute(name: str, space: dict[str, Any]) -> str:
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    package = str(space.get("__package__") or "").split(".")
    return ".".join([*package[: len(package) - level + 1], name[level:]]).strip(".")


def _only_from(dotted: str, names: Names, space: dict[str, Any]) -> bool:
    """Whether only single names are taken out of a module: they follow it in the list of imports."""
    return any(_absolute(name, space).startswith(f"{dotted}.") for name in names.imports)


def _encode_unloaded(encoder: Encoder, dotted: str) -> None:
    """A module that is not loaded yet: the file that would be, if it is the user's."""
    top = dotted.partition(".")[0]
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        spec = None
    file = None if spec is None else spec.origin
    if file and file not in ("built-in", "frozen") and Path(file).is_file() and origin_of_file(file):
        encoder.text(digest_buffer(Path(file).read_bytes()))
    else:
        encoder.tag("not loaded")


def origin_of_file(file: str) -> bool:
    """Whether a file is code of the user."""
    parts = Path(file).parts
    library = "site-packages" in parts or "dist-packages" in parts
    return not library and not file.startswith(str(Path(dis.__file__).parent))


# ----------------------------------------------------------------------------------------------------- code and cells
def encode_code(encoder: Encoder, code: CodeType) -> None:
    """What runs: instructions, constants and names; not where in a file it stands."""
    encoder.values([code.co_name, code.co_qualname, instructions(code)])
    flags = code.co_flags if encoder.docstrings else code.co_flags & ~HAS_DOCSTRING
    encoder.values([code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, flags])
    for names in (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars):
        encoder.values(names)
    encoder.values(constants(code, docstrings=encoder.docstrings))


def encode_cell(encoder: Encoder, cell: CellType) -> None:
    """A variable that functions share."""
    try:
        value = cell.cell_contents
    except ValueError:
        encoder.tag("empty")
    else:
        encoder.value(value)


# ------------------------------------------------------------------------------------------------ methods and wrappers
def encode_method(encoder: Encoder, method: MethodType) -> None:
    """A bound method: the function and the object."""
    encoder.value(method.__func__)
    with encoder.step(".__self__"):
        encoder.value(method.__self__)


def encode_builtin_method(encoder: Encoder, function: Any) -> None:
    """A function or method that is written in C."""
    owner = function.__self__
    encoder.text(function.__qualname__)
    if owner is None or isinstance(owner, ModuleType):
        module = function.__module__ or ""
        encoder.content(reference(module, function.__name__) if not is_local(module) else module)
    else:
        with encoder.step(".__self__"):
            encoder.value(owner)


def encode_method_wrapper(encoder: Encoder, method: Any) -> None:
    """A method of a C type, bound to an object: `(1).__add__`."""
    encoder.text(method.__name__)
    encoder.value(method.__self__)


def encode_lru_cache(encoder: Encoder, function: Any) -> None:
    """A function with a cache of its results: the function and the cache's limits; what is in it does not count."""
    with encoder.step(".__wrapped__"):
        encoder.value(function.__wrapped__)
    encoder.mapping(dict(function.cache_parameters()))
    given = {name: value for name, value in vars(function).items() if name not in ("__wrapped__", "cache_parameters")}
    if not encoder.docstrings:
        given.pop("__doc__", None)
    encoder.attributes(given)
