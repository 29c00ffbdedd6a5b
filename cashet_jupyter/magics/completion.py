"""Tab completion of options, read from the grammars so that it cannot drift from them."""

from __future__ import annotations

from typing import Any

from cashet_jupyter.config import KINDS
from cashet_jupyter.magics.options import all_flags
from cashet_jupyter.session import Session

#: the first word of a line -> what completes the rest
_HOOK = "complete_command"


class Completer:
    """Completes `%%cashet`, `%cashet` and `%cashet_show`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._keys = {"%%cashet": self.cell, "%cashet": self.line, "%cashet_show": self.names}

    def attach(self, shell: Any) -> None:
        """Register with a shell's completer."""
        for key, complete in self._keys.items():
            shell.set_hook(_HOOK, complete, str_key=key)

    def detach(self, shell: Any) -> None:
        """Take it out again; IPython has no call for that."""
        for key in self._keys:
            shell.strdispatchers[_HOOK].strs.pop(key, None)

    def cell(self, _shell: Any, event: Any) -> list[str]:
        """Options of `%%cashet`, kinds after `--allow`, variables after `--ignore` and `--depends`."""
        words = event.line[: event.text_until_cursor.__len__()].split()
        previous = words[-1] if event.symbol == "" else (words[-2] if len(words) > 1 else "")
        if previous == "--allow":
            return sorted(KINDS)
        if previous in {"--ignore", "--depends"}:
            return sorted(self._session.user_variables())
        return all_flags()

    def line(self, _shell: Any, event: Any) -> list[str]:
        """Commands of `%cashet`, and their options."""
        from cashet_jupyter.magics.commands import cashet  # with click, which takes a third of loading the extension

        words = event.line.split()
        command = cashet.commands.get(words[1]) if len(words) > 1 else None
        if command is None or (len(words) == 2 and event.symbol):
            return sorted(cashet.commands)
        choices = [option for parameter in command.params for option in (*parameter.opts, *_values(parameter))]
        return sorted(choice for choice in choices if not choice.isidentifier() or choice in _all_values(command))

    def names(self, _shell: Any, _event: Any) -> list[str]:
        """Variables that a commit may have made."""
        return sorted(self._session.user_variables())


def _values(parameter: Any) -> tuple[str, ...]:
    return tuple(getattr(parameter.type, "choices", ()))


def _all_values(command: Any) -> set[str]:
    return {value for parameter in command.params for value in _values(parameter)}
