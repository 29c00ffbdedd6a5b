"""While a result is being written, messages to the kernel wait for it.

All of them may run the user's code - a button's callback, a property that completion looks at, an expression of the
debugger - except those that are known to run none. `shell_handlers` is where ipykernel's own extensions put theirs. A
cell itself is let through here: its first event waits, and can say so under the cell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: what these ask for, the kernel knows without looking at a variable
_HARMLESS = frozenset({"comm_info_request", "connect_request", "create_subshell_request", "delete_subshell_request",
                       "history_request", "interrupt_request", "is_complete_request", "kernel_info_request",
                       "list_subshell_request", "shutdown_request", "usage_request"})  # fmt: skip

Handlers = dict[str, Callable[..., Any]]


class Gate:
    """Stands before the handlers of a kernel's messages while it is closed."""

    def __init__(self, wait: Callable[[], object]) -> None:
        self._wait = wait
        self._taken: list[tuple[Handlers, str, Callable[..., Any], Callable[..., Any]]] = []

    def close(self, kernel: Any) -> None:
        """From now on messages wait."""
        for handlers in (kernel.shell_handlers, kernel.control_handlers):
            for kind, handler in list(handlers.items()):
                if kind not in _HARMLESS:
                    waiting = self._waiting(kind, handler)
                    handlers[kind] = waiting
                    self._taken.append((handlers, kind, handler, waiting))

    def open(self) -> None:
        """Everything is as it was."""
        for handlers, kind, handler, waiting in self._taken:
            if handlers.get(kind) is waiting:
                handlers[kind] = handler
        self._taken.clear()

    def _waiting(self, kind: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        def handle(stream: Any, ident: Any, message: Any) -> Any:
            cell = kind == "execute_request" and str(message["content"].get("code", "")).strip()
            if not cell:
                self._wait()
            return handler(stream, ident, message)

        return handle
