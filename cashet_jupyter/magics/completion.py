"""Tab completion of options and names, read from the grammars and the store so that it cannot drift from them."""

from __future__ import annotations

from typing import Any

from cashet_jupyter.config import KINDS
from cashet_jupyter.errors import CashetError
from cashet_jupyter.magics.options import all_flags
from cashet_jupyter.session import Session

#: the first word of a line -> what completes the rest
_HOOK = "complete_command"


class Completer:
    """Completes `%%cashet`, `%cashet`, and `%cashet_show` and its like."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._keys = {"%%cashet": self.cell, "%cashet": self.line}
        self._keys |= dict.fromkeys(("%cashet_show", "%cashet_history", "%cashet_diff"), self.question)

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
        """Commands of `%cashet`, their options, and what these take."""
        from cashet_jupyter.magics.commands import cashet  # with click, which takes a third of loading the extension

        words = event.line[: event.text_until_cursor.__len__()].split()
        command = cashet.commands.get(words[1]) if len(words) > 1 else None
        if command is None or (len(words) == 2 and event.symbol):
            return sorted(cashet.commands)
        return self._parameters(command, words[2:], event)

    def question(self, _shell: Any, event: Any) -> list[str]:
        """What `%cashet_show` and its like take: as `%cashet show`."""
        from cashet_jupyter.magics.commands import cashet

        first, *words = event.line[: event.text_until_cursor.__len__()].split()
        command = cashet.commands.get(first.removeprefix("%cashet_"))
        return [] if command is None else self._parameters(command, words, event)

    def _parameters(self, command: Any, words: list[str], event: Any) -> list[str]:
        """What may stand at the cursor: the values of the option before it, else options and names."""
        typed = words[-1] if words and event.symbol else ""
        before = words[-2] if typed and len(words) > 1 else words[-1] if words and not typed else ""
        option = next(
            (one for one in command.params if before in one.opts and not getattr(one, "is_flag", False)), None
        )
        if option is not None:
            return self._values(option, event.symbol)
        found = [name for one in command.params for name in one.opts if name.startswith("-")]
        if not typed.startswith("-"):
            found += [
                text for one in command.params if one.param_type_name == "argument" for text in self._values(one, typed)
            ]
        return sorted(found)

    def _values(self, parameter: Any, typed: str) -> list[str]:
        """What a parameter takes, as far as it can be listed."""
        if choices := getattr(parameter.type, "choices", ()):
            return list(choices)
        complete = getattr(parameter.type, "complete", None)
        if complete is None:
            return []
        try:
            return list(complete(self._session.store(), typed))
        except CashetError:
            return []
