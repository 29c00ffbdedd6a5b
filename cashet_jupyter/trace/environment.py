"""What a run reads of the environment variables and of `sys.argv`."""

from __future__ import annotations

import os
import sys
from typing import Any

from cashet_jupyter.trace.bus import report
from cashet_jupyter.trace.origin import origin
from cashet_jupyter.trace.patches import Patches

#: read by libraries to find their place on this machine or to talk to the terminal: not inputs, unless the user's
#: own code reads them
_OF_THE_MACHINE = (
    "HOME", "USERPROFILE", "PATH", "USER", "LOGNAME", "PWD", "SHELL", "TMPDIR", "TEMP", "TMP", "TERM", "COLUMNS",
    "LINES", "LANG", "LC_", "XDG_", "DISPLAY", "WAYLAND_", "MPL", "JPY_", "JUPYTER", "IPY", "PYTHON", "PYDEVD",
    "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLORTERM", "SSH_", "VIRTUAL_ENV", "CONDA_", "CASHET_", "TQDM_",
    "JOBLIB_", "LOKY_", "KMP_", "GIT_", "DBUS_", "HOSTNAME", "TZ", "EDITOR", "PAGER", "MSYSTEM", "WT_SESSION",
)  # fmt: skip
ALL = "*"


class RecordingVariables(dict[Any, Any]):
    """The dictionary behind `os.environ` (and `os.environb`), which tells what is asked of it."""

    plain: dict[Any, Any]
    """The dictionary that it stands for."""

    def __getitem__(self, key: Any) -> Any:
        _read(key, sys._getframe(1))
        return dict.__getitem__(self, key)

    def __contains__(self, key: object) -> bool:
        _read(key, sys._getframe(1))
        return dict.__contains__(self, key)

    def get(self, key: Any, default: Any = None) -> Any:
        """As of a `dict`; it tells."""
        _read(key, sys._getframe(1))
        return dict.get(self, key, default)

    def __iter__(self) -> Any:
        _read_all(sys._getframe(1))
        return dict.__iter__(self)

    def keys(self) -> Any:
        """As of a `dict`; it tells."""
        _read_all(sys._getframe(1))
        return dict.keys(self)

    def values(self) -> Any:
        """As of a `dict`; it tells."""
        _read_all(sys._getframe(1))
        return dict.values(self)

    def items(self) -> Any:
        """As of a `dict`; it tells."""
        _read_all(sys._getframe(1))
        return dict.items(self)

    def copy(self) -> dict[Any, Any]:
        """As of a `dict`; it tells."""
        _read_all(sys._getframe(1))
        return dict(dict.items(self))

    def __setitem__(self, key: Any, value: Any) -> None:
        report("set_variable", os.fsdecode(key))
        dict.__setitem__(self, key, value)

    def __delitem__(self, key: Any) -> None:
        report("set_variable", os.fsdecode(key))
        dict.__delitem__(self, key)


def _read(key: Any, frame: Any) -> None:
    if not isinstance(key, str | bytes):
        return
    name, who = os.fsdecode(key), origin(frame)
    if who == "user" or (who == "library" and not name.startswith(_OF_THE_MACHINE)):
        report("variable", name)


def _read_all(frame: Any) -> None:
    # libraries hand the whole environment on to what they start
    if origin(frame) == "user":
        report("variable", ALL)


class RecordingArguments(list[str]):
    """`sys.argv`, which tells that it was looked at."""

    plain: list[str]
    """The list that it stands for."""

    def __getitem__(self, index: Any) -> Any:
        _arguments(sys._getframe(1))
        return list.__getitem__(self, index)

    def __iter__(self) -> Any:
        _arguments(sys._getframe(1))
        return list.__iter__(self)

    def __len__(self) -> int:
        _arguments(sys._getframe(1))
        return list.__len__(self)

    def __contains__(self, value: object) -> bool:
        _arguments(sys._getframe(1))
        return list.__contains__(self, value)

    def __eq__(self, other: object) -> bool:
        _arguments(sys._getframe(1))
        return list.__eq__(self, other)

    def __repr__(self) -> str:
        _arguments(sys._getframe(1))
        return list.__repr__(self)

    def copy(self) -> list[str]:
        """As of a `list`; it tells."""
        _arguments(sys._getframe(1))
        return list(list.__iter__(self))

    __hash__ = None  # pyright: ignore[reportAssignmentType]  # a list has none


def _arguments(frame: Any) -> None:
    if origin(frame) == "user":
        report("arguments")


def watch_environment(patches: Patches) -> None:
    """Tell of every variable that is read or set, and of looks at the arguments."""
    patches.other(_record_variables, _plain_variables)
    patches.other(_record_arguments, _plain_arguments)


def _holders() -> list[Any]:
    environb = getattr(os, "environb", None)
    return [os.environ] if environb is None else [os.environ, environb]


def _record_variables() -> None:
    plain: Any = os.environ._data  # pyright: ignore[reportAttributeAccessIssue]
    recording = RecordingVariables(plain)
    recording.plain = plain
    for holder in _holders():
        if holder._data is plain:
            holder._data = recording


def _plain_variables() -> None:
    recording: Any = os.environ._data  # pyright: ignore[reportAttributeAccessIssue]
    if not isinstance(recording, RecordingVariables):
        return
    # into the dictionary that was there before: somebody may hold it
    recording.plain.clear()
    recording.plain.update(dict.items(recording))
    for holder in _holders():
        if holder._data is recording:
            holder._data = recording.plain


def _record_arguments() -> None:
    if type(sys.argv) is list:
        recording = RecordingArguments(sys.argv)
        recording.plain = sys.argv
        sys.argv = recording


def _plain_arguments() -> None:
    recording = sys.argv
    if isinstance(recording, RecordingArguments):
        recording.plain[:] = list.__iter__(recording)
        sys.argv = recording.plain


def variable(name: str) -> str | None:
    """The value of a variable; of `*`, all of them."""
    if name == ALL:
        return repr(sorted(os.environ.items()))
    return os.environ.get(name)
