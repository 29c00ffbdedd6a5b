"""Values of past runs as files, in the format that the name of the file asks for.

A format that does not fit the value is refused with those that do. A file is complete or not there: it is written
under another name first, and never takes the place of one that is there unless that is asked for.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from cashet_jupyter.errors import CashetError, OptionError

_Writer = Callable[[Any, Path], object]

#: what a text may be written as: it is written as it is
_TEXTS = (".txt", ".md", ".html", ".csv", ".json", ".xml", ".svg", ".yaml", ".toml", ".py", ".log", ".tex")


def save(value: Any, path: Path, *, force: bool = False) -> None:
    """Write a value in the format of the file's name; `.pkl` takes anything.

    Raises `OptionError` if the format does not fit or the file is there, and `CashetError` if it cannot be written.
    """
    kind, writers = _kind(value)
    suffix = path.suffix.lower()
    writer = _pickle if suffix == ".pkl" else writers.get(suffix, writers.get("*"))
    if writer is None:
        fitting = ", ".join([*sorted(writers), ".pkl"])
        had = f"{suffix} is no format" if suffix else "the name of the file has no format"
        raise OptionError(f"{path}: {had} for {kind}; those that are: {fitting}")
    with _replacing(path, force=force) as draft:
        try:
            writer(value, draft)
        except CashetError:
            raise
        except Exception as error:
            raise CashetError(f"{path} cannot be written: {type(error).__name__}: {error}") from error


def write_bytes(data: bytes, path: Path, *, force: bool = False) -> None:
    """Write bytes as they are; raises as `save` does."""
    with _replacing(path, force=force) as draft:
        draft.write_bytes(data)


@contextlib.contextmanager
def _replacing(path: Path, *, force: bool) -> Generator[Path]:
    """A file that becomes `path` once it is complete."""
    taken = f"{path} is there already: give another name, or --force to replace it"
    if os.path.lexists(path) and not force:
        raise OptionError(taken)
    try:
        with tempfile.TemporaryDirectory(prefix=".cashet-", dir=path.parent) as folder:
            draft = Path(folder) / path.name
            yield draft
            if force:
                draft.replace(path)
            else:
                _put(draft, path, taken)
    except OSError as error:
        raise CashetError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from error


def _put(draft: Path, path: Path, taken: str) -> None:
    """Give it its name, unless somebody else has taken it meanwhile."""
    try:
        os.link(draft, path)
    except FileExistsError as error:
        raise OptionError(taken) from error
    except OSError:  # a file system without links
        draft.replace(path)


# -------------------------------------------------------------------------------------------------------- by type
def _kind(value: Any) -> tuple[str, Mapping[str, _Writer]]:
    """What a value is called, and how it is written, by the ending of the file's name; `*` is any."""
    for module, kinds in _LIBRARIES.items():
        library = sys.modules.get(module)
        for names, writers in kinds.items():
            for name in names:
                known = getattr(library, name, None)
                if isinstance(known, type) and isinstance(value, known):
                    return f"a {type(value).__name__}", writers
    if isinstance(value, str):
        return "text", dict.fromkeys(_TEXTS, _text)
    if isinstance(value, bytes | bytearray | memoryview):
        return "bytes", {"*": lambda data, path: path.write_bytes(data)}
    if value is None or isinstance(value, dict | list | tuple | int | float):
        return f"a {type(value).__name__}", {".json": _json}
    return f"a {type(value).__name__}", {}


def _text(value: str, path: Path) -> None:
    path.write_text(value, encoding="utf-8", errors="surrogatepass", newline="")


def _pickle(value: Any, path: Path) -> None:
    import cloudpickle  # of functions and classes of a notebook pickle keeps the name only

    path.write_bytes(cloudpickle.dumps(value))


def _json(value: Any, path: Path) -> None:
    _text(json.dumps(_plain(value, "it"), ensure_ascii=False, indent=2) + "\n", path)


def _plain(value: Any, where: str) -> Any:
    """The value, if JSON can hold all of it as it is; tuples become lists."""
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        if math.isfinite(value):
            return value
        raise OptionError(f"JSON has no {value} ({where}): take .pkl")
    if isinstance(value, dict):
        items = cast("dict[Any, Any]", value)
        if wrong := [key for key in items if not isinstance(key, str)]:
            raise OptionError(f"JSON has text for keys, not {wrong[0]!r} ({where}): take .pkl")
        return {key: _plain(item, f"{where}[{key!r}]") for key, item in items.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{n}]") for n, item in enumerate(cast("Sequence[Any]", value))]
    raise OptionError(f"JSON has no {type(value).__name__} ({where}): take .pkl")


# --------------------------------------------------------------------------------------------------------- frames
def _plain_index(value: Any) -> bool:
    """Whether rows are only numbered: then the numbers are not worth a column."""
    index = value.index
    return type(index).__name__ == "RangeIndex" and index.name is None and index.start == 0 and index.step == 1


def _framed(value: Any) -> Any:
    """A series as a frame of one column; what is one stays."""
    return value.to_frame() if hasattr(value, "to_frame") else value


def _feather(value: Any, path: Path) -> None:
    from pyarrow import feather  # pandas' own writer refuses any index

    feather.write_feather(_text_columns(value), str(path))


def _text_columns(value: Any) -> Any:
    """A frame whose columns have text for names: parquet and feather take no other."""
    frame = _framed(value)
    return frame.rename(columns=str) if not all(isinstance(name, str) for name in frame.columns) else frame


_PANDAS: Mapping[str, _Writer] = {
    ".csv": lambda value, path: value.to_csv(path, index=not _plain_index(value)),
    ".json": lambda value, path: value.to_json(path, date_format="iso"),
    ".xlsx": lambda value, path: _framed(value).to_excel(path, index=not _plain_index(value)),
    ".parquet": lambda value, path: _text_columns(value).to_parquet(path),
    ".feather": _feather,
}
_POLARS: Mapping[str, _Writer] = {
    ".csv": lambda value, path: _framed(value).write_csv(path),
    ".json": lambda value, path: _framed(value).write_json(path),
    ".xlsx": lambda value, path: _framed(value).write_excel(path),
    ".parquet": lambda value, path: _framed(value).write_parquet(path),
    ".feather": lambda value, path: _framed(value).write_ipc(path),
}


def _arrow_csv(value: Any, path: Path) -> None:
    from pyarrow import csv

    csv.write_csv(value, str(path))


def _arrow_parquet(value: Any, path: Path) -> None:
    from pyarrow import parquet

    parquet.write_table(value, str(path))


_ARROW: Mapping[str, _Writer] = {
    ".csv": _arrow_csv,
    ".json": lambda value, path: _json(value.to_pylist(), path),
    ".parquet": _arrow_parquet,
    ".feather": lambda value, path: __import__("pyarrow.feather").feather.write_feather(value, str(path)),
}


# --------------------------------------------------------------------------------------------------------- arrays
def _save_array(value: Any, path: Path) -> None:
    import numpy as np

    if path.suffix.lower() == ".npz":
        np.savez(path, value)
    else:
        np.save(path, value, allow_pickle=False)


def _print_array(value: Any, path: Path) -> None:
    import numpy as np

    if value.ndim > 2 or value.dtype.kind not in "biufSU":
        raise OptionError(f"{path.suffix} has room for two dimensions of numbers or text; take .npy or .pkl")
    # `str` gives a number's shortest text that is read as the same number
    rows, form = value if value.ndim else value.reshape(1), "%d" if value.dtype.kind == "b" else "%s"
    np.savetxt(path, rows, fmt=form, delimiter="," if path.suffix.lower() == ".csv" else " ", encoding="utf-8")


_ARRAY: Mapping[str, _Writer] = {
    ".npy": _save_array,
    ".npz": _save_array,
    ".csv": _print_array,
    ".txt": _print_array,
}


# -------------------------------------------------------------------------------------------------------- pictures
def _savefig(value: Any, path: Path) -> None:
    value.savefig(path, bbox_inches="tight")


def _savefig_of(value: Any, path: Path) -> None:
    _savefig(value.figure, path)


_FIGURE: Mapping[str, _Writer] = dict.fromkeys((".png", ".svg", ".pdf"), _savefig)
_IMAGE: Mapping[str, _Writer] = dict.fromkeys(
    (".png", ".jpg", ".jpeg", ".gif", ".tiff", ".webp"), lambda value, path: value.save(path)
)

#: module -> names of classes in it -> how these are written; a library that is not loaded has no values
_LIBRARIES: Mapping[str, Mapping[tuple[str, ...], Mapping[str, _Writer]]] = {
    "pandas": {("DataFrame", "Series"): _PANDAS},
    "polars": {("DataFrame", "Series"): _POLARS},
    "pyarrow": {("Table",): _ARROW},
    "numpy": {("ndarray", "generic"): _ARRAY},
    "matplotlib.figure": {("Figure",): _FIGURE},
    "matplotlib.axes": {("Axes",): dict.fromkeys(_FIGURE, _savefig_of)},
    "seaborn.axisgrid": {("Grid",): _FIGURE},
    "PIL.Image": {("Image",): _IMAGE},
}
